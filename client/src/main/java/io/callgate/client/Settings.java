package io.callgate.client;

import io.callgate.client.mode.OrderRules;
import io.callgate.client.mode.ProxyConfig;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Trust;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// What a [CloudProxy] was built with.
///
/// @param asker empty for whoever uses local proxies alone
/// @param local set at once, as the mode is
/// @param transports that may carry media; empty for all
/// @param dialer the one way out: direct, or through the company's own proxy
record Settings(
        TimeSource time,
        Optional<LeaseAsker> asker,
        Optional<LocalProxies> local,
        Optional<RequestedMode> mode,
        Set<Transport> transports,
        Trust trust,
        Dialer dialer,
        Optional<NetworkMonitor> network,
        Optional<DirectProbe> probe,
        LeaseStore store,
        ProxyEvents events,
        OrderRules rules,
        boolean reprobeWhenProxied,
        Duration giveUpAfter) {
    /// @param policy for what the app does not say itself
    ProxyConfig config(RequestedMode chosen, ModePolicy policy) {
        return ProxyConfig.of(chosen)
                .by(policy)
                .withReprobeWhenProxied(reprobeWhenProxied)
                .withGiveUpAfter(giveUpAfter);
    }

    ProxyConfig config(LocalProxies chosen) {
        return ProxyConfig.local(chosen.fallback(), chosen.rungs()).withGiveUpAfter(giveUpAfter);
    }
}
