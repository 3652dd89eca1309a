package io.callgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetLabTest {
    private static final int PASSES_MILLIS = 2_000;
    private static final int DROPPED_MILLIS = 150;

    private NetLab lab;

    @BeforeAll
    void makeLab(@TempDir Path logs) {
        Optional<String> obstacle = NetLab.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> "no laboratory here: " + obstacle.orElseThrow());
        lab = NetLab.create(logs);
    }

    @AfterAll
    void endLab() {
        if (lab != null) lab.close();
    }

    @ParameterizedTest(name = "{0}: {1} port {2} is reached: {3}")
    @CsvSource({
        "OPEN, dmz, 443, true",
        "OPEN, cloud, 8188, true",
        "UDP_ALLOWLIST, dmz, 443, true",
        "UDP_ALLOWLIST, dmz, 8443, false",
        "UDP_ALLOWLIST, cloud, 443, false",
        "TCP443_ONLY, dmz, 443, true",
        "TCP443_ONLY, dmz, 3478, false",
        "TCP443_ONLY, cloud, 443, false",
        "TLS443_ONLY, dmz, 443, true",
        "TLS443_ONLY, dmz, 8443, false",
        "UDP443_ONLY, dmz, 443, false",
        "CLOSED, dmz, 443, false",
        "CLOSED, cloud, 443, false",
    })
    void opensTcpAsTheProfileSays(Firewall firewall, String target, int port, boolean reached) throws IOException {
        lab.router().enforce(firewall);
        Host host = target.equals("dmz") ? lab.dmz() : lab.cloud();

        try (ServerSocketChannel server =
                host.inside(() -> ServerSocketChannel.open().bind(new InetSocketAddress(host.address(), port)))) {
            assertThat(connects(lab.corp(), server.getLocalAddress(), reached)).isEqualTo(reached);
        }
    }

    @ParameterizedTest(name = "{0}: relay port {1}/udp is reached: {2}")
    @CsvSource({
        "UDP_ALLOWLIST, 3478, true",
        "UDP_ALLOWLIST, 7070, true",
        "UDP_ALLOWLIST, 3479, false",
        "TCP443_ONLY, 443, false",
        "TLS443_ONLY, 443, false",
        "UDP443_ONLY, 443, true",
        "UDP443_ONLY, 3478, false",
        "CLOSED, 3478, false"
    })
    void opensUdpAsTheProfileSays(Firewall firewall, int port, boolean reached) throws IOException {
        lab.router().enforce(firewall);

        try (DatagramChannel relay = udp(lab.dmz(), port);
                DatagramChannel caller = udp(lab.corp(), 0)) {
            caller.send(ByteBuffer.wrap(new byte[] {1}), relay.getLocalAddress());

            assertThat(receives(relay, reached)).isEqualTo(reached);
        }
    }

    @Test
    void answersComeBackThroughTheFirewall() throws IOException {
        lab.router().enforce(Firewall.UDP_ALLOWLIST);

        try (DatagramChannel relay = udp(lab.dmz(), 7070);
                DatagramChannel caller = udp(lab.corp(), 0)) {
            caller.send(ByteBuffer.wrap(new byte[] {1}), relay.getLocalAddress());
            assertThat(receives(relay, true)).isTrue();
            relay.send(ByteBuffer.wrap(new byte[] {2}), caller.getLocalAddress());

            assertThat(receives(caller, true)).isTrue();
        }
    }

    @Test
    void countsWhatCorpTriesToSendToTheCloudAlthoughItIsDropped() throws IOException {
        lab.router().enforce(Firewall.UDP_ALLOWLIST);
        assertThat(lab.router().packetsBetweenCorpAndCloud()).isZero();

        try (DatagramChannel caller = udp(lab.corp(), 0)) {
            for (int i = 0; i < 3; i++) {
                caller.send(
                        ByteBuffer.wrap(new byte[] {1}),
                        new InetSocketAddress(lab.cloud().address(), 5000));
            }
        }

        assertThat(lab.router().packetsBetweenCorpAndCloud()).isEqualTo(3);
    }

    @ParameterizedTest(name = "first payload {0} passes the inspection: {1}")
    @CsvSource({
        "160301, true", // a ClientHello, as everybody's record header has it
        "160303, true",
        "160200, false", // SSL 2
        "16, false", // too short to tell
        "000100, false", // STUN
        "434f4e, false", // CONNECT
        "050100, false", // SOCKS5
    })
    void inspectionWantsATlsRecordFirst(String firstBytes, boolean passes) throws IOException {
        lab.router().enforce(Firewall.TLS443_ONLY);

        try (ServerSocketChannel server =
                        lab.dmz().inside(() -> ServerSocketChannel.open().bind(relayPort443()));
                SocketChannel caller = lab.corp().inside(SocketChannel::open)) {
            caller.connect(relayPort443());
            try (SocketChannel relay = server.accept()) {
                caller.write(ByteBuffer.wrap(HexFormat.of().parseHex(firstBytes)));

                assertThat(readable(relay, passes)).isEqualTo(passes);
            }
        }
    }

    @Test
    void inspectionLetsTheRestOfATlsConnectionPass() throws IOException {
        lab.router().enforce(Firewall.TLS443_ONLY);

        try (ServerSocketChannel server =
                        lab.dmz().inside(() -> ServerSocketChannel.open().bind(relayPort443()));
                SocketChannel caller = lab.corp().inside(SocketChannel::open)) {
            caller.connect(relayPort443());
            try (SocketChannel relay = server.accept()) {
                caller.write(ByteBuffer.wrap(new byte[] {0x16, 0x03, 0x01}));
                assertThat(readable(relay, true)).isTrue();
                relay.write(ByteBuffer.wrap(new byte[] {0x16, 0x03, 0x03}));
                assertThat(readable(caller, true)).isTrue();
                caller.write(ByteBuffer.wrap(new byte[] {0x17, 0x03, 0x03}));

                assertThat(readable(relay, true)).isTrue();
            }
        }
    }

    @Test
    void hostThatIsCutIsABlackHoleUntilItIsHealed() throws IOException {
        lab.router().enforce(Firewall.UDP_ALLOWLIST);

        try (DatagramChannel relay = udp(lab.dmz(), 7070);
                DatagramChannel caller = udp(lab.corp(), 0)) {
            caller.send(ByteBuffer.wrap(new byte[] {1}), relay.getLocalAddress());
            assertThat(receives(relay, true)).isTrue();

            lab.router().cut(lab.dmz());
            caller.send(ByteBuffer.wrap(new byte[] {2}), relay.getLocalAddress());
            relay.send(ByteBuffer.wrap(new byte[] {3}), caller.getLocalAddress());
            assertThat(receives(relay, false)).isFalse();
            assertThat(receives(caller, false)).isFalse();

            lab.router().heal(lab.dmz());
            caller.send(ByteBuffer.wrap(new byte[] {4}), relay.getLocalAddress());
            assertThat(receives(relay, true)).isTrue();
        }
    }

    @Test
    void lineIsAsSlowAsAsked() throws IOException {
        lab.router().enforce(Firewall.UDP_ALLOWLIST);
        lab.impair(Impairment.ofDelay(Duration.ofMillis(40)));
        try {
            long shortest = shortestRoundTripMillis(10);

            assertThat(shortest).isBetween(80L, 500L); // far above only where the machine does not run us at all
        } finally {
            lab.impair(Impairment.NONE);
        }

        assertThat(shortestRoundTripMillis(20)).isLessThan(80);
    }

    @Test
    void lineLosesItsShare() throws IOException {
        lab.router().enforce(Firewall.UDP_ALLOWLIST);
        lab.impair(Impairment.NONE.losing(50));
        try (DatagramChannel relay = udp(lab.dmz(), 7070);
                DatagramChannel caller = udp(lab.corp(), 0)) {
            for (int i = 0; i < 200; i++) caller.send(ByteBuffer.wrap(new byte[] {1}), relay.getLocalAddress());

            int arrived = 0;
            while (arrived < 200 && receives(relay, false)) arrived++;
            assertThat(arrived).isBetween(60, 140); // six standard deviations
        } finally {
            lab.impair(Impairment.NONE);
        }
    }

    @Test
    void lineCarriesWhatItIsGivenWholeAndNoFasterThanItsRate() throws IOException {
        lab.router().enforce(Firewall.TCP443_ONLY);
        lab.impair(Impairment.ofDelay(Duration.ofMillis(5)).limitedTo(2_000));
        byte[] sent = new byte[250_000]; // one second at 2 Mbit/s
        new Random(1).nextBytes(sent);

        try (ServerSocketChannel server =
                        lab.dmz().inside(() -> ServerSocketChannel.open().bind(relayPort443()));
                SocketChannel caller = lab.corp().inside(SocketChannel::open)) {
            caller.connect(relayPort443());
            try (SocketChannel relay = server.accept()) {
                long beganNanos = System.nanoTime();
                CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> writeAll(caller, sent));
                byte[] received = relay.socket().getInputStream().readNBytes(sent.length);
                writing.join();

                assertThat(received).isEqualTo(sent);
                assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isGreaterThan(Duration.ofMillis(900));
            }
        } finally {
            lab.impair(Impairment.NONE);
        }
    }

    @Test
    void twoLaboratoriesStandSideBySide(@TempDir Path logs) throws IOException {
        lab.router().enforce(Firewall.OPEN);
        try (NetLab other = NetLab.create(logs)) {
            other.router().enforce(Firewall.OPEN);

            try (ServerSocketChannel server = other.cloud()
                    .inside(() -> ServerSocketChannel.open()
                            .bind(new InetSocketAddress(other.cloud().address(), 8188)))) {
                assertThat(connects(other.corp(), server.getLocalAddress(), true))
                        .isTrue();
                assertThatThrownBy(() -> connects(lab.corp(), server.getLocalAddress(), false))
                        .hasMessageContaining("Network is unreachable");
            }
        }
    }

    @Test
    void resolverKnowsItsNamesOnlyAndCanBeTakenAway() {
        List<String> lookUp = List.of("getent", "ahostsv4", "relay.example.test");
        lab.dnsOn(Map.of("relay.example.test", lab.dmz().address()));

        LabProcess known = lab.corp().start("known", lookUp, Map.of());
        known.awaitLine(Pattern.compile(Pattern.quote(lab.dmz().address())), Duration.ofSeconds(5));
        LabProcess unknown =
                lab.corp().start("unknown", List.of("getent", "ahostsv4", "nobody.example.test"), Map.of());
        assertThat(unknown.awaitEnd(Duration.ofSeconds(5))).isEqualTo(2); // getent: name not found

        lab.dnsOff();
        LabProcess off = lab.corp().start("off", lookUp, Map.of());
        assertThat(off.awaitEnd(Duration.ofSeconds(15))).isEqualTo(2);
    }

    @Test
    void closingEndsEveryProcessAndNamespace(@TempDir Path logs) {
        NetLab other = NetLab.create(logs);
        LabProcess process = other.cloud()
                .start("stubborn", List.of("sh", "-c", "trap '' TERM; sleep 600 & echo up; wait"), Map.of());
        process.awaitLine(Pattern.compile("up"), Duration.ofSeconds(5));
        List<ProcessHandle> children =
                ProcessHandle.of(process.pid()).orElseThrow().children().toList();
        assertThat(children).isNotEmpty();

        other.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(children).allSatisfy(child -> child.onExit().join());
        assertThat(Path.of("/run/netns", other.cloud().namespace())).doesNotExist();
        assertThat(Path.of("/etc/netns", other.cloud().namespace())).doesNotExist();
    }

    @Test
    void sweepsWhatADeadProcessLeftBehind(@TempDir Path logs) throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        String stale = "cglab-" + dead.pid() + "-0-corp";
        SystemCommand.run(List.of("ip", "netns", "add", stale));
        Files.createDirectories(Path.of("/etc/netns", stale));

        NetLab.create(logs).close();

        assertThat(Path.of("/run/netns", stale)).doesNotExist();
        assertThat(Path.of("/etc/netns", stale)).doesNotExist();
    }

    @Test
    void processThatEndsEarlyIsSaidSoWithItsLastLines() {
        LabProcess process = lab.dmz().start("short", List.of("echo", "no such port"), Map.of());

        assertThatThrownBy(() -> process.awaitLine(Pattern.compile("ready"), Duration.ofSeconds(5)))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("ended before it said ready")
                .hasMessageContaining("no such port");
    }

    private InetSocketAddress relayPort443() {
        return new InetSocketAddress(InetAddress.ofLiteral(lab.dmz().address()), 443);
    }

    private long shortestRoundTripMillis(int tries) throws IOException {
        long shortestNanos = Long.MAX_VALUE;
        try (DatagramChannel relay = udp(lab.dmz(), 7070);
                DatagramChannel caller = udp(lab.corp(), 0)) {
            for (int i = 0; i < tries; i++) {
                long beganNanos = System.nanoTime();
                caller.send(ByteBuffer.wrap(new byte[] {1}), relay.getLocalAddress());
                assertThat(receives(relay, true)).isTrue();
                relay.send(ByteBuffer.wrap(new byte[] {2}), caller.getLocalAddress());
                assertThat(receives(caller, true)).isTrue();
                shortestNanos = Math.min(shortestNanos, System.nanoTime() - beganNanos);
            }
        }
        return Duration.ofNanos(shortestNanos).toMillis();
    }

    private static void writeAll(SocketChannel channel, byte[] bytes) {
        try {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) channel.write(left);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean readable(SocketChannel channel, boolean expected) throws IOException {
        Socket socket = channel.socket();
        socket.setSoTimeout(expected ? PASSES_MILLIS : DROPPED_MILLIS);
        try {
            return socket.getInputStream().read(new byte[16]) > 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static boolean connects(Host from, SocketAddress to, boolean expected) throws IOException {
        try (SocketChannel channel = from.inside(SocketChannel::open)) {
            Socket socket = channel.socket();
            socket.connect(to, expected ? PASSES_MILLIS : DROPPED_MILLIS);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static boolean receives(DatagramChannel channel, boolean expected) throws IOException {
        channel.socket().setSoTimeout(expected ? PASSES_MILLIS : DROPPED_MILLIS);
        try {
            channel.socket().receive(new DatagramPacket(new byte[16], 16));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    private static DatagramChannel udp(Host host, int port) {
        return host.inside(
                () -> DatagramChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral(host.address()), port)));
    }
}
