package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.UsageReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a relay does at one moment, summed over its loops. All that is counted is counted since start, over
/// reloads and over clients that have left.
///
/// @param stateVersion of the desired state in force
/// @param isDraining whether new sessions are refused
/// @param sessions subjects with an allocation or tunnel, or with one in the last 30 s: what quotas count
/// @param liveSessions those of them with an allocation or tunnel now
/// @param sessionLimits of the apps in force
/// @param takenPorts relay ports in use or reserved
/// @param offeredPorts relay ports that allocations may get, the taken ones included
/// @param fullestPorts how much of its ports the fullest relay address has given away, 0 to 1
/// @param unprovenConnections TCP connections whose client has not proved itself
/// @param drops by the label of the reason; reasons that never struck too
/// @param ingresses by the label of the ingress; all of them
/// @param loopDelays by loop: the longest that its timer was late in the last minute
/// @param bufferBytes memory outside the heap that the network buffers hold
/// @param certificateExpiresAt of the certificate in force
/// @param usage by app
public record RelaySnapshot(
        long stateVersion,
        boolean isDraining,
        long sessions,
        long liveSessions,
        Map<AppId, Integer> sessionLimits,
        long allocations,
        long tunnels,
        long takenPorts,
        long offeredPorts,
        double fullestPorts,
        long unprovenConnections,
        Map<String, Long> drops,
        SystemDrops systemDrops,
        Map<String, IngressTotals> ingresses,
        List<Duration> loopDelays,
        long bufferBytes,
        Optional<Instant> certificateExpiresAt,
        UsageReport usage) {
    /// Datagrams that the operating system threw away because a socket's receive buffer was full.
    ///
    /// @param listeners on the way from clients
    /// @param relayedAddresses on the way from peers; up to a minute old
    public record SystemDrops(long listeners, long relayedAddresses) {
        static final SystemDrops NONE = new SystemDrops(0, 0);

        SystemDrops plus(SystemDrops more) {
            return new SystemDrops(listeners + more.listeners, relayedAddresses + more.relayedAddresses);
        }
    }

    /// What came in by one protocol.
    ///
    /// @param live allocations or tunnels now
    /// @param admissions allocations or tunnels ever granted
    public record IngressTotals(
            long live,
            long admissions,
            long packetsToPeer,
            long bytesToPeer,
            long packetsToClient,
            long bytesToClient) {
        static final IngressTotals NONE = new IngressTotals(0, 0, 0, 0, 0, 0);

        IngressTotals plus(IngressTotals more) {
            return new IngressTotals(
                    live + more.live,
                    admissions + more.admissions,
                    packetsToPeer + more.packetsToPeer,
                    bytesToPeer + more.bytesToPeer,
                    packetsToClient + more.packetsToClient,
                    bytesToClient + more.bytesToClient);
        }
    }
}
