package io.callgate.relay.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.TimeSource;
import io.callgate.model.UsageCount;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that counts, and is killed.
class UsageKillTest {
    private static final String APP = "demo";

    @TempDir
    Path folder;

    @Test
    @Timeout(60)
    void aKillLosesWhatWasCountedInTheLastSecondAtMost() throws Exception {
        Path file = folder.resolve("usage");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        CountingProcess.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long atLeast = 0;
        long last = 0;
        try (BufferedReader out = child.inputReader()) {
            // Each line is what had been counted when a second of the child's own time was over.
            for (int second = 0; second < 3; second++) {
                atLeast = last;
                last = Long.parseLong(String.valueOf(out.readLine()));
            }
            child.toHandle().destroyForcibly(); // the process itself would close what it said last, too
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                atLeast = last;
                last = Long.parseLong(line);
            }
        }

        try (Arena arena = Arena.ofConfined()) {
            List<UsageCount> counts = new UsageLedger(map(file, arena), new UUID(9, 9)).untold(1);
            long counted = counts.stream().mapToLong(UsageCount::bytesToPeer).sum();
            assertThat(counted).isGreaterThanOrEqualTo(atLeast);
            assertThat(counts).allMatch(count -> count.app().value().equals(APP));
        }
    }

    private static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, UsageLedger.bytesFor(100), arena);
        }
    }

    /// Counts a kilobyte a millisecond, and says once a second how much that is by now.
    static final class CountingProcess {
        private CountingProcess() {}

        public static void main(String[] arguments) throws Exception {
            TimeSource time = new TimeSource() {
                @Override
                public long nanos() {
                    return System.nanoTime();
                }

                @Override
                public Instant now() {
                    return Instant.now();
                }
            };
            long began = time.nanos();
            LongSupplier bytes = () -> (time.nanos() - began) / 1_000;
            UsageKeeper keeper = new UsageKeeper(
                    map(Path.of(arguments[0]), Arena.global()),
                    UUID.randomUUID(),
                    () -> List.of(new Usage.Total(new AppId(APP), Ingress.TURN_UDP, bytes.getAsLong(), 0, 0, 0)),
                    time);
            keeper.start();
            // Its thread keeps the process alive; the test kills it.
            Executors.newSingleThreadScheduledExecutor()
                    .scheduleAtFixedRate(() -> System.out.println(bytes.getAsLong()), 1, 1, TimeUnit.SECONDS);
        }
    }
}
