package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.relay.grant.DropReason;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// CONNECT over HTTP/2 in the clear (RFC 9113 §8.5), through real sockets.
class Http2ConnectTest {
    @Test
    void eachStreamIsATunnelOfItsOwn() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream first = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            Http2Caller.Stream second = caller.connect(echo.authority(), TcpRelay.credential("carol"));
            assertThat(first.status()).isEqualTo(200);
            assertThat(second.status()).isEqualTo(200);
            assertThat(first.header("content-length")).isEqualTo("null");

            first.send("one");
            second.send("two");

            assertThat(second.readText(3)).isEqualTo("two");
            assertThat(first.readText(3)).isEqualTo("one");
            assertThat(relay.tunnels()).isEqualTo(2);
            assertThat(relay.unproven()).isZero();
            first.finish();
            assertThat(first.readToEnd()).isEmpty();
            relay.await("one has ended", () -> relay.tunnels() == 1);
            second.send("still");
            assertThat(second.readText(5)).isEqualTo("still");
            assertThat(relay.bytesToPeer()).isEqualTo(11);
        }
    }

    @Test
    void tunnelsWithALeaseAsBearer() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            String lease = Caller.leaseId(TcpRelay.credential("bob"));

            assertThat(caller.request(bearer(echo.authority(), lease), false).status())
                    .isEqualTo(200);
            assertThat(caller.request(bearer(echo.authority(), "x" + lease.replace(".", "")), false)
                            .status())
                    .isEqualTo(407);
        }
    }

    private static Http2Headers bearer(String authority, String lease) {
        return Http2Caller.connectHeaders(authority).set("proxy-authorization", "Bearer " + lease);
    }

    @Test
    void asksForACredentialAndTakesTheSecondTry() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream without = caller.request(Http2Caller.connectHeaders(echo.authority()), false);

            assertThat(without.status()).isEqualTo(407);
            assertThat(without.header("proxy-authenticate")).isEqualTo("Basic realm=\"callgate\", charset=\"UTF-8\"");
            assertThat(without.readToEnd()).asString().isEqualTo("a valid credential is needed\n");
            assertThat(relay.drops(DropReason.NO_CREDENTIAL)).isOne();
            assertThat(caller.connect(echo.authority(), TcpRelay.credential("bob"))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void takesATrustedNetworkAtItsWord() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.request(Http2Caller.connectHeaders(echo.authority()), false);

            assertThat(stream.status()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0} answers {1}")
    @CsvSource({"127.0.0.1:22, 403", "10.0.0.1:80, 403", "[::1]:80, 403", "nowhere.test:80, 502", "nonsense, 400"})
    void refusesAsHttp11Does(String authority, int status) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.1:443", "nowhere.test:80")
                        .start();
                Http2Caller caller = new Http2Caller(relay.address());
                Caller old = relay.call()) {
            Http2Caller.Stream stream = caller.connect(authority, TcpRelay.credential("bob"));
            Caller.HttpReply reply = old.connect(authority, TcpRelay.credential("bob"));

            assertThat(stream.status()).isEqualTo(status).isEqualTo(reply.status());
            assertThat(stream.readToEnd()).asString().isEqualTo(reply.body());
            assertThat(stream.header("content-length"))
                    .isEqualTo(reply.headers().get("content-length"));
        }
    }

    @ParameterizedTest(name = "{0} {1} {2} answers {3}")
    @CsvSource({
        "GET, http, /, 404",
        "HEAD, http, /check, 404",
        "OPTIONS, http, *, 404",
        "POST, http, /v1/leases, 404",
        "GET, https, /, 405"
    })
    void otherMethodsReachNothing(String method, String scheme, String path, int status) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("0.0.0.0/0").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Headers headers = new DefaultHttp2Headers()
                    .method(method)
                    .scheme(scheme)
                    .path(path)
                    .authority("x");

            Http2Caller.Stream stream = caller.request(headers, true);

            assertThat(stream.status()).isEqualTo(status);
            if (status == 405) {
                assertThat(stream.header("allow")).isEqualTo("CONNECT");
            }
            assertThat(stream.readToEnd().length > 0).isEqualTo(!method.equals("HEAD"));
            assertThat(relay.drops(DropReason.UNEXPECTED_MESSAGE)).isOne();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                ":method=CONNECT|:authority=127.0.0.1:1|:path=/",
                ":method=CONNECT|:authority=127.0.0.1:1|:scheme=http",
                ":method=CONNECT",
                ":method=CONNECT|:authority=127.0.0.1:1|:protocol=connect-udp|:scheme=https|:path=/", // P13
                ":method=CONNECT|:authority=127.0.0.1:1|:protocol=websocket",
                ":method=GET|:scheme=http",
                ":method=GET|:path=/",
                ":authority=127.0.0.1:1",
                ":method=CONNECT|:authority=127.0.0.1:1|connection=close",
                ":method=CONNECT|:authority=127.0.0.1:1|transfer-encoding=chunked",
                ":method=CONNECT|:authority=127.0.0.1:1|:unknown=x",
                ":method=CONNECT|:authority=127.0.0.1:1|Upper=x"
            })
    void p13_malformedRequestIsAStreamError(String request) {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.request(headers(request), false);

            assertThat(stream.resetError()).isEqualTo(Http2Error.PROTOCOL_ERROR);
            assertThat(relay.drops(DropReason.MALFORMED)).isOne();
            assertThat(relay.hasGrants()).isFalse();
            assertThat(caller.request(Http2Caller.connectHeaders(echo.authority()), false)
                            .status())
                    .as("the others live")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "content-length=5",
                "host=elsewhere.test",
                "proxy-authorization=Basic x|proxy-authorization=Basic y",
            })
    void ambiguousRequestIs400(String headers) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream =
                    caller.request(headers(":method=CONNECT|:authority=127.0.0.1:1|" + headers), false);

            assertThat(stream.status()).isEqualTo(400);
            assertThat(relay.drops(DropReason.MALFORMED)).isOne();
        }
    }

    @Test
    void nothingButDataHasAPlaceOnATunnel() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            assertThat(stream.status()).isEqualTo(200);

            stream.sendHeaders(new DefaultHttp2Headers().set("trailer", "x"));

            assertThat(stream.resetError()).isEqualTo(Http2Error.PROTOCOL_ERROR);
            relay.await("grant closed", () -> !relay.hasGrants());
            assertThat(relay.drops(DropReason.MALFORMED)).isOne();
        }
    }

    @Test
    void eitherSideMayEndItsHalfFirst() throws InterruptedException {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (Destinations.Server speaksFirst = Destinations.serving(client -> {
                    client.getOutputStream().write('x');
                    client.shutdownOutput();
                    received.add(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
                });
                Destinations.Server listensFirst = Destinations.serving(client -> {
                    received.add(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
                    client.getOutputStream().write('y');
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream first = caller.connect(speaksFirst.authority(), TcpRelay.credential("bob"));
            assertThat(first.readToEnd()).asString().isEqualTo("x");
            first.send("late");
            first.finish();
            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("late");

            Http2Caller.Stream second = caller.connect(listensFirst.authority(), TcpRelay.credential("bob"));
            second.send("early");
            second.finish();
            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("early");
            assertThat(second.readToEnd()).asString().isEqualTo("y");

            relay.await("grants closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void aResetOfTheTargetIsConnectError() throws Exception {
        BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
        try (Destinations.Server server = Destinations.serving(client -> {
                    accepted.add(client);
                    client.getInputStream().readAllBytes();
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.connect(server.authority(), TcpRelay.credential("bob"));
            assertThat(stream.status()).isEqualTo(200);

            Socket served = accepted.take();
            served.setSoLinger(true, 0);
            served.close();

            assertThat(stream.resetError()).isEqualTo(Http2Error.CONNECT_ERROR);
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void aResetOfTheStreamResetsTheTarget() throws InterruptedException {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (Destinations.Server server = Destinations.serving(client -> {
                    try {
                        ends.add("end after " + client.getInputStream().readAllBytes().length);
                    } catch (SocketException reset) {
                        ends.add("reset");
                    }
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address());
                Http2Caller other = new Http2Caller(relay.address())) {
            Http2Caller.Stream stream = caller.connect(server.authority(), TcpRelay.credential("bob"));
            Http2Caller.Stream lost = other.connect(server.authority(), TcpRelay.credential("bob"));
            assertThat(stream.status()).isEqualTo(200);
            assertThat(lost.status()).isEqualTo(200);

            stream.reset(Http2Error.CANCEL);
            assertThat(ends.poll(20, TimeUnit.SECONDS)).isEqualTo("reset");

            other.hangUp();
            assertThat(ends.poll(20, TimeUnit.SECONDS))
                    .as("the connection is gone")
                    .isEqualTo("reset");
            relay.await("grants closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void bytesBehindTheRequestArriveAndSoDoesAnEndInIt() {
        try (Destinations.Server greeting = Destinations.serving(
                        client -> client.getOutputStream().write("hi".getBytes(StandardCharsets.US_ASCII)));
                Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Http2Caller caller = new Http2Caller(relay.address())) {
            Http2Caller.Stream hasty = caller.connect(echo.authority(), TcpRelay.credential("bob"));
            hasty.send("hasty");
            hasty.finish();
            Http2Headers whole = Http2Caller.connectHeaders(greeting.authority())
                    .set("proxy-authorization", Http2Caller.basic(TcpRelay.credential("bob")));

            assertThat(hasty.readToEnd()).asString().isEqualTo("hasty");
            assertThat(caller.request(whole, true).readToEnd()).asString().isEqualTo("hi");
            relay.await("grants closed", () -> !relay.hasGrants());
        }
    }

    private static Http2Headers headers(String lines) {
        Http2Headers headers = new DefaultHttp2Headers(false);
        for (String line : lines.split("\\|", -1)) {
            int equals = line.indexOf('=');
            headers.add(line.substring(0, equals), line.substring(equals + 1));
        }
        return headers;
    }
}
