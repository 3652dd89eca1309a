/// How a client asks control for a lease: HTTP/1.1 in TLS, over the same [io.callgate.client.net.Dialer] as
/// everything else, to the entries that an operator gave. Blocks; [io.callgate.client.CloudProxy] runs it aside.
@NullMarked
package io.callgate.client.lease;

import org.jspecify.annotations.NullMarked;
