package io.callgate.rtc.transport;

import io.callgate.client.Plan;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;

/// How one call reaches the world from now on, signalling and media alike. Never changed: a new one has the
/// next epoch, also where only the network below has changed and everything must be set up again.
///
/// While proxied, no packet of media and no connection of signalling may leave by another way
/// ([#isForced]); while direct, no TURN server of a relay is offered, so that ICE never mixes the two.
///
/// @param epoch the higher is the newer; of two plans of a call no two are equal
/// @param byFallback whether the first choice of the mode did not work
/// @param relay name of the relay in use; empty while direct
/// @param ice for every connection; while direct the service adds its own servers
/// @param signalling the one way for TCP; names are resolved at its end
public record TransportPlan(
        long epoch, EffectivePath path, boolean byFallback, String relay, IceSetup ice, Dialer signalling) {
    /// The direct way, without any proxy.
    public static TransportPlan direct(long epoch) {
        return new TransportPlan(epoch, EffectivePath.DIRECT, false, "", IceSetup.HOST_ONLY, Dialer.direct());
    }

    /// @param ice what the plan's relay is for the stack
    public static TransportPlan of(Plan plan, long epoch, IceSetup ice) {
        return new TransportPlan(epoch, plan.path(), plan.byFallback(), plan.relay(), ice, plan.signalling());
    }

    /// The same, to be set up again.
    public TransportPlan renewed(long newEpoch) {
        return new TransportPlan(newEpoch, path, byFallback, relay, ice, signalling);
    }

    /// Whether nothing may leave but to the relay.
    public boolean isForced() {
        return ice.relayOnly();
    }

    /// Whether media that goes by this pair goes as this plan wants.
    public boolean isMetBy(LinkStats.Pair pair) {
        if (!isForced()) {
            return !pair.isRelayed() || pair.relayUrl().isEmpty() || offers(pair.relayUrl());
        }
        return pair.isRelayed() && (pair.relayUrl().isEmpty() || offers(pair.relayUrl()));
    }

    private boolean offers(String url) {
        return ice.servers().stream().anyMatch(server -> server.urls().contains(url));
    }
}
