package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Limits;
import io.callgate.relay.net.IoKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What goes through a tunnel arrives: whole, in order, at the receiver's pace.
class TunnelBytesTest {
    private static final int FILE_BYTES = 20 << 20;

    static Stream<Arguments> protocolsAndTransports() {
        return Stream.of(IoKind.NIO, IoKind.EPOLL) // TCP is the same on both kinds of epoll
                .filter(io -> io.problem().isEmpty())
                .flatMap(io -> Stream.of(Arguments.of("SOCKS5", io), Arguments.of("CONNECT", io)));
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("protocolsAndTransports")
    void twentyMegabytesToASlowReaderKeepTheirHash(String protocol, IoKind io) throws IOException {
        byte[] file = new byte[FILE_BYTES];
        new Random(1).nextBytes(file);
        try (Destinations.Server server =
                        Destinations.serving(client -> client.getOutputStream().write(file));
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").with(io).start();
                Caller reader = new Caller(relay.address(), 4096)) {
            connect(protocol, reader, server);

            MessageDigest digest = sha256();
            byte[] some = new byte[1500];
            long bytes = 0;
            for (int count = reader.input().read(some);
                    count >= 0;
                    count = reader.input().read(some)) {
                digest.update(some, 0, count);
                bytes += count;
            }

            assertThat(bytes).isEqualTo(FILE_BYTES);
            assertThat(HexFormat.of().formatHex(digest.digest()))
                    .isEqualTo(HexFormat.of().formatHex(sha256().digest(file)));
            assertThat(relay.bytesToClient()).isEqualTo(FILE_BYTES);
        }
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("protocolsAndTransports")
    void twentyMegabytesToASlowServerKeepTheirHash(String protocol, IoKind io) throws Exception {
        byte[] file = new byte[FILE_BYTES];
        new Random(2).nextBytes(file);
        CompletableFuture<String> received = new CompletableFuture<>();
        try (Destinations.Server server = Destinations.serving(client -> received.complete(hashSlowly(client)));
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").with(io).start();
                Caller writer = relay.call()) {
            connect(protocol, writer, server);

            writer.send(file);
            writer.finish();

            assertThat(received.get(30, TimeUnit.SECONDS))
                    .isEqualTo(HexFormat.of().formatHex(sha256().digest(file)));
            assertThat(relay.bytesToPeer()).isEqualTo(FILE_BYTES);
        }
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("protocolsAndTransports")
    void aReaderThatStopsStopsTheSender(String protocol, IoKind io) throws InterruptedException {
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        try (Destinations.Server server = Destinations.serving(client -> {
                    byte[] some = new byte[64 << 10];
                    try {
                        while (true) {
                            client.getOutputStream().write(some);
                            sent.addAndGet(some.length);
                        }
                    } finally {
                        ended.countDown();
                    }
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").with(io).start()) {
            try (Caller reader = new Caller(relay.address(), 4096)) {
                connect(protocol, reader, server);

                long before = -1;
                while (before != sent.get()) { // until a second goes by without progress
                    before = sent.get();
                    ended.await(1, TimeUnit.SECONDS);
                }

                // All of it sits in the system's socket buffers but the relay's own high-water mark and one read.
                assertThat(sent.get()).isBetween(1L, 24L << 20);
                assertThat(relay.bytesToClient()).isLessThanOrEqualTo(sent.get());
                assertThat(relay.tunnels()).isOne();
            }
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("protocolsAndTransports")
    void eachSideMayEndItsHalfFirst(String protocol, IoKind io) throws InterruptedException {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (Destinations.Server server = Destinations.serving(client -> {
                    client.getOutputStream().write('x');
                    client.shutdownOutput();
                    received.add(
                            HexFormat.of().formatHex(client.getInputStream().readAllBytes()));
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").with(io).start();
                Caller caller = relay.call()) {
            connect(protocol, caller, server);
            assertThat(caller.readToEnd()).asString().isEqualTo("x");

            caller.send("late");
            caller.finish();

            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("6c617465");
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @ParameterizedTest(name = "{0} over {1}")
    @MethodSource("protocolsAndTransports")
    void aResetOfOneSideEndsTheOther(String protocol, IoKind io) throws Exception {
        BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
        CountDownLatch ended = new CountDownLatch(2);
        try (Destinations.Server server = Destinations.serving(client -> {
                    accepted.add(client);
                    try {
                        client.getInputStream().readAllBytes();
                    } finally {
                        ended.countDown();
                    }
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").with(io).start();
                Caller first = relay.call();
                Caller second = relay.call()) {
            connect(protocol, first, server);
            Socket firstServed = accepted.take();
            connect(protocol, second, server);

            second.reset();
            firstServed.setSoLinger(true, 0);
            firstServed.close();

            assertThat(first.readToEnd()).isEmpty();
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            relay.await("grants closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void overTheRateBytesWaitAndNoneIsLost() throws IOException {
        Limits slow = new Limits(100, 24, 8_000, 256, 256, 50, 256); // 1 MB/s
        byte[] file = new byte[1 << 20];
        new Random(3).nextBytes(file);
        try (Destinations.Server server =
                        Destinations.serving(client -> client.getOutputStream().write(file));
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.0/8").with(slow).start();
                Caller reader = relay.call()) {
            connect("CONNECT", reader, server);

            long beganNanos = System.nanoTime();
            byte[] received = reader.readToEnd();
            long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);

            assertThat(received).isEqualTo(file);
            assertThat(tookMillis).as("as slow as the limit").isGreaterThan(500);
        }
    }

    private static void connect(String protocol, Caller caller, Destinations.Server server) {
        if (protocol.equals("SOCKS5")) {
            assertThat(caller.socksLogin(TcpRelay.credential("bob"))).isTrue();
            assertThat(caller.socksConnect("127.0.0.1", server.port())).isZero();
        } else {
            assertThat(caller.connect(server.authority(), TcpRelay.credential("bob"))
                            .status())
                    .isEqualTo(200);
        }
    }

    private static String hashSlowly(Socket client) throws IOException {
        MessageDigest digest = sha256();
        InputStream input = client.getInputStream();
        byte[] some = new byte[1500];
        for (int count = input.read(some); count >= 0; count = input.read(some)) {
            digest.update(some, 0, count);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
