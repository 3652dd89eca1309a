package io.callgate.rtc.zego;

import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.model.Geofence;
import io.callgate.model.Region;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.vendor.ProxyChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is set before an engine exists, and frozen once it does. Immutable.
///
/// @param cloud entries of the cloud proxy, in their order; empty if it is off
/// @param token that goes with them; may be empty
/// @param local the customer's own proxies, in their order; empty if there are none
/// @param regions of relays that may be used
record ProxySettings(List<String> cloud, String token, List<Hop> local, Geofence regions) {
    static final ProxySettings NEW = new ProxySettings(List.of(), "", List.of(), Geofence.EVERYWHERE);

    /// As operators name regions; each stands for its parts, too. ZEGO's Asia is without mainland China and India.
    private static final Map<Integer, List<String>> AREAS = Map.of(
            2, List.of("cn"),
            3, List.of("na", "us"),
            4, List.of("eu"),
            5, List.of("as", "jp", "kr", "hkmc"),
            6, List.of("in"));

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
            return new ProxySettings(List.of(), "", local, regions);
        }
        if (!local.isEmpty()) {
            throw new Exclusive("a local proxy is set, which excludes the cloud proxy");
        }
        List<String> entries =
                checked(proxies).stream().map(proxy -> at(proxy).toString()).toList();
        return new ProxySettings(entries, newToken == null ? "" : newToken, local, regions);
    }

    ProxySettings withLocal(@Nullable List<ZegoProxyInfo> proxies, boolean enable) throws Exclusive {
        if (!enable) {
            return new ProxySettings(cloud, token, List.of(), regions);
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
        return new ProxySettings(cloud, token, hops, regions);
    }

    ProxySettings withGeoFence(@Nullable ZegoGeoFenceType type, @Nullable List<Integer> areas) {
        if (type == ZegoGeoFenceType.NONE) {
            return new ProxySettings(cloud, token, local, Geofence.EVERYWHERE);
        }
        boolean isSet = areas != null && !areas.isEmpty() && areas.stream().allMatch(ProxySettings::isArea);
        if (type == null || areas == null || !isSet) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "type %s, areas %s: want INCLUDE or EXCLUDE, and areas of 2 to 6", type, areas));
        }
        Set<Region> names = areas.stream()
                .flatMap(area -> AREAS.getOrDefault(area, List.of()).stream())
                .map(Region::new)
                .collect(Collectors.toUnmodifiableSet());
        Geofence.Rule rule = type == ZegoGeoFenceType.INCLUDE ? Geofence.Rule.INCLUDE : Geofence.Rule.EXCLUDE;
        return new ProxySettings(cloud, token, local, new Geofence(rule, names));
    }

    private static boolean isArea(@Nullable Integer area) {
        return area != null && AREAS.containsKey(area);
    }

    private static List<ZegoProxyInfo> checked(@Nullable List<ZegoProxyInfo> proxies) {
        if (proxies == null || proxies.isEmpty()) {
            throw new IllegalArgumentException("no proxy in the list: want one at least");
        }
        for (@Nullable ZegoProxyInfo proxy : proxies) {
            if (proxy == null) {
                throw new IllegalArgumentException("null in the list of proxies");
            }
        }
        return proxies;
    }

    private static HostPort at(ZegoProxyInfo proxy) {
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
