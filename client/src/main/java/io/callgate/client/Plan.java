package io.callgate.client;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.model.IceServer;
import java.util.List;

/// What to use now, whole. A new one replaces it with the next epoch; an old one is never changed.
///
/// @param epoch counts up; the higher is the newer
/// @param byFallback whether the first choice of the mode did not work
/// @param relay name of the relay in use; empty while direct
/// @param iceServers for `RTCConfiguration`, the path in use first; the service's own belong here while
///     direct
/// @param relayOnly whether `iceTransportPolicy` must be `relay`: while proxied, always
/// @param signalling the one way for TCP: direct while direct; else through the relay, names resolved there.
/// Blocks
public record Plan(
        long epoch,
        EffectivePath path,
        boolean byFallback,
        String relay,
        List<IceServer> iceServers,
        boolean relayOnly,
        Dialer signalling) {
    public Plan {
        iceServers = List.copyOf(iceServers);
    }
}
