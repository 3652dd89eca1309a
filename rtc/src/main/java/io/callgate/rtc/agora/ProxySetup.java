package io.callgate.rtc.agora;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.HostPort;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.rtc.vendor.ProxyChoice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an app has set of the proxy so far, by three APIs that grew one upon the other: `setCloudProxy`,
/// `setParameters` and `setLocalAccessPoint`. What was set last counts; a cloud proxy that was asked for and an
/// access point exclude each other. Immutable.
///
/// @param transportType of `setCloudProxy`; empty once `rtc.enable_proxy` was set
/// @param isEnabled `rtc.enable_proxy`
/// @param server `rtc.proxy_server`
/// @param accessPoints empty without
/// @param isLocalOnly whether the direct way is no way beside the access points
record ProxySetup(
        Optional<Integer> transportType,
        boolean isEnabled,
        ProxyServer server,
        List<String> accessPoints,
        boolean isLocalOnly) {
    static final ProxySetup NEW = new ProxySetup(
            Optional.of(Constants.TRANSPORT_TYPE_NONE_PROXY), false, ProxyServer.DEFAULT, List.of(), false);

    private static final int ENTRY_PORT = 443;

    /// A call that was made in the wrong order, or beside what excludes it.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private boolean isForced() {
        return transportType
                .map(type -> type != Constants.TRANSPORT_TYPE_NONE_PROXY)
                .orElse(isEnabled);
    }

    ProxySetup withTransportType(int type) throws Refused {
        if (type < Constants.TRANSPORT_TYPE_NONE_PROXY || type > Constants.TRANSPORT_TYPE_TCP_PROXY) {
            throw new IllegalArgumentException("setCloudProxy(" + type + "): want 0, 1 or 2");
        }
        boolean isOn = type != Constants.TRANSPORT_TYPE_NONE_PROXY;
        boolean isAnother = isForced() && !transportType.equals(Optional.of(type));
        if (isOn && isAnother) {
            throw new Refused("setCloudProxy(" + type + "): another cloud proxy is on; set 0 first");
        }
        if (isOn && !accessPoints.isEmpty()) {
            throw new Refused("setCloudProxy(" + type + "): an access point is set, which excludes it");
        }
        return new ProxySetup(Optional.of(type), false, server, accessPoints, isLocalOnly);
    }

    /// @param parameters others than the two are taken and ignored, as Agora does
    ProxySetup withParameters(Map<?, ?> parameters) throws Refused {
        ProxySetup changed = this;
        if (parameters.containsKey("rtc.proxy_server")) {
            changed = new ProxySetup(
                    transportType,
                    isEnabled,
                    ProxyServer.of(parameters.get("rtc.proxy_server")),
                    accessPoints,
                    isLocalOnly);
        }
        if (parameters.containsKey("rtc.enable_proxy")) {
            changed = changed.enabled(parameters.get("rtc.enable_proxy"));
        }
        return changed;
    }

    private ProxySetup enabled(@Nullable Object value) throws Refused {
        if (!(value instanceof Boolean isOn)) {
            throw new IllegalArgumentException("rtc.enable_proxy: want true or false");
        }
        if (isOn && !accessPoints.isEmpty()) {
            throw new Refused("rtc.enable_proxy: an access point is set, which excludes it");
        }
        return new ProxySetup(Optional.empty(), isOn, server, accessPoints, isLocalOnly);
    }

    ProxySetup withAccessPoints(@Nullable LocalAccessPointConfiguration wanted) throws Refused {
        if (wanted == null) {
            throw new IllegalArgumentException("setLocalAccessPoint(null)");
        }
        Set<String> all = new LinkedHashSet<>();
        for (List<String> each : lists(wanted)) {
            for (@Nullable String host : each) {
                if (host == null) {
                    throw new IllegalArgumentException("setLocalAccessPoint: null in a list");
                }
                all.add(HostPort.parse(host, ENTRY_PORT).toString());
            }
        }
        boolean isKnownMode = wanted.mode == LocalAccessPointConfiguration.LOCAL_ONLY
                || wanted.mode == LocalAccessPointConfiguration.CONNECTIVITY_FIRST;
        if (all.isEmpty() || !isKnownMode) {
            throw new IllegalArgumentException(
                    "setLocalAccessPoint: " + all.size() + " access points, mode " + wanted.mode);
        }
        if (isForced()) {
            throw new Refused("setLocalAccessPoint: a cloud proxy is on, which excludes it; set 0 first");
        }
        List<String> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled); // so that many clients spread over the access points
        return new ProxySetup(
                transportType, isEnabled, server, shuffled, wanted.mode == LocalAccessPointConfiguration.LOCAL_ONLY);
    }

    private static List<List<String>> lists(LocalAccessPointConfiguration of) {
        List<String> addresses = of.ipList == null ? List.of() : of.ipList;
        List<String> names = of.domainList == null ? List.of() : of.domainList;
        return List.of(addresses, names);
    }

    /// What a call tries, in order.
    ///
    /// @param zeroMeansOff whether transport type 0 is no proxy, rather than automatic
    List<ProxyChoice> choices(boolean zeroMeansOff) {
        if (!accessPoints.isEmpty()) {
            ProxyChoice local = ProxyChoice.accessPoint(accessPoints);
            return isLocalOnly ? List.of(local) : List.of(local, ProxyChoice.NONE);
        }
        if (transportType.isEmpty()) {
            return isEnabled ? server.choices() : List.of(ProxyChoice.NONE);
        }
        return switch (transportType.get()) {
            case Constants.TRANSPORT_TYPE_UDP_PROXY -> List.of(ProxyChoice.of(RequestedMode.UDP));
            case Constants.TRANSPORT_TYPE_TCP_PROXY -> List.of(ProxyChoice.of(RequestedMode.TCP));
            default ->
                List.of(
                        zeroMeansOff
                                ? ProxyChoice.NONE
                                : ProxyChoice.of(RequestedMode.AUTO).withTransports(Set.of(Transport.TLS)));
        };
    }

    /// Agora's number of a way, as `onProxyConnected` tells it.
    ///
    /// @param isAutomatic whether the mode was AUTO, which has a number of its own for the way it falls back to
    static int proxyType(EffectivePath path, boolean isAutomatic) {
        return switch (path) {
            case DIRECT -> Constants.PROXY_TYPE_NONE;
            case CLOUD_UDP, CLOUD_QUIC -> Constants.PROXY_TYPE_UDP;
            case CLOUD_TCP, CLOUD_TLS ->
                isAutomatic ? Constants.PROXY_TYPE_TCP_AUTO_FALLBACK : Constants.PROXY_TYPE_TCP;
            case CLOUD_HTTP -> Constants.PROXY_TYPE_HTTPS;
            case LOCAL_HTTP -> Constants.PROXY_TYPE_HTTP;
            case LOCAL_SOCKS5, LOCAL_AP -> Constants.PROXY_TYPE_LOCAL;
        };
    }
}
