package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/// What keeps a laboratory from running: a skip with its reason, and a failure where `-Dlab.required=true` asks
/// for one.
final class Obstacle {
    private Obstacle() {}

    /// Ends the test if there is one.
    static void stopAt(Optional<String> obstacle) {
        if (Boolean.getBoolean("lab.required")) {
            assertThat(obstacle).as("obstacle to a required laboratory").isEmpty();
        }
        assumeTrue(obstacle.isEmpty(), () -> "no laboratory here: " + obstacle.orElseThrow());
    }
}
