package io.callgate.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a bad line does to packets, in each direction by itself.
///
/// @param delay of every packet, one way; a round trip has it twice
/// @param jitter the delay is evenly spread up to so much above and below; packets never overtake each other
/// @param lossPercent of packets that vanish, each by its own chance
/// @param kbitPerSecond what the line carries; 0 if it is not the bottleneck. What would wait longer than
///     [#QUEUE] for its turn is dropped, as at a router
public record Impairment(Duration delay, Duration jitter, double lossPercent, int kbitPerSecond) {
    static final Duration QUEUE = Duration.ofMillis(200);

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);

    public static final Impairment NONE = new Impairment(Duration.ZERO, Duration.ZERO, 0, 0); // checked by the above

    public Impairment {
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0)
            throw new IllegalArgumentException("delay " + delay + " outside 0.." + LONGEST_DELAY);
        if (jitter.isNegative() || jitter.compareTo(delay) > 0)
            throw new IllegalArgumentException("jitter " + jitter + " outside 0..the delay, " + delay);
        if (!(lossPercent >= 0 && lossPercent <= 100))
            throw new IllegalArgumentException("lossPercent " + lossPercent + " outside 0..100");
        if (kbitPerSecond < 0) throw new IllegalArgumentException("kbitPerSecond " + kbitPerSecond + " < 0");
    }

    public static Impairment ofDelay(Duration delay) {
        return NONE.delayedBy(delay, Duration.ZERO);
    }

    public Impairment delayedBy(Duration newDelay, Duration newJitter) {
        return new Impairment(newDelay, newJitter, lossPercent, kbitPerSecond);
    }

    public Impairment losing(double percent) {
        return new Impairment(delay, jitter, percent, kbitPerSecond);
    }

    public Impairment limitedTo(int newKbitPerSecond) {
        return new Impairment(delay, jitter, lossPercent, newKbitPerSecond);
    }

    /// How long the line is busy with a packet.
    long nanosOnTheLine(int bytes) {
        return kbitPerSecond == 0 ? 0 : bytes * 8L * 1_000_000 / kbitPerSecond;
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (!jitter.isZero()) parts.add(delay.toMillis() + "±" + jitter.toMillis() + " ms");
        else if (!delay.isZero()) parts.add(delay.toMillis() + " ms");
        if (lossPercent > 0) parts.add(String.format(Locale.ROOT, "%.3g %% loss", lossPercent));
        if (kbitPerSecond > 0) parts.add(kbitPerSecond + " kbit/s");
        return parts.isEmpty() ? "unimpaired" : String.join(", ", parts);
    }
}
