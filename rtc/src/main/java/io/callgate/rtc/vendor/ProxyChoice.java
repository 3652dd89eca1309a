package io.callgate.rtc.vendor;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Hop;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What an app has asked of the proxy, by whatever API: one way that a call may try.
///
/// @param mode empty for the policy of the app at control
/// @param entries in their order; empty for those of the [Cloud]
/// @param transports only these; empty for all that the mode allows
/// @param hop the customer's own proxy, for [RequestedMode#LOCAL] alone
/// @param isAccessPoint whether the entries are the customer's own: shown as [EffectivePath#LOCAL_AP]
public record ProxyChoice(
        Optional<RequestedMode> mode,
        List<String> entries,
        Set<Transport> transports,
        Optional<Hop> hop,
        boolean isAccessPoint) {
    /// No proxy.
    public static final ProxyChoice NONE = of(RequestedMode.NONE);

    public ProxyChoice {
        entries = List.copyOf(entries);
        transports = Set.copyOf(transports);
        if (mode.equals(Optional.of(RequestedMode.LOCAL)) == hop.isEmpty()) {
            throw new IllegalArgumentException("mode " + mode + " with hop " + hop + ": LOCAL and a hop go together");
        }
    }

    public static ProxyChoice of(RequestedMode mode) {
        return new ProxyChoice(Optional.of(mode), List.of(), Set.of(), Optional.empty(), false);
    }

    public static ProxyChoice byPolicy() {
        return new ProxyChoice(Optional.empty(), List.of(), Set.of(), Optional.empty(), false);
    }

    public static ProxyChoice through(Hop hop) {
        return new ProxyChoice(Optional.of(RequestedMode.LOCAL), List.of(), Set.of(), Optional.of(hop), false);
    }

    public static ProxyChoice accessPoint(List<String> entries) {
        return new ProxyChoice(Optional.of(RequestedMode.STANDARD), entries, Set.of(), Optional.empty(), true);
    }

    public ProxyChoice withEntries(List<String> hostsAndPorts) {
        return new ProxyChoice(mode, hostsAndPorts, transports, hop, isAccessPoint);
    }

    public ProxyChoice withTransports(Set<Transport> only) {
        return new ProxyChoice(mode, entries, only, hop, isAccessPoint);
    }

    public boolean isProxied() {
        return !mode.equals(Optional.of(RequestedMode.NONE));
    }

    /// What a path of this choice is called.
    public EffectivePath shown(EffectivePath path) {
        return isAccessPoint && path.isProxied() ? EffectivePath.LOCAL_AP : path;
    }
}
