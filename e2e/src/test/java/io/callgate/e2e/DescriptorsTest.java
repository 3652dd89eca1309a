package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A relay whose descriptors run out, by a limit that is lowered while it runs.
@ExtendWith(Installation.Shared.class)
class DescriptorsTest {
    private static final int LEFT = 20;
    private static final Pattern ACCEPT_FAILED = Pattern.compile("accept\\.failed");
    private static final String BINDING = "000100002112a442000102030405060708090a0b";

    @Test
    void saysOnceThatItCannotAcceptAndAcceptsAgainWhenItCan(Installation installation, @TempDir Path folder)
            throws IOException {
        ProgramRun.needs("util-linux", "prlimit");
        List<Socket> many = new ArrayList<>();
        try (LoopbackRelay relay = LoopbackRelay.start(installation, folder)) {
            assertThat(binding(relay)).isEqualTo(0x01); // all classes are loaded
            String pid = Long.toString(relay.process().pid());
            int limit = descriptors(pid) + LEFT;
            ProgramRun lowered = ProgramRun.of(List.of("prlimit", "--pid", pid, "--nofile=" + limit + ":"));
            assertThat(lowered.exitCode()).as(lowered.output()).isZero();

            for (int i = 0; i < 4 * LEFT; i++) {
                many.add(new Socket(relay.address().getAddress(), relay.port())); // the system's queue takes them all
            }
            relay.process().awaitLine(ACCEPT_FAILED, LoopbackRelay.PATIENCE);
            for (Socket each : many) {
                each.close();
            }

            assertThat(binding(relay)).isEqualTo(0x01);
            int loops = Runtime.getRuntime().availableProcessors();
            assertThat(ACCEPT_FAILED.matcher(relay.process().output()).results().count())
                    .as("once a minute, listener and loop")
                    .isBetween(1L, (long) loops);
        } finally {
            for (Socket each : many) {
                each.close();
            }
        }
    }

    /// @return the first byte of a Binding's answer, by TCP
    private static int binding(LoopbackRelay relay) throws IOException {
        try (Socket socket = new Socket(relay.address().getAddress(), relay.port())) {
            socket.setSoTimeout((int) LoopbackRelay.PATIENCE.toMillis());
            socket.getOutputStream().write(HexFormat.of().parseHex(BINDING));
            return socket.getInputStream().read();
        }
    }

    private static int descriptors(String pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", pid, "fd"))) {
            return (int) open.count();
        }
    }
}
