package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.MachineLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;

/// What one thing took, several times over, each beside the machine's idle share meanwhile. A time over the bound
/// on a machine without idle time says nothing of what was measured, and that round is played again.
final class TimedRounds {
    /// Of a table of [#row]s.
    static final String HEAD =
            "| what | median, ms | bound, ms | each, with the machine's idle share |\n|---|---|---|---|\n";

    private static final int ATTEMPTS_ON_A_BUSY_MACHINE = 3;

    private final String what;
    private final long boundMillis;
    private final List<Took> counted = new ArrayList<>();
    private final List<Took> played = new ArrayList<>();

    /// @param idleShare 0 to 1, of all cores together while it was measured
    record Took(long millis, double idleShare) {
        static Took since(MachineLoad before, long millis) {
            return new Took(millis, MachineLoad.now().idleShareSince(before));
        }

        @Override
        public String toString() {
            return "%d (idle %.0f %%)".formatted(millis, 100 * idleShare);
        }
    }

    TimedRounds(String what, long boundMillis) {
        this.what = what;
        this.boundMillis = boundMillis;
    }

    void play(Supplier<Took> round) {
        Took took = round.get();
        played.add(took);
        for (int attempt = 1; isInvalid(took) && attempt < ATTEMPTS_ON_A_BUSY_MACHINE; attempt++) {
            took = round.get();
            played.add(took);
        }
        counted.add(took);
    }

    /// What can be had only once.
    void count(Took took) {
        played.add(took);
        counted.add(took);
    }

    private boolean isInvalid(Took took) {
        return took.millis() >= boundMillis && MachineLoad.isBusy(took.idleShare());
    }

    long medianMillis() {
        return counted.stream().map(Took::millis).sorted().toList().get(counted.size() / 2);
    }

    /// Where the laboratory is required a median that the machine spoiled is no proof, and fails; else it is
    /// skipped.
    void requireMedianUnderBound() {
        if (medianMillis() >= boundMillis
                && counted.stream().anyMatch(this::isInvalid)
                && !Boolean.getBoolean("lab.required")) {
            throw new TestAbortedException("INVALID, the machine was busy: " + this);
        }
        assertThat(medianMillis()).as("%s", this).isLessThan(boundMillis);
    }

    /// Of the table under [#HEAD]; every round that was played, whether it counted or not.
    String row() {
        return "| %s | %d | %d | %s |".formatted(what, medianMillis(), boundMillis, each());
    }

    @Override
    public String toString() {
        return "%s, ms, median %d, bound %d: %s".formatted(what, medianMillis(), boundMillis, each());
    }

    private String each() {
        return played.stream().map(Took::toString).collect(Collectors.joining(", "));
    }
}
