/// Who may do what: proof of a client's identity, and the [Grant] that every protocol gets for it: app, subject,
/// policy, meter. Also the names of all reasons why a packet or a request is not served.
/// Protocols ask here before any byte leaves for a peer; knows no protocol and no socket.
@NullMarked
package io.callgate.relay.grant;

import org.jspecify.annotations.NullMarked;
