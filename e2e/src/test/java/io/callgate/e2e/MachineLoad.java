package io.callgate.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How busy all cores together have been, from the first line of `/proc/stat`
/// (proc(5): user, nice, system, idle, iowait …).
///
/// @param idle ticks since the machine started, as `all`
record MachineLoad(long idle, long all) {
    static MachineLoad now() {
        try {
            String cpu = Files.readAllLines(Path.of("/proc/stat")).getFirst();
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
    double idleShareSince(MachineLoad earlier) {
        return all == earlier.all ? 1 : (double) (idle - earlier.idle) / (all - earlier.all);
    }
}
