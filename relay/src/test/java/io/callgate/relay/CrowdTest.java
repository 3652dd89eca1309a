package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.tls.TlsProvider;
import io.callgate.testkit.MachineLoad;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// P19, S12: 2,000 connections that say nothing and 500 that began a TLS handshake and went no further.
class CrowdTest {
    private static final int IDLE = 2_000;
    private static final int HALF_OPEN = 500;
    private static final Duration BOUND = Duration.ofSeconds(1);

    /// A hello to which the relay answers with its certificate: TLS 1.2, ECDHE with P-256, signed by ECDSA.
    private static final byte[] HELLO = HexFormat.of()
            .parseHex("160301004a010000460303" + "00".repeat(32) + "000002c02b0100001b"
                    + "000a000400020017000b00020100000d000400020403ff01000100");

    /// By a whole relay, as its own limits let it be crowded.
    @ParameterizedTest
    @EnumSource(TlsProvider.class)
    void anAllocateByTlsIsAnsweredWithinASecond(TlsProvider provider) throws IOException {
        RelayFixture.State state = new RelayFixture.State().tls(TestIdentity.ec());
        List<Socket> crowd = new ArrayList<>();
        try (RelayFixture relay = RelayFixture.startInRealTime(state, RelayFixture.io(), provider)) {
            Endpoint port = new Endpoint(IpAddress.parse("127.0.0.1"), relay.port());
            Duration alone = timeOfAllocate(relay, "alone");
            addHalfOpen(crowd, port); // first, as they may take longer than the idle
            long began = System.nanoTime();
            addIdle(crowd, port);
            long limitNanos = StreamLimits.DEFAULT.firstBytes().toNanos();
            relay.await(
                    "all are there, or some have had their time",
                    () -> relay.snapshot().unprovenConnections() == IDLE + HALF_OPEN
                            || System.nanoTime() - began > limitNanos);
            long there = relay.snapshot().unprovenConnections();
            assumeTrue(
                    there == IDLE + HALF_OPEN || System.nanoTime() - began < limitNanos,
                    () -> "INVALID, the machine was busy: " + there + " are left");
            assertThat(there).isEqualTo(IDLE + HALF_OPEN);

            MachineLoad before = MachineLoad.now();
            Duration among = timeOfAllocate(relay, "among");

            System.out.printf(
                    "%s: TLS and Allocate in %d ms alone, %d ms among %d idle and %d half-open%n",
                    provider, alone.toMillis(), among.toMillis(), IDLE, HALF_OPEN);
            assumeTrue(
                    among.compareTo(BOUND) < 0 || !MachineLoad.wasBusySince(before),
                    () -> "INVALID, the machine was busy: " + among.toMillis() + " ms");
            assertThat(among).isLessThan(BOUND);
        } finally {
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    private static Duration timeOfAllocate(RelayFixture relay, String subject) {
        long began = System.nanoTime();
        try (TurnClient client =
                new TurnClient(new StreamPeer(relay.v4(), 0).startTls(), relay.v4(), relay.login(subject))) {
            client.allocate();
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    private static void addIdle(List<Socket> crowd, Endpoint relay) throws IOException {
        for (int i = 0; i < IDLE; i++) {
            crowd.add(connectFrom("127.1." + i / 400 + ".1", relay));
        }
    }

    private static void addHalfOpen(List<Socket> crowd, Endpoint relay) throws IOException {
        for (int i = 0; i < HALF_OPEN; i++) {
            Socket socket = connectFrom("127.2." + i / 400 + ".1", relay);
            crowd.add(socket);
            socket.getOutputStream().write(HELLO);
            assertThat(socket.getInputStream().read())
                    .as("answered by a handshake record")
                    .isEqualTo(0x16);
        }
    }

    private static Socket connectFrom(String source, Endpoint relay) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
        socket.setSoTimeout(15_000);
        socket.connect(new InetSocketAddress(relay.address().toInetAddress(), relay.port()), 15_000);
        return socket;
    }
}
