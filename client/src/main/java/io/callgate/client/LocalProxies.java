package io.callgate.client;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.ProxyConfig.LocalFallback;
import io.callgate.client.mode.Rung;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import java.util.ArrayList;
import java.util.List;

/// The customer's own proxies, for mode LOCAL: signalling goes through them and not through relays. They
/// carry no datagrams, so media needs TURN over TCP or TLS through the same sockets.
///
/// @param service what a proxy must reach to be called good, as the service's signalling server
/// @param proxies tried in this order, each with a head start over the next
/// @param fallback what follows when none of them works
public record LocalProxies(HostPort service, List<Hop> proxies, LocalFallback fallback) {
    public LocalProxies {
        proxies = List.copyOf(proxies);
        if (proxies.isEmpty()) {
            throw new IllegalArgumentException("no local proxy: want one or more");
        }
    }

    List<Rung> rungs() {
        List<Rung> rungs = new ArrayList<>();
        proxies.forEach(proxy -> rungs.add(rung(proxy)));
        return rungs;
    }

    Rung rung(Hop proxy) {
        EffectivePath path = proxy instanceof Hop.Socks5 ? EffectivePath.LOCAL_SOCKS5 : EffectivePath.LOCAL_HTTP;
        return new Rung(path, proxy + " to " + service);
    }
}
