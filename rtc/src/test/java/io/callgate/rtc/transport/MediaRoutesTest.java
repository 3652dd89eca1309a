package io.callgate.rtc.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.Plan;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.model.ErrorCode;
import io.callgate.model.Transport;
import io.callgate.rtc.SystemTime;
import io.callgate.rtc.Until;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MediaRoutesTest {
    private static final Login LOGIN = new Login("alice", "a password");

    private final MediaRoutes routes = new MediaRoutes(SystemTime.CLOCK);

    @AfterEach
    void close() {
        routes.close();
    }

    @Test
    void aPlainRelayIsGivenToTheStackAsItIs() {
        IceSetup ice = routes.to(relayed(Transport.UDP, 3478, Dialer.direct()));

        assertThat(ice.servers().get(0).urls()).containsExactly("turn:127.0.0.1:3478?transport=udp");
        assertThat(ice.relayOnly()).isTrue();
        assertThat(ice.udpRelays()).isTrue();
        assertThat(routes.to(relayed(Transport.TCP, 3478, Dialer.direct())).udpRelays())
                .isFalse();
        assertThat(ice.servers().get(0).password()).isEqualTo("a password");
        assertThat(ice.toString()).doesNotContain("a password");
    }

    @Test
    void udpDoesNotGoThroughAProxy() {
        Dialer proxied = Dialer.direct().through(new Hop.Socks5(new HostPort("127.0.0.1", 1080), Optional.empty()));

        assertThatThrownBy(() -> routes.to(relayed(Transport.UDP, 3478, proxied)))
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UDP_BLOCKED));
    }

    @Test
    void whatTheStackCannotDoGoesByABridgeThroughTheProxy() throws Exception {
        try (ServerSocket relay = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                ServerSocket proxy = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<String> heard = new CompletableFuture<>();
            inBackground(() -> answer(relay, heard));
            inBackground(() -> tunnel(proxy, relay.getLocalPort()));
            Dialer proxied = Dialer.direct()
                    .through(Hop.HttpConnect.plain(new HostPort("127.0.0.1", proxy.getLocalPort()), Optional.empty()));
            Plan.Relayed relayed = relayed(Transport.TCP, relay.getLocalPort(), proxied);

            IceSetup ice = routes.to(relayed);
            assertThat(routes.to(relayed)).as("one bridge for one entrance").isEqualTo(ice);
            int port = portOf(ice);
            try (Socket stack = new Socket(InetAddress.getLoopbackAddress(), port)) {
                stack.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
                assertThat(heard.get()).isEqualTo("hello");
                assertThat(new String(stack.getInputStream().readNBytes(5), StandardCharsets.UTF_8))
                        .isEqualTo("world");

                routes.keepOnly(List.of(ice));
                assertThat(stack.isClosed()).isFalse();
                routes.keepOnly(List.of(IceSetup.HOST_ONLY));
                assertThat(stack.getInputStream().read())
                        .as("a bridge that nobody needs")
                        .isNegative();
            }
            Until.holds("its port has gone, a moment after its streams", () -> !isOpen(port));
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aForcedPlanIsMetByItsOwnRelayAlone() {
        IceSetup ice = routes.to(relayed(Transport.UDP, 3478, Dialer.direct()));
        TransportPlan forced = new TransportPlan(1, EffectivePath.CLOUD_UDP, false, "r1", ice, Dialer.direct());
        TransportPlan direct = TransportPlan.direct(2);

        assertThat(forced.isForced()).isTrue();
        assertThat(forced.isMetBy(pair("relay", "turn:127.0.0.1:3478?transport=udp")))
                .isTrue();
        assertThat(forced.isMetBy(pair("relay", "turn:192.0.2.1:443?transport=udp")))
                .isFalse();
        assertThat(forced.isMetBy(pair("host", ""))).isFalse();
        assertThat(forced.isMetBy(pair("prflx", ""))).isFalse();
        assertThat(direct.isForced()).isFalse();
        assertThat(direct.isMetBy(pair("host", ""))).isTrue();
        assertThat(direct.isMetBy(pair("relay", "turn:127.0.0.1:3478?transport=udp")))
                .isFalse();
        assertThat(forced.renewed(3).epoch()).isEqualTo(3);
    }

    private static LinkStats.Pair pair(String type, String url) {
        return new LinkStats.Pair(type, "", url, "192.0.2.9:1000");
    }

    private static Plan.Relayed relayed(Transport transport, int port, Dialer out) {
        return new Plan.Relayed(new Entrance(new HostPort("127.0.0.1", port), transport, Trust.system()), LOGIN, out);
    }

    private static int portOf(IceSetup ice) {
        String url = ice.servers().get(0).urls().get(0);
        assertThat(url).matches("turn:127\\.0\\.0\\.1:\\d+\\?transport=tcp");
        return Integer.parseInt(url.replaceAll("turn:127\\.0\\.0\\.1:|\\?.*", ""));
    }

    private interface Job {
        void run() throws IOException;
    }

    private static void inBackground(Job job) {
        Thread thread = new Thread(() -> {
            try {
                job.run();
            } catch (IOException e) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void answer(ServerSocket relay, CompletableFuture<String> heard) throws IOException {
        Socket socket = relay.accept();
        heard.complete(new String(socket.getInputStream().readNBytes(5), StandardCharsets.UTF_8));
        socket.getOutputStream().write("world".getBytes(StandardCharsets.UTF_8));
    }

    /// An HTTP proxy that leads every CONNECT to that port.
    private static void tunnel(ServerSocket proxy, int port) throws IOException {
        Socket near = proxy.accept();
        InputStream in = near.getInputStream();
        StringBuilder request = new StringBuilder();
        while (request.indexOf("\r\n\r\n") < 0) {
            request.append((char) in.read());
        }
        near.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
        inBackground(() -> far.getInputStream().transferTo(near.getOutputStream()));
        near.getInputStream().transferTo(far.getOutputStream());
    }
}
