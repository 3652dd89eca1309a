/// Live streaming beside a room: WHIP (RFC 9725) sends, WHEP (draft-ietf-wish-whep) receives, every request and
/// every packet by the same plans as a call.
///
/// A stream is a URL that holds its name; whoever knows it and has a token may play it. Knows no room: what
/// tells users and streams is elsewhere.
@NullMarked
package io.callgate.rtc.live;

import org.jspecify.annotations.NullMarked;
