/// TLS on streams: the certificate, the handshake, and what may go wrong with either. Whoever is behind it gets
/// plaintext and need not know (decision 0014). One [TlsService] a relay, one [TlsIngress] a loop.
@NullMarked
package io.callgate.relay.tls;

import org.jspecify.annotations.NullMarked;
