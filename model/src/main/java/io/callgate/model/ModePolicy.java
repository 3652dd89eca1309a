package io.callgate.model;

/// What an app's clients do when they do not say it themselves.
///
/// @param probeTimeoutMillis how long a direct way may take to answer before it counts as blocked
/// @param cellularStaysDirect whether [RequestedMode#SMART] keeps trying directly on a cellular network
public record ModePolicy(RequestedMode mode, int probeTimeoutMillis, boolean cellularStaysDirect) {
    public static final ModePolicy DEFAULT = new ModePolicy(RequestedMode.STANDARD, 1000, true);

    public ModePolicy {
        if (mode == RequestedMode.LOCAL) {
            throw new IllegalArgumentException("mode LOCAL: only a customer names its own proxy; want another mode");
        }
        if (probeTimeoutMillis < 100 || probeTimeoutMillis > 10_000) {
            throw new IllegalArgumentException(
                    "probeTimeoutMillis " + probeTimeoutMillis + ": want 100 to 10000 milliseconds");
        }
    }
}
