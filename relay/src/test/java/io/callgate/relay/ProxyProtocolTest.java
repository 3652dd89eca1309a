package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.relay.grant.DropReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// PROXY protocol v1 and v2 before everything else, where the listener says so. Who the client is taken for shows
/// by a network that an app trusts, which is not the one the tests call from.
class ProxyProtocolTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String PORTS = "c35001bb"; // 50000 to 443
    private static final String FROM_TRUSTED = "cb007107"; // 203.0.113.7
    private static final String FROM_ELSEWHERE = "c6336407"; // 198.51.100.7
    private static final String TO_V4 = "c0000201";
    private static final String FROM_TRUSTED_V6 = "20010db8000000000000000000000007";
    private static final String FROM_MAPPED = "00000000000000000000ffff" + FROM_TRUSTED;
    private static final String TO_V6 = "20010db8000000000000000000000001";

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "v1, PROXY TCP4 203.0.113.7 192.0.2.1 50000 443|, true",
        "v1 from elsewhere, PROXY TCP4 198.51.100.7 192.0.2.1 50000 443|, false",
        "v1 by an IPv6 that hides IPv4, PROXY TCP6 ::ffff:203.0.113.7 ::ffff:192.0.2.1 50000 443|, true",
        "v1 from IPv6 elsewhere, PROXY TCP6 2001:db8::7 2001:db8::1 50000 443|, false",
        "v1 of the balancer itself, PROXY UNKNOWN|, false",
        "v1 of the balancer itself with addresses, PROXY UNKNOWN 203.0.113.7 192.0.2.1 1 2|, false",
    })
    void takesTheClientFromTheLine(String name, String header, boolean isTrusted) {
        assertTrust(header.replace("|", "\r\n").getBytes(StandardCharsets.US_ASCII), isTrusted, name);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "v2 IPv4, 2111000c" + FROM_TRUSTED + TO_V4 + PORTS + ", true",
        "v2 IPv4 from elsewhere, 2111000c" + FROM_ELSEWHERE + TO_V4 + PORTS + ", false",
        "v2 IPv6, 21210024" + FROM_TRUSTED_V6 + TO_V6 + PORTS + ", false",
        "v2 IPv6 that hides IPv4, 21210024" + FROM_MAPPED + TO_V6 + PORTS + ", true",
        "v2 with TLVs, 2111001a" + FROM_TRUSTED + TO_V4 + PORTS + "0100026832" + "200006010000000000" + ", true",
        "v2 LOCAL, 20000000, false",
        "v2 LOCAL with addresses to be ignored, 2011000c" + FROM_TRUSTED + TO_V4 + PORTS + ", false",
        "v2 PROXY of no family, 21000000, false"
    })
    void takesTheClientFromTheBinaryHeader(String name, String rest, boolean isTrusted) {
        assertTrust(HexFormat.of().parseHex(SIGNATURE + rest), isTrusted, name);
    }

    private static void assertTrust(byte[] header, boolean isTrusted, String name) {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = relay().start();
                Caller caller = relay.call()) {
            caller.send(header);

            int status = caller.connect(echo.authority(), "").status();

            assertThat(status).as(name).isEqualTo(isTrusted ? 200 : 407);
            assertThat(relay.drops(DropReason.NO_PROXY_HEADER)).isZero();
        }
    }

    @Test
    void everyByteMayComeAlone() {
        try (TcpRelay relay = relay().start();
                Caller v1 = relay.call();
                Caller v2 = relay.call()) {
            for (byte one : "PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n".getBytes(StandardCharsets.US_ASCII)) {
                v1.send(new byte[] {one});
                relay.await("a turn of the loop", () -> true);
            }
            for (byte one : HexFormat.of().parseHex(SIGNATURE + "2111000c" + FROM_TRUSTED + TO_V4 + PORTS)) {
                v2.send(new byte[] {one});
                relay.await("a turn of the loop", () -> true);
            }

            v1.sendHex("050100");
            v2.sendHex("050100");

            assertThat(v1.read(2)).containsExactly(5, 0);
            assertThat(v2.read(2)).containsExactly(5, 0);
        }
    }

    @Test
    void whatComesInTheSameSegmentIsServed() {
        try (TcpRelay relay = relay().start();
                Caller caller = relay.call()) {
            caller.sendHex(SIGNATURE + "2111000c" + FROM_TRUSTED + TO_V4 + PORTS + "050100");

            assertThat(caller.read(2)).containsExactly(5, 0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "434f4e4e45435420783a3120485454502f312e310d0a0d0a", // CONNECT
                "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a", // HTTP/2
                "16030100ff010000fb0303000000000000000000000000000000", // TLS
                "50524f58592054435034203230332e302e3131332e37206f6f70730d0a", // PROXY TCP4 203.0.113.7 oops
                "50524f58592054435034203939392e302e3131332e37203139322e302e322e31203120320d0a", // 999.0.113.7
                "50524f5859205544503420312e312e312e3120322e322e322e32203120320d0a", // UDP4
                SIGNATURE + "1111000c" + FROM_TRUSTED + TO_V4 + PORTS, // version 1 in binary
                SIGNATURE + "2112000c" + FROM_TRUSTED + TO_V4 + PORTS, // UDP
                SIGNATURE + "21110004" + FROM_TRUSTED, // too short for IPv4
                SIGNATURE + "2141000c" + FROM_TRUSTED + TO_V4 + PORTS // no such family
            })
    void endsAndCountsWhatHasNoHeader(String hex) {
        StreamLimits impatient = new StreamLimits(1000, 1000, Duration.ofSeconds(1), Duration.ofSeconds(10));
        try (TcpRelay relay = relay().with(impatient).start();
                Caller caller = relay.call()) {
            caller.sendHex(hex);

            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.NO_PROXY_HEADER)).isOne();
            relay.await("place given back", () -> relay.unproven() == 0);
        }
    }

    @Test
    void headersAreBounded() {
        try (TcpRelay relay = relay().start();
                Caller line = relay.call();
                Caller binary = relay.call()) {
            line.send("PROXY TCP4 " + "1".repeat(200));
            binary.sendHex(SIGNATURE + "2111ffff" + FROM_TRUSTED + TO_V4 + PORTS);
            binary.send(new byte[8192]);

            assertThat(line.readToEnd()).isEmpty();
            assertThat(binary.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.NO_PROXY_HEADER)).isEqualTo(2);
        }
    }

    @Test
    void p19_aConnectionWithoutHeaderEndsAtTheDeadline() {
        StreamLimits impatient = new StreamLimits(1000, 1000, Duration.ofMillis(200), Duration.ofSeconds(10));
        try (TcpRelay relay = relay().with(impatient).start();
                Caller silent = relay.call();
                Caller slow = relay.call()) {
            slow.send("PROXY");

            assertThat(silent.readToEnd()).isEmpty();
            assertThat(slow.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.NO_PROXY_HEADER)).isEqualTo(2);
        }
    }

    @Test
    void p19_strangersAreLimitedByWhereTheyAreAndNotByTheirBalancer() {
        StreamLimits few = new StreamLimits(1000, 2, Duration.ofSeconds(5), Duration.ofSeconds(5));
        try (TcpRelay relay = relay().with(few).start();
                Caller first = relay.call();
                Caller second = relay.call();
                Caller third = relay.call();
                Caller elsewhere = relay.call()) {
            for (Caller caller : new Caller[] {first, second}) {
                caller.send("PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n");
                caller.sendHex("050100");
                assertThat(caller.read(2)).containsExactly(5, 0);
            }
            third.send("PROXY TCP4 203.0.113.8 192.0.2.1 50000 443\r\n");
            elsewhere.send("PROXY TCP4 198.51.100.7 192.0.2.1 50000 443\r\n");
            elsewhere.sendHex(Caller.STUN_BINDING);

            assertThat(third.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.TOO_MANY_UNPROVEN)).isOne();
            assertThat(elsewhere.readText(4)).isEqualTo("TURN");
            first.hangUp();
            second.hangUp();
            relay.await("places given back", () -> relay.unproven() == 1);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "50524f5859205443503420", // PROXY TCP4
                SIGNATURE + "2111000c" + FROM_TRUSTED + TO_V4 + PORTS
            })
    void aHeaderThatNobodyAskedForIsAnUnknownProtocol(String hex) {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            caller.sendHex(hex);

            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.UNKNOWN_PROTOCOL)).isOne();
        }
    }

    @Test
    void http2BehindAHeaderKnowsItsClientToo() {
        try (TcpRelay relay = relay().start();
                Caller caller = relay.call()) {
            caller.send("PROXY TCP4 203.0.113.7 192.0.2.1 50000 443\r\n");
            caller.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            caller.sendHex("000000040000000000"); // SETTINGS
            // HEADERS of stream 1: :method CONNECT and :authority 127.0.0.1:1 as literals.
            caller.sendHex("000016010500000001" + "0207434f4e4e454354" + "010b3132372e302e302e313a31");

            relay.await("it was let through and dialled", () -> relay.drops(DropReason.CONNECT_FAILED) == 1);
        }
    }

    private static TcpRelay.Setup relay() {
        return TcpRelay.Setup.allowing("127.0.0.0/8").trusting("203.0.113.0/24").behindBalancer();
    }
}
