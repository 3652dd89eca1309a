package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.RelayCredential;
import io.callgate.model.SpecialRanges;
import io.callgate.model.Subject;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.LookupRefused;
import io.callgate.relay.grant.NameResolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where tunnels must not lead, on both protocols: P8, P10, P18, P21.
class TunnelPolicyTest {
    private static final RelayCredential BOB = TcpRelay.credential("bob");

    /// One way to ask for a tunnel.
    enum Protocol {
        SOCKS5 {
            @Override
            boolean isRefusedByPolicy(Caller caller, byte[] address, int port) {
                caller.socksLogin(BOB);
                return caller.socksConnect(address, port) == 2;
            }

            @Override
            boolean isRefusedByPolicy(Caller caller, String name, int port) {
                caller.socksLogin(BOB);
                return caller.socksConnect(name, port) == 2;
            }

            @Override
            boolean connects(Caller caller, String name, int port) {
                caller.socksLogin(BOB);
                return caller.socksConnect(name, port) == 0;
            }

            @Override
            boolean isRefusedByLimit(Caller caller, String name, int status) {
                caller.socksLogin(BOB);
                return caller.socksConnect(name, 443) == 1; // whatever limit it is
            }
        },
        HTTP_CONNECT {
            @Override
            boolean isRefusedByPolicy(Caller caller, byte[] address, int port) {
                return isRefusedByPolicy(caller, literal(address), port);
            }

            @Override
            boolean isRefusedByPolicy(Caller caller, String name, int port) {
                return caller.connect(name + ":" + port, BOB).status() == 403;
            }

            @Override
            boolean connects(Caller caller, String name, int port) {
                return caller.connect(name + ":" + port, BOB).status() == 200;
            }

            @Override
            boolean isRefusedByLimit(Caller caller, String name, int status) {
                return caller.connect(name + ":443", BOB).status() == status;
            }

            private String literal(byte[] address) {
                if (address.length == 4) {
                    return "%d.%d.%d.%d"
                            .formatted(address[0] & 0xFF, address[1] & 0xFF, address[2] & 0xFF, address[3] & 0xFF);
                }
                List<String> groups = new ArrayList<>();
                for (int i = 0; i < 16; i += 2) {
                    groups.add(Integer.toHexString((address[i] & 0xFF) << 8 | (address[i + 1] & 0xFF)));
                }
                return "[" + String.join(":", groups) + "]";
            }
        };

        abstract boolean isRefusedByPolicy(Caller caller, byte[] address, int port);

        abstract boolean isRefusedByPolicy(Caller caller, String name, int port);

        abstract boolean connects(Caller caller, String name, int port);

        /// @param status of HTTP
        abstract boolean isRefusedByLimit(Caller caller, String name, int status);
    }

    @ParameterizedTest
    @EnumSource
    void p8_specialRangesStayClosedThoughTheFileAllowsEverything(Protocol protocol) {
        try (Destinations.Forbidden forbidden = new Destinations.Forbidden();
                TcpRelay relay = TcpRelay.Setup.allowing("0.0.0.0/0", "::/0").start()) {
            for (byte[] address : specialAddresses()) {
                try (Caller caller = relay.call()) {
                    assertThat(protocol.isRefusedByPolicy(caller, address, forbidden.port()))
                            .as(() -> IpAddress.of(inetAddress(address)).toString())
                            .isTrue();
                }
            }
            assertThat(forbidden.wasReached()).isFalse();
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void looksNamesUpOnTheAccountOfItsClientAndSaysWhenThatIsUsedUp(Protocol protocol) {
        BlockingQueue<NameResolver.Asker> askers = new LinkedBlockingQueue<>();
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .with((host, asker) -> {
                            askers.add(asker);
                            return CompletableFuture.failedFuture(new LookupRefused(
                                    host.equals("own.test") ? DropReason.LOOKUP_QUOTA : DropReason.LOOKUPS_BUSY));
                        })
                        .start();
                Caller one = relay.call();
                Caller other = relay.call()) {
            assertThat(protocol.isRefusedByLimit(one, "own.test", 429)).isTrue();
            assertThat(protocol.isRefusedByLimit(other, "all.test", 503)).isTrue();

            assertThat(askers).containsOnly(new NameResolver.Asker.Client(TcpRelay.APP, new Subject("bob")));
            assertThat(relay.drops(DropReason.LOOKUP_QUOTA)).isOne();
            assertThat(relay.drops(DropReason.LOOKUPS_BUSY)).isOne();
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    /// First and last of every special range, and every known way to hide an IPv4 one in IPv6.
    private static List<byte[]> specialAddresses() {
        List<byte[]> addresses = new ArrayList<>();
        for (SpecialRanges.SpecialRange range : SpecialRanges.ALL) {
            IpAddress first = range.cidr().network();
            int hostBits = (first.isV4() ? 32 : 128) - range.cidr().prefixBits();
            long lowHostBits = hostBits >= 64 ? -1L : (1L << hostBits) - 1;
            long highHostBits = hostBits <= 64 ? 0 : hostBits == 128 ? -1L : (1L << (hostBits - 64)) - 1;
            IpAddress last = new IpAddress(first.high() | highHostBits, first.low() | lowHostBits);
            for (IpAddress address : List.of(first, last)) {
                addresses.add(address.toInetAddress().getAddress());
                if (address.isV4()) {
                    addresses.addAll(hidden((int) address.low()));
                }
            }
        }
        addresses.addAll(hidden(0x7F000001)); // loopback
        addresses.addAll(hidden(0xA9FEA9FE)); // cloud metadata
        return addresses;
    }

    private static List<byte[]> hidden(int v4) {
        long bits = v4 & 0xFFFF_FFFFL;
        return List.of(
                bytes(0, 0xFFFF_0000_0000L | bits), // v4-mapped
                bytes(0x0064_FF9B_0000_0000L, bits), // NAT64
                bytes(0x2002_0000_0000_0000L | bits << 16, 1), // 6to4
                bytes(0x2001_0000_0000_0000L, ~bits & 0xFFFF_FFFFL), // Teredo
                bytes(0x2001_0DB8_0000_0000L, 0x0000_5EFE_0000_0000L | bits)); // ISATAP
    }

    private static byte[] bytes(long high, long low) {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    private static InetAddress inetAddress(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes", e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void p8_metricsPortIsClosedEvenToARuleForIt(Protocol protocol) {
        try (Destinations.Forbidden metrics = new Destinations.Forbidden();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8", "0.0.0.0/0")
                        .serving(new Endpoint(IpAddress.ANY_V4, metrics.port()))
                        .start();
                Caller caller = relay.call();
                Caller other = relay.call()) {
            assertThat(protocol.isRefusedByPolicy(caller, "127.0.0.1", metrics.port()))
                    .isTrue();
            assertThat(protocol.isRefusedByPolicy(other, "127.1.2.3", metrics.port()))
                    .isTrue();

            assertThat(relay.drops(DropReason.OWN_ADDRESS)).isEqualTo(2);
            assertThat(metrics.wasReached()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void p10_judgesWhatANameLeadsTo(Protocol protocol) {
        for (String[] answer : new String[][] {
            {"127.0.0.1", "10.0.0.1"}, // one of two is bad
            {"10.0.0.1", "127.0.0.1"},
            {"127.0.0.1", "fd00::1"},
            {"169.254.169.254"},
            {"::ffff:169.254.169.254"}
        }) {
            try (Destinations.Forbidden target = new Destinations.Forbidden();
                    TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8", "0.0.0.0/0", "::/0", "good.test")
                            .with(Names.answering("good.test", answer))
                            .start();
                    Caller caller = relay.call()) {
                assertThat(protocol.isRefusedByPolicy(caller, "good.test", target.port()))
                        .as(String.join(" ", answer))
                        .isTrue();
                assertThat(target.wasReached()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void p10_dialsTheVeryAddressThatItJudged(Protocol protocol) {
        Names names = Names.rebinding("good.test", "127.0.0.1", "127.0.0.2");
        try (Destinations.Server echo = Destinations.echoing(); // on 127.0.0.1 only
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.1/32").with(names).start();
                Caller first = relay.call();
                Caller second = relay.call()) {
            assertThat(protocol.connects(first, "good.test", echo.port())).isTrue();
            assertThat(names.asked()).isOne();

            assertThat(protocol.isRefusedByPolicy(second, "good.test", echo.port()))
                    .isTrue();
            assertThat(names.asked()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void hostRuleOpensItsNameButNoSpecialRange(Protocol protocol) {
        try (Destinations.Forbidden target = new Destinations.Forbidden();
                TcpRelay relay = TcpRelay.Setup.allowing("good.test")
                        .with(Names.answering("good.test", "127.0.0.1"))
                        .start();
                Caller caller = relay.call()) {
            assertThat(protocol.isRefusedByPolicy(caller, "good.test", target.port()))
                    .isTrue();
            assertThat(target.wasReached()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void p18_onlyAllowedPorts(Protocol protocol) {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8:" + echo.port() + "/tcp", "127.0.0.0/8:53/udp")
                        .start()) {
            for (int port : new int[] {25, 22, 53, 80, 443, echo.port() - 1, echo.port() + 1}) {
                try (Caller caller = relay.call()) {
                    assertThat(protocol.isRefusedByPolicy(caller, "127.0.0.1", port))
                            .as("port " + port)
                            .isTrue();
                }
            }
            try (Caller caller = relay.call()) {
                assertThat(protocol.connects(caller, "127.0.0.1", echo.port())).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void p21_connectToOwnListenerGoesOnAsTurnInside(Protocol protocol) throws InterruptedException {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            assertThat(protocol.connects(caller, "127.0.0.1", relay.address().port()))
                    .isTrue();

            caller.sendHex(Caller.STUN_BINDING);

            assertThat(caller.readText(4)).isEqualTo("TURN");
            assertThat(relay.turnStreams.take()).isEqualTo("1 " + Caller.STUN_BINDING);
            assertThat(relay.tunnels()).isOne();
            caller.hangUp();
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"050100", "434f4e4e45435420", "47455420", "ff", "505249202a20485454502f32"})
    void p21_anythingElseInsideIsAProxyLoop(String hex) {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            assertThat(Protocol.HTTP_CONNECT.connects(
                            caller, "127.0.0.1", relay.address().port()))
                    .isTrue();

            caller.sendHex(hex);

            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.PROXY_LOOP)).isOne();
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void p21_needsACredentialAsAnyTunnel() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            assertThat(caller.connect("127.0.0.1:" + relay.address().port(), "").status())
                    .isEqualTo(407);
        }
    }

    @Test
    void tighteningAndRevocationCloseWhatTheyForbid() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller bob = relay.call();
                Caller carol = relay.call()) {
            bob.connect(echo.authority(), BOB);
            carol.connect(echo.authority(), TcpRelay.credential("carol"));
            assertThat(relay.tunnels()).isEqualTo(2);

            relay.reload("127.0.0.1/32");
            assertThat(relay.tunnels()).as("still allowed").isEqualTo(2);

            relay.revoke("bob");
            assertThat(bob.readToEnd()).isEmpty();
            assertThat(relay.tunnels()).isOne();

            relay.reload("127.0.0.1/32:1-2");
            assertThat(carol.readToEnd()).isEmpty();
            assertThat(relay.tunnels()).isZero();
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @Test
    void closesAllAtTheEnd() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller bob = relay.call()) {
            bob.connect(echo.authority(), BOB);

            relay.closeAllTunnels();

            assertThat(bob.readToEnd()).isEmpty();
            assertThat(relay.hasGrants()).isFalse();
        }
    }
}
