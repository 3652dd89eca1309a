package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.relay.grant.DropReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What one HTTP/2 connection may cost, proved or not: every limit is reached, counted, and ends what reached it.
class Http2LimitsTest {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int CONTINUATION = 9;

    @Test
    void p19_aConnectionThatOnlyAsksEndsAtTheDeadline() {
        StreamLimits impatient = new StreamLimits(1000, 1000, Duration.ofMillis(300), Duration.ofMillis(1_200));
        try (TcpRelay relay = TcpRelay.Setup.allowing().with(impatient).start();
                Http2Caller asking = new Http2Caller(relay.address());
                Http2Caller silent = new Http2Caller(relay.address());
                Caller preface = relay.call()) {
            preface.send("PRI * HTTP/2.0\r\n");
            assertThat(asking.request(Http2Caller.connectHeaders("127.0.0.1:1"), false)
                            .status())
                    .isEqualTo(407);

            assertThat(asking.isClosed()).isTrue();
            assertThat(silent.isClosed()).isTrue();
            assertThat(preface.readToEnd()).isNotEmpty(); // our SETTINGS
            assertThat(relay.drops(DropReason.HANDSHAKE_TIMEOUT)).isEqualTo(3);
        }
    }

    @Test
    void aProvedConnectionHasNoDeadline() {
        StreamLimits impatient = new StreamLimits(1000, 1000, Duration.ofMillis(300), Duration.ofMillis(1_200));
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.0/8").with(impatient).start();
                Http2Caller caller = new Http2Caller(relay.address());
                Caller witness = relay.call()) {
            Http2Caller.Stream stream = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            assertThat(stream.status()).isEqualTo(200);
            witness.sendHex("05");

            assertThat(witness.readToEnd())
                    .as("the deadline of a later one is over")
                    .isEmpty();

            stream.send("hello");
            assertThat(stream.readText(5)).isEqualTo("hello");
        }
    }

    @Test
    void endsAConnectionThatAsksOnWithoutProof() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            for (int i = 0; i < 128; i++) {
                Http2Caller.Stream stream = caller.request(Http2Caller.connectHeaders("127.0.0.1:1"), true);
                assertThat(stream.status()).isEqualTo(407);
                stream.readToEnd();
            }
            assertThat(relay.drops(DropReason.HTTP2_FLOOD)).isZero();

            caller.request(Http2Caller.connectHeaders("127.0.0.1:1"), true);

            assertThat(caller.isClosed()).isTrue();
            assertThat(relay.drops(DropReason.HTTP2_FLOOD)).isOne();
            assertThat(relay.drops(DropReason.NO_CREDENTIAL)).isEqualTo(129);
            relay.await("place given back", () -> relay.unproven() == 0);
        }
    }

    /// Whose windows stay shut, so that every answer waits; and who says nothing to our SETTINGS.
    @Test
    void anUnprovedConnectionHasEightStreams() {
        byte[] shut = HexFormat.of().parseHex("000400000000"); // SETTINGS_INITIAL_WINDOW_SIZE
        Http2Headers longest = new DefaultHttp2Headers()
                .method("GET")
                .scheme("http")
                .path("/check/words.js")
                .authority("x");
        StreamLimits patient = new StreamLimits(1000, 1000, Duration.ofSeconds(60), Duration.ofSeconds(60));
        try (TcpRelay relay = TcpRelay.Setup.allowing().with(patient).start();
                Caller caller = relay.call()) {
            caller.send(bytes(requests(100, longest, shut)));

            relay.await("the others are refused", () -> relay.drops(DropReason.HTTP2_FLOOD) == 92);
            assertThat(relay.drops(DropReason.MALFORMED)).isZero();
        }
    }

    @Test
    void aCredentialMakesRoomForManyAtOnce() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            Http2Headers connect = Http2Caller.connectHeaders(echo.authority())
                    .set("proxy-authorization", Http2Caller.basic(TcpRelay.credential("bob")));

            caller.send(bytes(requests(20, connect, new byte[0]))); // all before our SETTINGS are read

            relay.await("all are tunnels", () -> relay.tunnels() == 20);
            assertThat(relay.drops(DropReason.HTTP2_FLOOD)).isZero();
        }
    }

    @Test
    void refusesTheStreamAfterTheHundredth() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            List<Http2Caller.Stream> streams = new ArrayList<>();
            streams.add(caller.connect(echo.authority(), TcpRelay.credential("bob")));
            assertThat(streams.getFirst().status())
                    .as("and so there may be more")
                    .isEqualTo(200);
            for (int i = 1; i < 100; i++) {
                streams.add(caller.connect(echo.authority(), TcpRelay.credential("bob")));
            }
            streams.forEach(stream -> assertThat(stream.status()).isEqualTo(200));

            caller.openMoreStreamsThanAllowed();
            Http2Caller.Stream oneMore = caller.connect(echo.authority(), TcpRelay.credential("bob"));

            assertThat(oneMore.resetError()).isEqualTo(Http2Error.REFUSED_STREAM);
            assertThat(relay.drops(DropReason.HTTP2_FLOOD)).isOne();
            streams.getFirst().send("lives");
            assertThat(streams.getFirst().readText(5)).isEqualTo("lives");
            assertThat(relay.tunnels()).isEqualTo(100);
        }
    }

    @Test
    void aRefusalThatItsClientDoesNotTakeEndsAndKeepsNoGrant() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address(), 0)) {
            Http2Caller.Stream live = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            assertThat(live.status()).isEqualTo(200);
            Http2Caller.Stream unproven = caller.request(Http2Caller.connectHeaders(echo.authority()), false);
            Http2Caller.Stream unserved = caller.connect("127.0.0.1:1", TcpRelay.credential("bob"));
            assertThat(unproven.status()).isEqualTo(407);
            assertThat(unserved.status()).isEqualTo(502);

            assertThat(unproven.resetError()).isEqualTo(Http2Error.CANCEL);
            assertThat(unserved.resetError()).isEqualTo(Http2Error.CANCEL);
            relay.await("one tunnel is left", () -> relay.tunnels() == 1);
            live.send("lives").syncUninterruptibly();
            relay.await("its bytes go on", () -> relay.bytesToPeer() == 5);
        }
    }

    @Test
    void cve2023_44487_rapidResetEndsTheConnection() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Headers request = Http2Caller.connectHeaders(echo.authority())
                    .set("proxy-authorization", Http2Caller.basic(TcpRelay.credential("bob")));
            for (int i = 0; i < 600; i++) {
                caller.request(request, false).reset(Http2Error.CANCEL);
            }

            assertThat(caller.isClosed()).isTrue();
            assertThat(relay.drops(DropReason.HTTP2_FLOOD)).isPositive();
            relay.await("nothing is left", () -> !relay.hasGrants());
        }
    }

    @Test
    void pingsAndSettingsAreCounted() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller pinging = relay.call();
                Caller setting = relay.call()) {
            flood(pinging, Http2Caller.frame(PING, 0, 0, new byte[8]), 600);
            flood(setting, Http2Caller.frame(SETTINGS, 0, 0, new byte[0]), 600);

            pinging.readToEnd();
            setting.readToEnd();
            assertThat(relay.drops(DropReason.HTTP2_FLOOD)).isEqualTo(2);
            relay.await("places given back", () -> relay.unproven() == 0);
        }
    }

    @Test
    void continuationsAreBounded() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller small = relay.call();
                Caller large = relay.call()) {
            small.send(PREFACE);
            small.send(bytes(Http2Caller.frame(SETTINGS, 0, 0, new byte[0])));
            small.send(bytes(Http2Caller.frame(HEADERS, 0, 1, new byte[] {(byte) 0x82})));
            flood(small, Http2Caller.frame(CONTINUATION, 0, 1, new byte[] {(byte) 0x82}), 100);
            large.send(PREFACE);
            large.send(bytes(Http2Caller.frame(SETTINGS, 0, 0, new byte[0])));
            large.send(bytes(Http2Caller.frame(HEADERS, 0, 1, new byte[16_000])));
            flood(large, Http2Caller.frame(CONTINUATION, 0, 1, new byte[16_000]), 100);

            small.readToEnd();
            large.readToEnd();
            assertThat(relay.drops(DropReason.HTTP2_FLOOD) + relay.drops(DropReason.MALFORMED))
                    .isEqualTo(2);
        }
    }

    @Test
    void aHeaderListThatIsTooLongIs431() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream =
                    caller.request(Http2Caller.connectHeaders("x:1").set("x", "y".repeat(8200)), true);

            assertThat(stream.status()).isEqualTo(431);
            assertThat(relay.drops(DropReason.MALFORMED)).isOne();
        }
    }

    @Test
    void whatIsNoHttp2BehindThePrefaceEnds() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Logs log = Logs.record()) {
            for (String junk : List.of(
                    "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nGET / HTTP/1.1\r\n\r\n",
                    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\4\u0001\4\0\0\0\1\u0082\u0082\u0082\u0082")) {
                try (Caller caller = relay.call()) {
                    caller.send(junk);
                    caller.readToEnd();
                }
            }

            assertThat(relay.drops(DropReason.MALFORMED)).isEqualTo(3);
            assertThat(log.ours()).isEmpty();
        }
    }

    @Test
    void drainSendsGoAwayAndEndsWithTheLastTunnel() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            assertThat(stream.status()).isEqualTo(200);

            relay.drain();

            assertThat(caller.goAwayError()).isEqualTo(Http2Error.NO_ERROR);
            stream.send("goes on");
            assertThat(stream.readText(7)).isEqualTo("goes on");
            try (Http2Caller late = new Http2Caller(relay.address())) {
                assertThat(late.connect(echo.authority(), TcpRelay.credential("eve"))
                                .status())
                        .isEqualTo(503);
                assertThat(late.connect(echo.authority(), TcpRelay.credential("bob"))
                                .status())
                        .as("an old session")
                        .isEqualTo(200);
            }
            stream.finish();
            stream.readToEnd();
            assertThat(caller.isClosed()).isTrue();
        }
    }

    @Test
    void aReloadClosesOnlyWhatIsNotAllowedAnyMore() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream bob = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            Http2Caller.Stream carol = caller.connect(echo.authority(), TcpRelay.credential("carol"));
            assertThat(bob.status()).isEqualTo(200);
            assertThat(carol.status()).isEqualTo(200);

            relay.revoke("bob");

            assertThat(bob.resetError()).isEqualTo(Http2Error.CANCEL);
            carol.send("lives");
            assertThat(carol.readText(5)).isEqualTo("lives");
            relay.reload("127.0.0.1:1");
            assertThat(carol.resetError()).isEqualTo(Http2Error.CANCEL);
            relay.await("grants closed", () -> !relay.hasGrants());
        }
    }

    private static ByteBuf requests(int count, Http2Headers request, byte[] settings) {
        ByteBuf all = Unpooled.buffer().writeBytes(PREFACE);
        all.writeBytes(Http2Caller.frame(SETTINGS, 0, 0, settings));
        DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
        for (int id = 1; id < 2 * count; id += 2) {
            ByteBuf block = Unpooled.buffer();
            try {
                encoder.encodeHeaders(id, request, block);
            } catch (Http2Exception e) {
                throw new IllegalStateException(e);
            }
            all.writeBytes(Http2Caller.frame(HEADERS, 0x05, id, bytes(block)));
        }
        return all;
    }

    private static void flood(Caller caller, ByteBuf frame, int times) {
        ByteBuf all = Unpooled.buffer();
        if (frame.getByte(3) != CONTINUATION) {
            all.writeBytes(PREFACE).writeBytes(Http2Caller.frame(SETTINGS, 0, 0, new byte[0]));
        }
        for (int i = 0; i < times; i++) {
            all.writeBytes(frame, 0, frame.writerIndex());
        }
        try {
            caller.send(bytes(all));
        } catch (UncheckedIOException closedMeanwhile) {
            return;
        }
    }

    private static byte[] bytes(ByteBuf buffer) {
        return ByteBufUtil.getBytes(buffer);
    }
}
