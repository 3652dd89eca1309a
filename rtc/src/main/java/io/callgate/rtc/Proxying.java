package io.callgate.rtc;

import io.callgate.client.CloudProxy;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Hop;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.transport.MediaRoutes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// How one call is to be proxied: the mode, as where its plans come from.
record Proxying(RtcEngine.Settings settings, KeptProbe probe, RtcEvents events, Loop loop, JoinRequest request) {
    /// Builders are asked for at once, so that what they throw is the caller's to hear.
    Function<Way.Listener, Way> way(Optional<RequestedMode> asked, List<Hop> localHops) {
        if (asked.equals(Optional.of(RequestedMode.NONE))) {
            return DirectWay::new;
        }
        if (!asked.equals(Optional.of(RequestedMode.LOCAL))) {
            CloudProxy.Builder builder = builder();
            asked.ifPresent(builder::mode);
            return proxied(builder, Optional.empty());
        }
        List<Function<Way.Listener, Way>> ways = new ArrayList<>();
        for (Hop hop : localHops) {
            EffectivePath shown = hop instanceof Hop.Socks5 ? EffectivePath.LOCAL_SOCKS5 : EffectivePath.LOCAL_HTTP;
            ways.add(proxied(builder().through(hop).mode(RequestedMode.STANDARD), Optional.of(shown)));
        }
        return listener -> new LocalWay(ways, listener, loop);
    }

    private CloudProxy.Builder builder() {
        CloudProxy.Builder builder = settings.proxy().orElseThrow().get().uid(request.user());
        request.token().ifPresent(token -> builder.token(() -> token));
        settings.network().ifPresent(builder::network);
        return builder.probe(probe);
    }

    private Function<Way.Listener, Way> proxied(CloudProxy.Builder builder, Optional<EffectivePath> shown) {
        return listener -> new ProxyWay(builder, new MediaRoutes(settings.time()), shown, listener, events, loop);
    }
}
