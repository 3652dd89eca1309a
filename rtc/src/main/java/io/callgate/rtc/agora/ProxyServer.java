package io.callgate.rtc.agora;

import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.vendor.ProxyChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The value of `rtc.proxy_server`: `[type, "address", port]`.
///
/// @param type 0: a SOCKS5 proxy of the customer's; 1: a cloud proxy by name; 2: by addresses; 13: over TLS only
/// @param hosts for type 1 and 13 empty where the default entry is meant
/// @param port 0 for the default
/// @param mode how the cloud proxy is used
record ProxyServer(int type, List<String> hosts, int port, RequestedMode mode) {
    /// What `rtc.enable_proxy` alone means: the default entry, where Agora had `ap-proxy.agora.io`.
    static final ProxyServer DEFAULT = new ProxyServer(1, List.of(), 0, RequestedMode.STANDARD);

    private static final int DEFAULT_PORT = 443;

    /// @throws IllegalArgumentException if no proxy can be meant
    static ProxyServer of(@Nullable Object value) {
        if (!(value instanceof List<?> items) || items.size() != 3) {
            throw new IllegalArgumentException("rtc.proxy_server: want [type, \"address\", port]");
        }
        int type = whole(items.get(0), "type");
        int port = whole(items.get(2), "port");
        List<String> hosts = hosts(items.get(1));
        boolean isSocks = type == 0;
        boolean isList = type == 2;
        if (!isSocks && !isList && type != 1 && type != 13) {
            throw new IllegalArgumentException("rtc.proxy_server: type " + type + "; want 0, 1, 2 or 13");
        }
        if (port < 0 || port > 65535 || (isSocks && port == 0)) {
            throw new IllegalArgumentException("rtc.proxy_server: port " + port + " for type " + type);
        }
        boolean isRightCount = isList ? !hosts.isEmpty() : isSocks ? hosts.size() == 1 : hosts.size() <= 1;
        if (!isRightCount) {
            throw new IllegalArgumentException("rtc.proxy_server: " + hosts.size() + " addresses for type " + type);
        }
        for (String host : hosts) {
            HostPort parsed = new HostPort(host, DEFAULT_PORT); // refuses what is neither
            if ((isSocks || isList) && !parsed.isAddress()) {
                throw new IllegalArgumentException("rtc.proxy_server: \"" + host + "\" is no address");
            }
        }
        return new ProxyServer(type, hosts, port, mode(type, hosts));
    }

    /// An empty address is the Server Gateway's way to say "by UDP only".
    private static RequestedMode mode(int type, List<String> hosts) {
        if (type == 0) {
            return RequestedMode.LOCAL;
        }
        boolean isUdp = type == 1 && hosts.isEmpty();
        return type == 13 ? RequestedMode.TCP : isUdp ? RequestedMode.UDP : RequestedMode.STANDARD;
    }

    /// A name, an address, `""`, a list, or a list in a string.
    private static List<String> hosts(@Nullable Object value) {
        if (value instanceof String text && text.strip().startsWith("[")) {
            try {
                return hosts(JsonText.parse(text.strip()).value());
            } catch (JsonText.Malformed e) {
                throw new IllegalArgumentException("rtc.proxy_server: the list of addresses: " + e.getMessage(), e);
            }
        }
        if (value instanceof String text) {
            return text.isBlank() ? List.of() : List.of(text.strip());
        }
        if (!(value instanceof List<?> items)) {
            throw new IllegalArgumentException("rtc.proxy_server: the address is neither text nor a list");
        }
        List<String> hosts = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof String host)) {
                throw new IllegalArgumentException("rtc.proxy_server: an address that is not text");
            }
            hosts.add(host.strip());
        }
        return hosts;
    }

    private static int whole(@Nullable Object value, String what) {
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9) {
            return number.intValue();
        }
        throw new IllegalArgumentException("rtc.proxy_server: the " + what + " is not a whole number");
    }

    /// What a call tries, in order. A SOCKS5 proxy that wants a login cannot be given one here, and may be a
    /// relay: then it hands out a lease itself, and what that leads to is used.
    List<ProxyChoice> choices() {
        if (type == 0) {
            HostPort proxy = new HostPort(hosts.get(0), port);
            return List.of(
                    ProxyChoice.through(new Hop.Socks5(proxy, Optional.empty())),
                    ProxyChoice.accessPoint(List.of(proxy.toString())));
        }
        List<String> entries = hosts.stream()
                .map(host -> new HostPort(host, port == 0 ? DEFAULT_PORT : port).toString())
                .toList();
        return List.of(ProxyChoice.of(mode).withEntries(entries));
    }
}
