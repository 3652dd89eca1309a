package io.callgate.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What one participant got over the measured seconds, as its page reports it.
///
/// @param joinToFirstFrameMillis from the call of `join` (camera already open, no connection yet) to the first
///     decoded frame of the other
/// @param audioEnergyPerSecond of what was heard: silence adds none
/// @param cameraFps what the own camera gave: low on a machine that is too busy
/// @param pairs the chosen pair of each of its peer connections
record Reception(
        double joinToFirstFrameMillis,
        double fps,
        double longestGapMillis,
        double audioEnergyPerSecond,
        double audioPacketsPerSecond,
        double cameraFps,
        List<SelectedPair> pairs) {

    /// The local end of a chosen ICE pair.
    ///
    /// @param type `host`, `srflx`, `prflx` or `relay`; `none` if nothing was chosen
    /// @param url the TURN server's, for a relay
    record SelectedPair(String type, String url) {}

    static Reception of(Map<?, ?> report) {
        List<SelectedPair> pairs = new ArrayList<>();
        for (Object pair : (List<?>) field(report, "pairs")) {
            pairs.add(new SelectedPair(
                    (String) field((Map<?, ?>) pair, "type"), (String) field((Map<?, ?>) pair, "url")));
        }
        return new Reception(
                number(report, "joinToFirstFrameMillis"),
                number(report, "fps"),
                number(report, "longestGapMillis"),
                number(report, "audioEnergyPerSecond"),
                number(report, "audioPacketsPerSecond"),
                number(report, "cameraFps"),
                List.copyOf(pairs));
    }

    private static double number(Map<?, ?> report, String name) {
        return ((Number) field(report, name)).doubleValue();
    }

    private static Object field(Map<?, ?> report, String name) {
        return Objects.requireNonNull(report.get(name), name);
    }
}
