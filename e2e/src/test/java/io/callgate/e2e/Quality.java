package io.callgate.e2e;

import io.callgate.testkit.MachineLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a good call is: one place for the bounds.
final class Quality {
    static final int CAMERA_FPS = 20;

    private static final double LEAST_FPS = 5;
    private static final double LONGEST_GAP_MILLIS = 2_500;
    private static final double LEAST_AUDIO_ENERGY_PER_SECOND = 1e-6; // the fake microphone's beeps give about 1e-3
    private static final double LEAST_AUDIO_PACKETS_PER_SECOND = 25; // Opus sends 50
    private static final double LEAST_CAMERA_FPS = 0.6 * CAMERA_FPS;

    private Quality() {}

    /// @param second the participant whose join is measured
    /// @param relayUrl the TURN server that all media must have used; empty if the call is to be direct
    /// @param straightPackets must be 0 for a relayed call
    static CallResult judge(
            Reception first, Reception second, Optional<String> relayUrl, long straightPackets, double idleShare) {
        List<String> complaints = new ArrayList<>();
        complain("first", first, relayUrl, complaints);
        complain("second", second, relayUrl, complaints);
        if (relayUrl.isPresent() && straightPackets > 0) {
            complaints.add(straightPackets + " packets between corp and cloud");
        }
        boolean camerasAreSlow = first.cameraFps() < LEAST_CAMERA_FPS || second.cameraFps() < LEAST_CAMERA_FPS;
        return new CallResult(
                complaints.isEmpty() ? Outcome.GOOD_CALL : Outcome.BAD_CALL,
                String.join("; ", complaints),
                second.joinToFirstFrameMillis(),
                Math.min(first.fps(), second.fps()),
                Math.max(first.longestGapMillis(), second.longestGapMillis()),
                straightPackets,
                camerasAreSlow || MachineLoad.isBusy(idleShare));
    }

    private static void complain(String who, Reception got, Optional<String> relayUrl, List<String> complaints) {
        if (got.fps() < LEAST_FPS) complaints.add("%s saw %.1f fps".formatted(who, got.fps()));
        if (got.longestGapMillis() > LONGEST_GAP_MILLIS) {
            complaints.add("%s saw nothing for %.0f ms".formatted(who, got.longestGapMillis()));
        }
        if (got.audioEnergyPerSecond() < LEAST_AUDIO_ENERGY_PER_SECOND
                || got.audioPacketsPerSecond() < LEAST_AUDIO_PACKETS_PER_SECOND) {
            complaints.add("%s heard nothing (energy %.2g/s, %.0f packets/s)"
                    .formatted(who, got.audioEnergyPerSecond(), got.audioPacketsPerSecond()));
        }
        boolean asPlanned = relayUrl.map(url -> got.pairs().stream()
                        .allMatch(pair ->
                                pair.type().equals("relay") && pair.url().equals(url)))
                .orElseGet(
                        () -> got.pairs().stream().noneMatch(pair -> pair.type().equals("relay")));
        if (!asPlanned || got.pairs().isEmpty()) complaints.add(who + "'s media went by " + got.pairs());
    }
}
