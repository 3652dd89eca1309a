package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
            leaveOnly(LEFT, relay);

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

    @Test
    void anAllocationThatFindsNoneIs508AndTheNextOneIsServedWhenOneIsBack(
            Installation installation, @TempDir Path folder) throws IOException {
        ProgramRun.needs("util-linux", "prlimit");
        Deque<TurnClient> served = new ArrayDeque<>();
        try (LoopbackRelay relay = LoopbackRelay.start(installation, folder)) {
            allocate(relay, served);
            leaveOnly(LEFT, relay);

            int error = 0;
            while (error == 0) {
                // Not LEFT to the unit: files that the relay had open only for the moment of counting are left too.
                assertThat(served).as("allocations with %s descriptors", LEFT).hasSizeLessThan(2 * LEFT);
                error = allocate(relay, served);
            }
            assertThat(error).isEqualTo(508);
            served.forEach(TurnClient::refresh);

            served.getFirst().endAllocation();
            assertThat(allocate(relay, served)).isZero();
        } finally {
            served.forEach(TurnClient::close);
        }
    }

    /// @param served gets the client, if it is
    /// @return 0 or the error
    private static int allocate(LoopbackRelay relay, Deque<TurnClient> served) throws IOException {
        TurnClient client = TurnClient.overUdp(relay.address(), LoopbackRelay.credential("bob" + served.size()));
        int error = client.tryAllocate();
        if (error == 0) {
            served.add(client);
        } else {
            client.close();
        }
        return error;
    }

    private static void leaveOnly(int descriptors, LoopbackRelay relay) throws IOException {
        String pid = Long.toString(relay.process().pid());
        int limit = descriptors(pid) + descriptors;
        ProgramRun lowered = ProgramRun.of(List.of("prlimit", "--pid", pid, "--nofile=" + limit + ":"));
        assertThat(lowered.exitCode()).as(lowered.output()).isZero();
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
