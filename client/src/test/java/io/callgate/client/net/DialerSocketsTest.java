package io.callgate.client.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DialerSocketsTest {
    private static final Names NONE = name -> {
        throw new UnknownHostException(name);
    };

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();

    @ParameterizedTest(name = "given as {0}")
    @ValueSource(strings = {"resolver's placeholder", "unresolved name", "name", "address beside a name"})
    void aNameReachesTheProxyAsItIs(String form) throws IOException {
        try (LocalServer proxy = LocalServer.start(this::connect);
                Socket socket = open(form, through(proxy))) {
            socket.getOutputStream().write("hello".getBytes(ISO_8859_1));

            assertThat(new String(socket.getInputStream().readNBytes(5), ISO_8859_1))
                    .isEqualTo("hello");
            assertThat(asked).containsExactly("CONNECT sfu.test:8989 HTTP/1.1");
            assertThat(socket.isConnected()).isTrue();
            assertThat(socket.getPort()).isEqualTo(8989);
            assertThat(socket.getLocalPort()).isPositive();
        }
    }

    private static Socket open(String form, SocketFactory sockets) throws IOException {
        InetAddress wrong = InetAddress.getByAddress("sfu.test", new byte[] {127, 0, 0, 99});
        if (form.equals("name")) {
            return sockets.createSocket("sfu.test", 8989);
        }
        if (form.equals("address beside a name")) {
            return sockets.createSocket(wrong, 8989);
        }
        Socket socket = sockets.createSocket();
        socket.connect(
                form.equals("unresolved name")
                        ? InetSocketAddress.createUnresolved("sfu.test", 8989)
                        : new InetSocketAddress(DialerSockets.unresolved("sfu.test"), 8989),
                5000);
        return socket;
    }

    @Test
    void tlsIsLaidOverIt() throws IOException {
        try (LocalServer server = LocalServer.startTls("relay.p12", LocalServer::echo);
                Socket plain = sockets(Dialer.direct(NONE))
                        .createSocket("127.0.0.1", server.address().port());
                SSLSocket secured = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault())
                        .createSocket(plain, "relay.test", server.address().port(), true)) {
            assertThatThrownBy(secured::startHandshake)
                    .as("the certificate came, and is judged")
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("certification path");
        }
    }

    @Test
    void aDifferentWayCountsFromTheNextConnect() throws IOException {
        AtomicReference<Dialer> now = new AtomicReference<>(Dialer.direct(NONE));
        DialerSockets sockets = new DialerSockets(now::get, new RealTime());
        try (LocalServer server = LocalServer.start(LocalServer::echo);
                LocalServer proxy = LocalServer.start(this::connect)) {
            try (Socket direct =
                    sockets.createSocket("127.0.0.1", server.address().port())) {
                assertThat(direct.isConnected()).isTrue();
                assertThat(asked).isEmpty();
            }

            now.set(Dialer.direct(NONE).through(Hop.HttpConnect.plain(proxy.address(), Optional.empty())));

            try (Socket proxied = sockets.createSocket("sfu.test", 1)) {
                assertThat(proxied.isConnected()).isTrue();
                assertThat(asked).hasSize(1);
            }
        }
    }

    @Test
    void whatStandsInTheWayIsTheCause() throws IOException {
        assertThatThrownBy(() -> sockets(Dialer.direct(NONE)).createSocket("sfu.test", 1))
                .isInstanceOf(IOException.class)
                .cause()
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DNS_FAILED));
        DialerSockets none = new DialerSockets(
                () -> {
                    throw new PathException(ErrorCode.NOT_INITIALIZED, "no plan", "wait");
                },
                new RealTime());
        assertThatThrownBy(() -> none.createSocket("sfu.test", 1)).hasMessageContaining("no plan");
    }

    @Test
    void timeoutsCountBeforeAndAfterTheConnect() throws IOException {
        try (LocalServer silent =
                        LocalServer.start(socket -> socket.getInputStream().read());
                Socket socket = sockets(Dialer.direct(NONE)).createSocket()) {
            socket.setSoTimeout(50);
            socket.connect(
                    InetSocketAddress.createUnresolved(
                            "127.0.0.1", silent.address().port()),
                    5000);
            socket.setTcpNoDelay(true);

            assertThat(socket.getSoTimeout()).isEqualTo(50);
            assertThat(socket.getTcpNoDelay()).isTrue();
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(InterruptedIOException.class);
        }
    }

    @Test
    void closingEndsAConnect() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (LocalServer proxy = LocalServer.start(socket -> {
            reached.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            Socket socket = through(proxy).createSocket();
            AtomicReference<IOException> failure = new AtomicReference<>();
            Thread connecting = new Thread(() -> {
                try {
                    socket.connect(InetSocketAddress.createUnresolved("sfu.test", 1), 30_000);
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            connecting.start();
            assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();

            socket.close();

            connecting.join(5000);
            assertThat(connecting.isAlive()).isFalse();
            assertThat(failure.get()).isNotNull();
            assertThat(socket.isClosed()).isTrue();
            over.countDown();
        }
    }

    @Test
    void theLocalAddressIsNotTheCallersToChoose() throws IOException {
        DialerSockets sockets = sockets(Dialer.direct(NONE));
        InetAddress here = InetAddress.getLoopbackAddress();

        assertThatThrownBy(() -> sockets.createSocket("sfu.test", 1, here, 0)).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> sockets.createSocket(here, 1, here, 0)).isInstanceOf(SocketException.class);
        try (Socket socket = sockets.createSocket()) {
            assertThatThrownBy(() -> socket.bind(new InetSocketAddress(here, 0)))
                    .isInstanceOf(SocketException.class);
            assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void whatIsNoHostIsUnknown() throws IOException {
        assertThat(DialerSockets.unresolved("192.0.2.1").getHostAddress()).isEqualTo("192.0.2.1");
        for (String wrong : List.of("", "a b", "1.2.3", "x".repeat(300))) {
            assertThatThrownBy(() -> DialerSockets.unresolved(wrong)).isInstanceOf(UnknownHostException.class);
        }
    }

    private static DialerSockets through(LocalServer proxy) {
        return sockets(Dialer.direct(NONE).through(Hop.HttpConnect.plain(proxy.address(), Optional.empty())));
    }

    private static DialerSockets sockets(Dialer dialer) {
        return new DialerSockets(() -> dialer, new RealTime());
    }

    /// Lets everybody through to an echo.
    private void connect(Socket socket) throws IOException {
        asked.add(Objects.requireNonNull(head(socket.getInputStream())).split("\r\n", 2)[0]);
        socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
        LocalServer.echo(socket);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
