package io.callgate.rtc.media;

import java.util.Optional;

/// One connection in numbers, counted from its beginning; 0 where the stack says nothing.
///
/// @param pair in use; empty before there is one
/// @param framesDecoded of all received video together
/// @param audioConcealed samples that were made up because theirs were missing
public record LinkStats(
        Optional<Pair> pair,
        double rttMillis,
        long bytesSent,
        long bytesReceived,
        long packetsSent,
        long packetsReceived,
        long packetsLost,
        long framesSent,
        long framesDecoded,
        long audioConcealed) {
    /// The two ends that media goes between.
    ///
    /// @param localType `host`, `srflx`, `prflx` or `relay`
    /// @param relayProtocol `udp`, `tcp`, `tls`, how the TURN server is spoken to; empty if none is
    /// @param relayUrl of the TURN server, as it was given; empty if none is
    /// @param remote address and port of the service
    public record Pair(String localType, String relayProtocol, String relayUrl, String remote) {
        public boolean isRelayed() {
            return localType.equals("relay");
        }
    }
}
