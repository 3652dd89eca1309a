package io.callgate.e2e;

import java.util.Locale;

/// What came of one call.
///
/// @param why empty for a good call, else what went wrong
/// @param joinToFirstFrameMillis of the participant that joins second; NaN without media, as the next two
/// @param fps of the participant that saw fewer
/// @param longestGapMillis of the participant that saw the longer one
/// @param straightPackets what corp and cloud sent each other past the relay
/// @param machineWasBusy a result other than expected says nothing then
record CallResult(
        Outcome outcome,
        String why,
        double joinToFirstFrameMillis,
        double fps,
        double longestGapMillis,
        long straightPackets,
        boolean machineWasBusy) {

    static CallResult without(Outcome outcome, String why, long straightPackets, boolean machineWasBusy) {
        return new CallResult(outcome, why, Double.NaN, Double.NaN, Double.NaN, straightPackets, machineWasBusy);
    }

    /// The figures as cells of the laboratory's table: join, fps, gap, packets.
    String figures() {
        return cell(joinToFirstFrameMillis, "%.0f") + " | " + cell(fps, "%.1f") + " | " + cell(longestGapMillis, "%.0f")
                + " | " + straightPackets;
    }

    private static String cell(double value, String format) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
