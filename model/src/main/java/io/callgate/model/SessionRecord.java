package io.callgate.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What is left of a session when it is over, or of a client that proved itself and got none.
///
/// @param ingresses labels of the protocols by which it came
/// @param clients its addresses, the first [#MOST_CLIENTS] of them
/// @param ended when its last allocation or tunnel ended; of a refused client the same as `began`
/// @param parts allocations and tunnels that it had; 0 of a refused client
/// @param end why the last of them ended, or `refused`
/// @param refusals how often it was refused something, by the label of the reason
public record SessionRecord(
        AppId app,
        Subject subject,
        List<String> ingresses,
        List<IpAddress> clients,
        Instant began,
        Instant ended,
        long parts,
        long packetsToPeer,
        long bytesToPeer,
        long packetsToClient,
        long bytesToClient,
        String end,
        Map<String, Long> refusals) {
    /// A session has one or two; a phone that roams a few more.
    public static final int MOST_CLIENTS = 8;

    public static final String REFUSED = "refused";

    public SessionRecord {
        ingresses = List.copyOf(ingresses);
        clients = List.copyOf(clients);
        refusals = Map.copyOf(refusals);
        if (ended.isBefore(began)) {
            throw new IllegalArgumentException("a session that ended " + ended + " and began " + began);
        }
    }

    public boolean isRefused() {
        return end.equals(REFUSED);
    }
}
