package io.callgate.client.mode;

import io.callgate.model.RequestedMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What each [RequestedMode] does first, and which paths it may take. What an app gets is an [EffectivePath].
public final class ModeRules {
    private static final List<EffectivePath> CLOUD_LADDER = List.of(
            EffectivePath.CLOUD_UDP, EffectivePath.CLOUD_TCP, EffectivePath.CLOUD_TLS, EffectivePath.CLOUD_HTTP);

    /// What a join does first.
    enum Start {
        DIRECT,
        PROBE,
        PROXY
    }

    private ModeRules() {}

    static Start start(RequestedMode mode) {
        return switch (mode) {
            case NONE -> Start.DIRECT;
            case AUTO, SMART -> Start.PROBE;
            case UDP, TCP, STANDARD, LOCAL -> Start.PROXY;
        };
    }

    /// The proxied paths that a mode may take, best first.
    public static List<EffectivePath> paths(RequestedMode mode) {
        return switch (mode) {
            case NONE -> List.of();
            case UDP -> List.of(EffectivePath.CLOUD_UDP);
            case TCP -> List.of(EffectivePath.CLOUD_TLS);
            case AUTO, SMART, STANDARD -> CLOUD_LADDER;
            case LOCAL -> List.of(EffectivePath.LOCAL_SOCKS5, EffectivePath.LOCAL_HTTP, EffectivePath.LOCAL_AP);
        };
    }

    /// Whether a mode leads through relays that a lease names.
    public static boolean isCloud(RequestedMode mode) {
        return mode != RequestedMode.NONE && mode != RequestedMode.LOCAL;
    }

    /// Whether a mode moves to another transport while a call runs, when UDP loses too much.
    static boolean migrates(RequestedMode mode) {
        return isCloud(mode) && paths(mode).size() > 1;
    }

    /// Those candidates that a mode may use, in the order in which it tries them. A cloud mode goes by transport
    /// first and by the lease's own order second; LOCAL keeps the order that the app gave.
    ///
    /// @param offered as the lease ranks them, or as the app lists them
    public static List<Rung> ladder(RequestedMode mode, List<Rung> offered) {
        List<EffectivePath> paths = paths(mode);
        Comparator<Rung> byTransport = Comparator.comparingInt(rung -> paths.indexOf(rung.path()));
        List<Rung> usable = new ArrayList<>(offered);
        usable.removeIf(rung -> !paths.contains(rung.path()));
        if (mode != RequestedMode.LOCAL) {
            usable.sort(byTransport); // stable: the lease's ranking decides within a transport
        }
        return List.copyOf(usable);
    }
}
