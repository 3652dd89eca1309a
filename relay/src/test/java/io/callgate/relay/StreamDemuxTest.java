package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.NameResolver;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the first bytes of a stream make of it, and what strangers may cost.
class StreamDemuxTest {
    private static final StreamLimits IMPATIENT =
            new StreamLimits(1000, 1000, Duration.ofMillis(300), Duration.ofMillis(1_200));

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "'', NEED_MORE",
        "16, TLS",
        "05, SOCKS5",
        "00010000 2112a4, NEED_MORE",
        "00010000 2112a442, STUN",
        "01010000 2112a442, STUN",
        "03ff0000 2112a442, STUN",
        "00010000 2112a443, UNKNOWN",
        "04, UNKNOWN",
        "06, UNKNOWN",
        "14, UNKNOWN",
        "15, UNKNOWN",
        "17, UNKNOWN",
        "3f, UNKNOWN",
        "40, UNKNOWN", // ChannelData never begins a stream
        "41, NEED_MORE",
        "434f4e4e45435420, HTTP1",
        "47455420, HTTP1",
        "4745542f, UNKNOWN",
        "50, NEED_MORE",
        "505249202a20485454502f32, HTTP2",
        "505249202a20485454502f33, HTTP1",
        "4f5054494f4e5320, HTTP1",
        "4142434445464748494a4b4c4d4e4f, NEED_MORE", // 15 letters
        "4142434445464748494a4b4c4d4e4f20, HTTP1",
        "4142434445464748494a4b4c4d4e4f50, UNKNOWN", // 16 letters are no method
        "5b, UNKNOWN",
        "61, UNKNOWN",
        "80, UNKNOWN",
        "ff, UNKNOWN"
    })
    void decidesByTheFirstBytes(String hex, Demux.Stream expected) {
        ByteBuf bytes = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));

        assertThat(Demux.stream(bytes)).isEqualTo(expected);
        bytes.release();
    }

    @Test
    void everyFirstByteIsDecidedWithinSixteen() {
        for (int first = 0; first <= 0xFF; first++) {
            byte[] stream = new byte[Demux.STREAM_BYTES];
            stream[0] = (byte) first;
            ByteBuf bytes = Unpooled.wrappedBuffer(stream);

            assertThat(Demux.stream(bytes)).as("first byte " + first).isNotEqualTo(Demux.Stream.NEED_MORE);
            bytes.release();
        }
    }

    @ParameterizedTest(name = "{0} counts {1}")
    @CsvSource({
        "160301, TLS_NO_CERTIFICATE",
        "ff, UNKNOWN_PROTOCOL",
        "000100002112a443, UNKNOWN_PROTOCOL",
        "40000004, UNKNOWN_PROTOCOL"
    })
    void closesAndCountsTheRest(String hex, DropReason reason) {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            caller.sendHex(hex);

            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(reason)).isOne();
            assertThat(relay.unproven()).isZero();
        }
    }

    @Test
    void handsTurnStreamsOver() throws InterruptedException {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            caller.sendHex(Caller.STUN_BINDING);

            assertThat(caller.readText(4)).isEqualTo("TURN");
            assertThat(relay.turnStreams.take()).isEqualTo("1 " + Caller.STUN_BINDING);
            assertThat(relay.unproven()).isOne();

            caller.sendHex(Caller.STUN_ALLOCATE);

            assertThat(caller.readText(4)).isEqualTo("TURN");
            assertThat(relay.unproven()).isZero();
        }
    }

    @Test
    void p19_aClientThatProvesItselfAndThenAsksForNothingEndsAtTheDeadline() {
        try (TcpRelay relay = TcpRelay.Setup.allowing()
                        .trusting("127.0.0.0/8")
                        .with(IMPATIENT)
                        .start();
                Caller named = relay.call();
                Caller trusted = relay.call()) {
            assertThat(named.socksLogin(TcpRelay.credential("bob"))).isTrue();
            trusted.sendHex("050100");
            assertThat(trusted.read(2)).containsExactly(5, 0);

            assertThat(named.readToEnd()).isEmpty();
            assertThat(trusted.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isEqualTo(2);
        }
    }

    @Test
    void p19_turnInsideAConnectEndsAtTheDeadlineUnlessItAllocates() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().with(IMPATIENT).start();
                Caller idle = relay.call();
                Caller busy = relay.call()) {
            String itself = "127.0.0.1:" + relay.address().port();
            for (Caller caller : List.of(busy, idle)) {
                assertThat(caller.connect(itself, TcpRelay.credential("bob")).status())
                        .isEqualTo(200);
            }
            busy.sendHex(Caller.STUN_ALLOCATE);
            idle.sendHex(Caller.STUN_BINDING);
            assertThat(busy.readText(4)).isEqualTo("TURN");

            assertThat(idle.readToEnd()).asString().isEqualTo("TURN");
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isOne();
            busy.sendHex(Caller.STUN_BINDING);
            assertThat(busy.readText(4)).as("the one with an allocation lives").isEqualTo("TURN");
            assertThat(relay.tunnels()).isOne();
        }
    }

    @Test
    void turnInsideAConnectEndsWithAFinThatCameBeforeTheAnswer() {
        CompletableFuture<NameResolver.Resolved> answer = new CompletableFuture<>();
        try (TcpRelay relay =
                        TcpRelay.Setup.allowing().with((host, asker) -> answer).start();
                Caller caller = relay.call()) {
            caller.send(Caller.connectRequest(
                    "itself.test:" + relay.address().port(), Caller.basic(TcpRelay.credential("bob"))));
            caller.finish();
            relay.await("FIN has come", () -> relay.unproven() == 1); // a turn of the loop, at least

            answer.complete(new NameResolver.Resolved(List.of(TcpRelay.LOOPBACK), Duration.ofSeconds(60)));

            caller.readToEnd();
            relay.await("grant closed", () -> !relay.hasGrants());
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isZero();
        }
    }

    @Test
    void bytesMayTrickle() throws InterruptedException {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Caller turn = relay.call();
                Caller socks = relay.call();
                Caller http = relay.call();
                Caller get = relay.call();
                Caller options = relay.call();
                Caller http2 = relay.call()) {
            trickle(get, "GET / HTTP".getBytes(StandardCharsets.US_ASCII), 50);
            trickle(options, "OPTIONS * ".getBytes(StandardCharsets.US_ASCII), 50);
            trickle(http2, "PRI * HTTP/2.0\r".getBytes(StandardCharsets.US_ASCII), 50);
            get.send("/1.1\r\nHost: x\r\n\r\n");
            options.send("HTTP/1.1\r\nHost: x\r\n\r\n");
            http2.send("\n\r\nSM\r\n\r\n");
            trickle(turn, HexFormat.of().parseHex(Caller.STUN_BINDING.substring(0, 16)), 50);
            trickle(socks, new byte[] {5, 1, 0}, 50);
            trickle(http, "CONNECT ".getBytes(StandardCharsets.US_ASCII), 50);
            http.send(echo.authority() + " HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(get.readText(9)).isEqualTo("HTTP/1.1 ");
            assertThat(options.readText(9)).isEqualTo("HTTP/1.1 ");
            assertThat(http2.read(4)[3]).as("our SETTINGS").isEqualTo((byte) 4);
            assertThat(turn.readText(4)).isEqualTo("TURN");
            assertThat(relay.turnStreams.take()).isEqualTo("1 " + Caller.STUN_BINDING.substring(0, 16));
            assertThat(socks.read(2)).containsExactly(5, 0);
            assertThat(http.httpReply(true).status()).isEqualTo(200);
        }
    }

    @Test
    void p19_idleConnectsEndAtTheDeadline() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.0/8").with(IMPATIENT).start()) {
            List<Caller> idle = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Caller caller = relay.call();
                switch (i % 4) {
                    case 0 -> {} // says nothing
                    case 1 -> caller.send("CONN");
                    case 2 -> caller.sendHex("0501");
                    default -> caller.send("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost:");
                }
                idle.add(caller);
            }

            try (Caller good = relay.call()) {
                assertThat(good.connect(echo.authority(), TcpRelay.credential("bob"))
                                .status())
                        .isEqualTo(200);
                for (Caller caller : idle) {
                    assertThat(caller.readToEnd()).isEmpty();
                    caller.hangUp();
                }
                good.send("hello");
                assertThat(good.readText(5)).as("the proven one lives").isEqualTo("hello");
            }
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isEqualTo(200);
            assertThat(relay.unproven()).isZero();
        }
    }

    @Test
    void refusalsWithoutProofDoNotProlongTheDeadline() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().with(IMPATIENT).start();
                Caller caller = relay.call()) {
            assertThat(caller.connect("127.0.0.1:80", "").status()).isEqualTo(407);

            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isOne();
        }
    }

    @Test
    void p19_limitsConnectionsWithoutProof() {
        StreamLimits few = new StreamLimits(1000, 3, Duration.ofSeconds(5), Duration.ofSeconds(5));
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.0/8").with(few).start();
                Caller first = relay.call();
                Caller second = relay.call();
                Caller third = relay.call();
                Caller fourth = relay.call()) {
            assertThat(fourth.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.TOO_MANY_UNPROVEN)).isOne();
            assertThat(relay.unproven()).isEqualTo(3);

            // Proof and leaving both make room.
            first.connect(echo.authority(), TcpRelay.credential("bob"));
            second.hangUp();
            relay.await("room", () -> relay.unproven() == 1);
            try (Caller fifth = relay.call()) {
                assertThat(fifth.connect(echo.authority(), TcpRelay.credential("bob"))
                                .status())
                        .isEqualTo(200);
            }
            third.hangUp();
        }
    }

    @Test
    void p20_junkWritesNoLog() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Logs log = Logs.record()) {
            for (int i = 0; i < 500; i++) {
                try (Caller caller = relay.call()) {
                    caller.sendHex("ff");
                    caller.readToEnd();
                }
            }

            assertThat(relay.drops(DropReason.UNKNOWN_PROTOCOL)).isEqualTo(500);
            assertThat(log.ours()).isEmpty();
        }
    }

    private static void trickle(Caller caller, byte[] bytes, int pauseMillis) throws InterruptedException {
        CountDownLatch sent = new CountDownLatch(bytes.length);
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
            for (int i = 0; i < bytes.length; i++) {
                byte[] one = {bytes[i]};
                timer.schedule(
                        () -> {
                            caller.send(one);
                            sent.countDown();
                        },
                        (long) pauseMillis * i,
                        TimeUnit.MILLISECONDS);
            }
            assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
