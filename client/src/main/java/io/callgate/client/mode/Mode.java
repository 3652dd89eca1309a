package io.callgate.client.mode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What an app asks for. What it gets is an [EffectivePath].
public enum Mode {
    /// Direct only; never falls back.
    NONE(Start.DIRECT),

    /// The cloud proxy over UDP and nothing else.
    UDP(Start.PROXY),

    /// The cloud proxy over TLS on port 443 and nothing else.
    TCP(Start.PROXY),

    /// Direct first; the cloud proxy if that does not connect in time.
    AUTO(Start.PROBE),

    /// As [#AUTO], but stays direct and tries again on a cellular network, and asks again whenever the network
    /// changes.
    SMART(Start.PROBE),

    /// The cloud proxy from the start.
    STANDARD(Start.PROXY),

    /// Through the company's own proxies, in the order given; no lease.
    LOCAL(Start.PROXY);

    /// What a join does first.
    enum Start {
        DIRECT,
        PROBE,
        PROXY
    }

    private static final List<EffectivePath> CLOUD_LADDER = List.of(
            EffectivePath.CLOUD_UDP, EffectivePath.CLOUD_TCP, EffectivePath.CLOUD_TLS, EffectivePath.CLOUD_HTTP);

    private final Start start;

    Mode(Start start) {
        this.start = start;
    }

    Start start() {
        return start;
    }

    /// The proxied paths this mode may take, best first.
    public List<EffectivePath> paths() {
        return switch (this) {
            case NONE -> List.of();
            case UDP -> List.of(EffectivePath.CLOUD_UDP);
            case TCP -> List.of(EffectivePath.CLOUD_TLS);
            case AUTO, SMART, STANDARD -> CLOUD_LADDER;
            case LOCAL -> List.of(EffectivePath.LOCAL_SOCKS5, EffectivePath.LOCAL_HTTP, EffectivePath.LOCAL_AP);
        };
    }

    /// Whether it moves to another transport while a call runs, when UDP loses too much.
    boolean migrates() {
        return isCloud() && paths().size() > 1;
    }

    boolean isCloud() {
        return this != NONE && this != LOCAL;
    }

    /// Those candidates that this mode may use, in the order in which it tries them. A cloud mode goes by
    /// transport first and by the lease's own order second; [#LOCAL] keeps the order that the app gave.
    ///
    /// @param offered as the lease ranks them, or as the app lists them
    public List<Rung> ladder(List<Rung> offered) {
        List<EffectivePath> paths = paths();
        Comparator<Rung> byTransport = Comparator.comparingInt(rung -> paths.indexOf(rung.path()));
        List<Rung> usable = new ArrayList<>(offered);
        usable.removeIf(rung -> !paths.contains(rung.path()));
        if (this != LOCAL) {
            usable.sort(byTransport); // stable: the lease's ranking decides within a transport
        }
        return List.copyOf(usable);
    }
}
