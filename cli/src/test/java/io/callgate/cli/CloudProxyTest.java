package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.AppId;
import io.callgate.model.Candidate;
import io.callgate.model.Endpoint;
import io.callgate.model.ErrorCode;
import io.callgate.model.IpAddress;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import io.callgate.model.ModePolicy;
import io.callgate.model.Region;
import io.callgate.model.RelayCredential;
import io.callgate.model.RequestedMode;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.TlsIdentity;
import io.callgate.model.Transport;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The SDK with real relays, and an entry that hands out a lease.
@Timeout(60)
class CloudProxyTest implements DatagramTunnel.Receiver {
    private static final SystemTime TIME = new SystemTime();

    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();

    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
        arrived.add(StandardCharsets.UTF_8.decode(payload).toString());
    }

    @Override
    public void onEnded(Failure failure) {}

    @Test
    @SuppressWarnings("try") // closed early on purpose: a relay dies, a proxy is closed twice
    void leadsDatagramsThroughARelayAndOverToTheNextWhenItDies() throws Exception {
        try (LoopbackRelay first = LoopbackRelay.start();
                LoopbackRelay second = LoopbackRelay.start();
                ServerSocket entry = entry(first.port(), second.port());
                DatagramSocket echo = echo();
                CloudProxy proxy = proxy(entry)) {
            assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
            assertThat(proxy.start()).isEqualTo(ErrorCode.CALLED_TOO_LATE);
            InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.getLocalPort());
            CloudTunnel tunnel = proxy.openTunnel(this).get(20, TimeUnit.SECONDS);
            tunnel.open(peer, Attempt.within(TIME, Duration.ofSeconds(5)));
            tunnel.send(peer, ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(proxy.plan().orElseThrow().path()).isEqualTo(EffectivePath.CLOUD_UDP);
            assertThat(proxy.plan().orElseThrow().relayOnly()).isTrue();

            first.close();
            long diedNanos = TIME.nanos();
            String answer = null;
            while (answer == null && TIME.nanos() - diedNanos < TimeUnit.SECONDS.toNanos(10)) {
                tunnel.send(peer, ByteBuffer.wrap("again".getBytes(StandardCharsets.UTF_8)));
                answer = arrived.poll(20, TimeUnit.MILLISECONDS);
            }

            assertThat(answer).as(proxy.trace().text()).isEqualTo("again");
            assertThat(proxy.plan().orElseThrow().relay()).isEqualTo("second");
            proxy.close();
            proxy.close();
            assertThat(proxy.start()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        }
    }

    private CloudProxy proxy(ServerSocket entry) {
        return CloudProxy.builder(TIME)
                .entry("127.0.0.1:" + entry.getLocalPort())
                .uid("alice")
                .token(() -> "a.token.here")
                .mode(RequestedMode.STANDARD)
                .trust(Trust.pin(TestIdentity.ec().pin()))
                .build();
    }

    private static ServerSocket entry(int... ports) throws Exception {
        TlsIdentity identity = TestIdentity.ec();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "entry", identity.privateKey(), new char[0], identity.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        ServerSocket listener =
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        String body = LeaseJson.write(lease(ports)).toString();
        Thread thread = new Thread(() -> serve(listener, body), "entry");
        thread.setDaemon(true);
        thread.start();
        return listener;
    }

    private static void serve(ServerSocket listener, String body) {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.getInputStream().read(new byte[8192]);
                socket.getOutputStream()
                        .write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The client has gone, or the test is over.
            }
        }
    }

    private static Lease lease(int... ports) {
        List<Candidate> candidates = new ArrayList<>();
        List<String> names = List.of("first", "second");
        for (int i = 0; i < ports.length; i++) {
            candidates.add(new Candidate(
                    names.get(i),
                    new Region("eu"),
                    new Endpoint(IpAddress.parse("127.0.0.1"), ports[i]),
                    Transport.UDP,
                    ports.length - i,
                    Optional.empty(),
                    Optional.empty()));
        }
        Instant end = TIME.now().plus(Duration.ofHours(1));
        return new Lease(
                "a-lease",
                end,
                candidates,
                RelayCredential.mint(Secret.of(LoopbackRelay.SECRET), new AppId("demo"), new Subject("alice"), end),
                ModePolicy.DEFAULT,
                1);
    }

    private static DatagramSocket echo() throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread thread = new Thread(
                () -> {
                    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
                    try {
                        while (true) {
                            packet.setLength(1500);
                            socket.receive(packet);
                            socket.send(packet);
                        }
                    } catch (IOException e) {
                        // The test is over.
                    }
                },
                "echo");
        thread.setDaemon(true);
        thread.start();
        return socket;
    }
}
