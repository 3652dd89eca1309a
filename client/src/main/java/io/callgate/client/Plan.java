package io.callgate.client;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Login;
import io.callgate.client.turn.Entrance;
import io.callgate.model.IceServer;
import java.util.List;
import java.util.Optional;

/// What to use now, whole. A new one replaces it with the next epoch; an old one is never changed.
///
/// @param epoch counts up; the higher is the newer
/// @param byFallback whether the first choice of the mode did not work
/// @param relay name of the relay in use; empty while direct
/// @param iceServers for `RTCConfiguration`, the path in use first; the service's own belong here while
///     direct
/// @param relayOnly whether `iceTransportPolicy` must be `relay`: while proxied, always
/// @param signalling the one way for TCP: direct while direct; else through the relay, names resolved there.
///     Blocks
/// @param relayed the same for a stack that cannot do what the SDK does; empty while direct
public record Plan(
        long epoch,
        EffectivePath path,
        boolean byFallback,
        String relay,
        List<IceServer> iceServers,
        boolean relayOnly,
        Dialer signalling,
        Optional<Relayed> relayed) {
    public Plan {
        iceServers = List.copyOf(iceServers);
    }

    /// How the SDK itself gets into the relay in use: whoever opens that entrance by that dialer speaks
    /// TURN there. A WebRTC stack knows neither the company's proxy nor a pinned key; given a listener on
    /// loopback that passes on to here it needs neither.
    ///
    /// @param out through the company's proxies, if there are any
    public record Relayed(Entrance entrance, Login login, Dialer out) {}
}
