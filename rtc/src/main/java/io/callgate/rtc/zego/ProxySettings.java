package io.callgate.rtc.zego;

import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.vendor.ProxyChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is set before an engine exists, and frozen once it does. Immutable.
///
/// @param cloud entries of the cloud proxy, in their order; empty if it is off
/// @param token that goes with them; may be empty
/// @param local the customer's own proxies, in their order; empty if there are none
/// @param region empty for anywhere
record ProxySettings(List<String> cloud, String token, List<Hop> local, String region) {
    static final ProxySettings NEW = new ProxySettings(List.of(), "", List.of(), "");

    private static final Map<Integer, String> AREAS = Map.of(2, "cn", 3, "na", 4, "eu", 5, "as", 6, "in");

    /// A cloud proxy and a local one.
    static final class Exclusive extends Exception {
        private static final long serialVersionUID = 1;

        Exclusive(String message) {
            super(message);
        }
    }

    ProxySettings withCloud(@Nullable List<ZegoProxyInfo> proxies, @Nullable String newToken, boolean enable)
            throws Exclusive {
        if (!enable) {
            return new ProxySettings(List.of(), "", local, region);
        }
        if (!local.isEmpty()) {
            throw new Exclusive("a local proxy is set, which excludes the cloud proxy");
        }
        List<String> entries =
                checked(proxies).stream().map(proxy -> at(proxy).toString()).toList();
        return new ProxySettings(entries, newToken == null ? "" : newToken, local, region);
    }

    ProxySettings withLocal(@Nullable List<ZegoProxyInfo> proxies, boolean enable) throws Exclusive {
        if (!enable) {
            return new ProxySettings(cloud, token, List.of(), region);
        }
        if (!cloud.isEmpty()) {
            throw new Exclusive("the cloud proxy is set, which excludes a local proxy");
        }
        List<Hop> hops = new ArrayList<>();
        for (ZegoProxyInfo proxy : checked(proxies)) {
            String name = proxy.userName == null ? "" : proxy.userName;
            String password = proxy.password == null ? "" : proxy.password;
            Optional<Login> login = name.isEmpty() ? Optional.empty() : Optional.of(new Login(name, password));
            hops.add(new Hop.Socks5(at(proxy), login));
        }
        return new ProxySettings(cloud, token, hops, region);
    }

    /// One area; a set of several belongs to the app at control, which knows it by the app.
    ProxySettings withGeoFence(@Nullable ZegoGeoFenceType type, @Nullable List<Integer> areas) {
        if (type == ZegoGeoFenceType.NONE) {
            return new ProxySettings(cloud, token, local, "");
        }
        String area =
                type == ZegoGeoFenceType.INCLUDE && areas != null && areas.size() == 1 ? AREAS.get(areas.get(0)) : null;
        if (area == null) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "type %s, areas %s: want INCLUDE and one area of 2 to 6; a set of several is set for the app,"
                            + " at control",
                    type,
                    areas));
        }
        return new ProxySettings(cloud, token, local, area);
    }

    private static List<ZegoProxyInfo> checked(@Nullable List<ZegoProxyInfo> proxies) {
        if (proxies == null || proxies.isEmpty()) {
            throw new IllegalArgumentException("no proxy in the list: want one at least");
        }
        return proxies;
    }

    private static HostPort at(@Nullable ZegoProxyInfo proxy) {
        if (proxy == null) {
            throw new IllegalArgumentException("null in the list of proxies");
        }
        return new HostPort(proxy.host(), proxy.port);
    }

    /// What a login tries, in order.
    ///
    /// @param mode of the cloud proxy; empty for what control says of the app
    List<ProxyChoice> choices(Optional<RequestedMode> mode) {
        if (!local.isEmpty()) {
            return local.stream().map(ProxyChoice::through).toList();
        }
        if (cloud.isEmpty()) {
            return List.of(ProxyChoice.NONE);
        }
        return List.of(
                mode.map(ProxyChoice::of).orElseGet(ProxyChoice::byPolicy).withEntries(cloud));
    }

    boolean isCloud() {
        return !cloud.isEmpty();
    }
}
