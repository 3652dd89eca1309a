package io.callgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How busy all cores together have been, from the first line of `/proc/stat`
/// (proc(5): user, nice, system, idle, iowait …). Where there is no such file, nothing is ever called busy.
///
/// @param idle ticks since the machine started, as `all`
public record MachineLoad(long idle, long all) {
    private static final Path STATISTICS = Path.of("/proc/stat");
    private static final double LEAST_IDLE_SHARE = 0.03;

    public static MachineLoad now() {
        if (Files.notExists(STATISTICS)) return new MachineLoad(0, 0);
        try {
            String cpu = Files.readAllLines(STATISTICS).getFirst();
            List<Long> ticks =
                    List.of(cpu.split(" +")).stream().skip(1).map(Long::valueOf).toList();
            return new MachineLoad(
                    ticks.get(3) + ticks.get(4),
                    ticks.stream().mapToLong(Long::longValue).sum());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the machine's load", e);
        }
    }

    /// The share of time, 0 to 1, in which cores had nothing to do since `earlier`.
    public double idleShareSince(MachineLoad earlier) {
        return all == earlier.all ? 1 : (double) (idle - earlier.idle) / (all - earlier.all);
    }

    /// Whether such a share means that a figure says more of the machine than of what was measured.
    public static boolean isBusy(double idleShare) {
        return idleShare < LEAST_IDLE_SHARE;
    }

    /// Whether a bound that was missed since `earlier` says nothing of what was measured: such a run is invalid,
    /// not failed.
    public static boolean wasBusySince(MachineLoad earlier) {
        return isBusy(now().idleShareSince(earlier));
    }
}
