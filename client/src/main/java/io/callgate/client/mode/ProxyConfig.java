package io.callgate.client.mode;

import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import java.time.Duration;
import java.util.List;

/// What an app has set: the mode and its figures. Immutable; `with...` methods give a changed copy.
///
/// @param localProxies for [RequestedMode#LOCAL] alone, tried in this order
/// @param localFallback what follows when none of them works
/// @param probeTimeout within which the direct way must have signalling and media up, or it counts as blocked
/// @param giveUpAfter how long a lost path may be sought before the call has failed
/// @param cellularStaysDirect whether [RequestedMode#SMART] keeps trying the direct way on a cellular network
/// @param reprobeWhenProxied whether [RequestedMode#SMART] tries the direct way again when the network changes
///     while proxied
public record ProxyConfig(
        RequestedMode mode,
        List<Rung> localProxies,
        LocalFallback localFallback,
        Duration probeTimeout,
        Duration giveUpAfter,
        boolean cellularStaysDirect,
        boolean reprobeWhenProxied) {
    /// ZEGO's rule of one second, which the others have come to as well.
    public static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

    public static final Duration GIVE_UP_AFTER = Duration.ofMinutes(2);

    /// After the last local proxy has failed.
    public enum LocalFallback {
        /// Nothing: the call fails.
        LOCAL_ONLY,

        /// The direct way is tried.
        CONNECTIVITY_FIRST
    }

    public ProxyConfig {
        localProxies = List.copyOf(localProxies);
        if (probeTimeout.isNegative() || probeTimeout.isZero()) {
            throw new IllegalArgumentException("probeTimeout " + probeTimeout + ": want more than 0");
        }
        if (giveUpAfter.isNegative() || giveUpAfter.isZero()) {
            throw new IllegalArgumentException("giveUpAfter " + giveUpAfter + ": want more than 0");
        }
        if ((mode == RequestedMode.LOCAL) == localProxies.isEmpty()) {
            throw new IllegalArgumentException(
                    mode == RequestedMode.LOCAL
                            ? "mode LOCAL without a local proxy"
                            : "mode " + mode + " with local proxies: they belong to mode LOCAL");
        }
        for (Rung proxy : localProxies) {
            if (!ModeRules.paths(RequestedMode.LOCAL).contains(proxy.path())) {
                throw new IllegalArgumentException(proxy + " is not local");
            }
        }
    }

    /// @throws IllegalArgumentException for [RequestedMode#LOCAL], which needs proxies: see [#local]
    public static ProxyConfig of(RequestedMode mode) {
        return new ProxyConfig(mode, List.of(), LocalFallback.LOCAL_ONLY, PROBE_TIMEOUT, GIVE_UP_AFTER, true, false);
    }

    public static ProxyConfig local(LocalFallback fallback, List<Rung> proxies) {
        return new ProxyConfig(RequestedMode.LOCAL, proxies, fallback, PROBE_TIMEOUT, GIVE_UP_AFTER, true, false);
    }

    public ProxyConfig withProbeTimeout(Duration timeout) {
        return new ProxyConfig(
                mode, localProxies, localFallback, timeout, giveUpAfter, cellularStaysDirect, reprobeWhenProxied);
    }

    public ProxyConfig withGiveUpAfter(Duration time) {
        return new ProxyConfig(
                mode, localProxies, localFallback, probeTimeout, time, cellularStaysDirect, reprobeWhenProxied);
    }

    public ProxyConfig withCellularStaysDirect(boolean stays) {
        return new ProxyConfig(mode, localProxies, localFallback, probeTimeout, giveUpAfter, stays, reprobeWhenProxied);
    }

    public ProxyConfig withReprobeWhenProxied(boolean reprobes) {
        return new ProxyConfig(
                mode, localProxies, localFallback, probeTimeout, giveUpAfter, cellularStaysDirect, reprobes);
    }

    /// With the operator's figures; local proxies are not the operator's.
    public ProxyConfig by(ModePolicy policy) {
        return mode == RequestedMode.LOCAL
                ? this
                : withProbeTimeout(Duration.ofMillis(policy.probeTimeoutMillis()))
                        .withCellularStaysDirect(policy.cellularStaysDirect());
    }

    boolean fallsBackToDirect() {
        return localFallback == LocalFallback.CONNECTIVITY_FIRST;
    }
}
