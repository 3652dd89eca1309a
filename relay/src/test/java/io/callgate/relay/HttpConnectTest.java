package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Limits;
import io.callgate.model.RelayCredential;
import io.callgate.relay.grant.DropReason;
import io.callgate.testkit.FreePort;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP CONNECT over real sockets (RFC 9110 §9.3.6, RFC 9112).
class HttpConnectTest {
    @Test
    void tunnelsWithCredential() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            Caller.HttpReply reply = caller.connect(echo.authority(), TcpRelay.credential("bob"));

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers()).doesNotContainKeys("content-length", "transfer-encoding");
            caller.send("hello");
            assertThat(caller.readText(5)).isEqualTo("hello");
            caller.finish();
            assertThat(caller.readToEnd()).isEmpty();
            relay.await("grant closed", () -> !relay.hasGrants());
        }
    }

    @Test
    void tunnelsForStaticUserAndForTrustedNetwork() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Caller alice = relay.call();
                Caller anybody = relay.call();
                Caller liar = relay.call()) {
            assertThat(alice.connect(echo.authority(), Caller.basic("alice", "wonderland"))
                            .status())
                    .isEqualTo(200);
            assertThat(anybody.connect(echo.authority(), "").status()).isEqualTo(200);

            // A credential that is given counts, even where none is needed.
            assertThat(liar.connect(echo.authority(), Caller.basic("alice", "guess"))
                            .status())
                    .isEqualTo(407);
        }
    }

    @Test
    void tunnelsWithALeaseAsBearer() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call();
                Caller shouting = relay.call()) {
            String bearer = Caller.bearer(TcpRelay.credential("bob"));

            assertThat(caller.connect(echo.authority(), bearer).status()).isEqualTo(200);
            assertThat(shouting.connect(echo.authority(), bearer.replace("Bearer", "BEARER"))
                            .status())
                    .isEqualTo(200);
        }
    }

    /// Counted by what is wrong with it, told to nobody.
    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource({
        "MTpkZW1vOmJvYjp4, CREDENTIAL_EXPIRED", // 1:demo:bob:x
        "OTk5OTk5OTk5OTpkZW1vOmJvYjp4, CREDENTIAL_TOO_FAR_AHEAD", // 9999999999:demo:bob:x
        "OTk5OTk5OTk5OTpvdGhlcjpib2I6eA, UNKNOWN_APP", // 9999999999:other:bob:x
        "bm9ib2R5, CREDENTIAL_MALFORMED", // nobody
        "'', CREDENTIAL_MALFORMED",
        "!!!!, CREDENTIAL_MALFORMED",
        "w6k_6Q, CREDENTIAL_MALFORMED" // no UTF-8
    })
    void p22_answersEveryWrongLeaseAlike(String lastPart, DropReason reason) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call();
                Caller guesser = relay.call()) {
            Caller.HttpReply reply = caller.connect(
                    "127.0.0.1:80", "Proxy-Authorization: Bearer what-control-signed.x." + lastPart + "\r\n");

            assertThat(reply).isEqualTo(guesser.connect("127.0.0.1:80", Caller.basic("alice", "guess")));
            assertThat(reply.status()).isEqualTo(407);
            assertThat(relay.drops(reason)).isOne();
        }
    }

    @Test
    void everyProperPrefixOfALeaseIsRefused() {
        RelayCredential credential = TcpRelay.credential("bob");
        String lease = Caller.leaseId(credential);
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start()) {
            // Less would be another credential's name, or none.
            for (int length = lease.length() - credential.password().length(); length < lease.length(); length++) {
                try (Caller caller = relay.call()) {
                    String cut = "Proxy-Authorization: Bearer " + lease.substring(0, length) + "\r\n";

                    assertThat(caller.connect("127.0.0.1:80", cut).status())
                            .as("%d", length)
                            .isEqualTo(407);
                }
            }
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @Test
    void takesSecondConnectAfter407OnTheSameConnection() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            Caller.HttpReply first = caller.connect(echo.authority(), "");
            Caller.HttpReply second = caller.connect(echo.authority(), TcpRelay.credential("bob"));

            assertThat(first.status()).isEqualTo(407);
            assertThat(first.headers().get("proxy-authenticate"))
                    .isEqualTo("Basic realm=\"callgate\", charset=\"UTF-8\"");
            assertThat(first.headers()).doesNotContainKey("connection");
            assertThat(second.status()).isEqualTo(200);
            caller.send("hello");
            assertThat(caller.readText(5)).isEqualTo("hello");
        }
    }

    @Test
    void takesWhatLibwebrtcSends() {
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            caller.send("CONNECT " + echo.authority() + " HTTP/1.0\r\nUser-Agent: x\r\nHost: 127.0.0.1\r\n"
                    + "Content-Length: 0\r\nProxy-Connection: Keep-Alive\r\n"
                    + Caller.basic(TcpRelay.credential("bob")) + "\r\n");

            assertThat(caller.httpReply(true).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "",
                "Proxy-Authorization: Basic\r\n",
                "Proxy-Authorization: Basic !!!\r\n",
                "Proxy-Authorization: Basic YWxpY2U=\r\n", // no colon
                "Proxy-Authorization: Bearer abc\r\n",
                "Proxy-Authorization: Digest username=\"alice\"\r\n",
                "Authorization: Basic YWxpY2U6d29uZGVybGFuZA==\r\n"
            })
    void asksForCredential(String headers) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            Caller.HttpReply reply = caller.connect("127.0.0.1:80", headers);

            assertThat(reply.status()).isEqualTo(407);
            assertThat(relay.drops(DropReason.NO_CREDENTIAL) + relay.drops(DropReason.CREDENTIAL_MALFORMED))
                    .isOne();
        }
    }

    @Test
    void p22_answersUnknownUserAndWrongPasswordAlike() {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start()) {
            String right = TcpRelay.credential("bob").username();
            Caller.HttpReply expected;
            try (Caller caller = relay.call()) {
                expected = caller.connect("127.0.0.1:80", Caller.basic("alice", "guess"));
            }

            for (String name : new String[] {"nobody", right, right.replace("demo", "other"), "1:demo:bob", ""}) {
                try (Caller caller = relay.call()) {
                    assertThat(caller.connect("127.0.0.1:80", Caller.basic(name, "guess")))
                            .as(name)
                            .isEqualTo(expected);
                }
            }
            assertThat(expected.status()).isEqualTo(407);
        }
    }

    @ParameterizedTest(name = "{0} answers {1}")
    @CsvSource({
        "127.0.0.1:22, 403, no rule of the app allows this destination",
        "10.0.0.1:80, 403, no rule of the app allows this destination",
        "[::1]:80, 403, no rule of the app allows this destination",
        "nowhere.test:80, 502, no such name: nowhere.test"
    })
    void refusesDestinations(String authority, int status, String text) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8:80").start();
                Caller caller = relay.call()) {
            Caller.HttpReply reply = caller.connect(authority, TcpRelay.credential("bob"));

            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.body()).isEqualTo(text + "\n");
            assertThat(reply.headers()).containsEntry("content-type", "text/plain; charset=utf-8");
            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @Test
    void saysWhenDestinationRefusesConnection() {
        String nobodys = "127.0.0.1:" + FreePort.take();
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            Caller.HttpReply reply = caller.connect(nobodys, TcpRelay.credential("bob"));

            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.body()).isEqualTo("destination does not answer\n");
        }
    }

    @Test
    void refusesWhileDrainingAndOverQuota() {
        Limits one = new Limits(1, 24, 0, 256, 256, 50, 256);
        try (Destinations.Server echo = Destinations.echoing();
                TcpRelay relay =
                        TcpRelay.Setup.allowing("127.0.0.0/8").with(one).start();
                Caller first = relay.call();
                Caller second = relay.call();
                Caller third = relay.call()) {
            assertThat(first.connect(echo.authority(), TcpRelay.credential("bob"))
                            .status())
                    .isEqualTo(200);

            Caller.HttpReply overQuota = second.connect(echo.authority(), TcpRelay.credential("carol"));
            relay.drain();
            Caller.HttpReply draining = third.connect(echo.authority(), TcpRelay.credential("dave"));

            assertThat(overQuota.status()).isEqualTo(429);
            assertThat(overQuota.body()).isEqualTo("app is at its limit of sessions\n");
            assertThat(draining.status()).isEqualTo(503);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "CONNECT example.test HTTP/1.1|Host: x",
                "CONNECT example.test: HTTP/1.1|Host: x",
                "CONNECT :443 HTTP/1.1|Host: x",
                "CONNECT example.test:0 HTTP/1.1|Host: x",
                "CONNECT example.test:65536 HTTP/1.1|Host: x",
                "CONNECT example.test:+443 HTTP/1.1|Host: x",
                "CONNECT http://example.test:443 HTTP/1.1|Host: x",
                "CONNECT ::1:443 HTTP/1.1|Host: x",
                "CONNECT [example.test]:443 HTTP/1.1|Host: x",
                "CONNECT user@example.test:443 HTTP/1.1|Host: x",
                "CONNECT 127.1:80 HTTP/1.1|Host: x",
                "CONNECT 0x7f.0.0.0x1:80 HTTP/1.1|Host: x",
                "CONNECT 127.0.0.1:80 HTTP/1.1|X: no host",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Host: y",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Content-Length: 5",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Content-Length: 0|Content-Length: 0",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Transfer-Encoding: chunked",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 5",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Proxy-Authorization: Basic x|Proxy-Authorization: Basic y",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|Proxy-Authorization: Basic x|Proxy-Authorization: Bearer y",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host : x",
                "CONNECT 127.0.0.1:80 HTTP/1.1|Host: x|X\u0000: y",
                "CONNECT 127.0.0.1:80|Host: x",
                "CONNECT 127.0.0.1:80 FTP/1.1|Host: x"
            })
    void malformedOrSmugglingRequestIs400(String request) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8")
                        .trusting("127.0.0.0/8")
                        .start();
                Caller caller = relay.call()) {
            caller.send(request.replace("|", "\r\n") + "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");

            Caller.HttpReply reply = caller.httpReply(true);

            assertThat(reply.status()).isEqualTo(400);
            assertThat(caller.readToEnd()).as("one answer and no more").isEmpty();
            assertThat(relay.drops(DropReason.MALFORMED)).isOne();
            assertThat(relay.hasGrants()).isFalse();
        }
    }

    @Test
    void boundsHeaderAndLine() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller longHeader = relay.call();
                Caller longLine = relay.call()) {
            longHeader.send("GET / HTTP/1.1\r\nX: " + "x".repeat(9000) + "\r\n\r\n");
            longLine.send("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n");

            assertThat(longHeader.httpReply(true).status()).isEqualTo(431);
            assertThat(longLine.httpReply(true).status()).isEqualTo(414);
        }
    }

    @ParameterizedTest(name = "{0} answers {1}")
    @CsvSource({
        "GET / HTTP/1.1, 404",
        "HEAD /check HTTP/1.1, 404",
        "OPTIONS * HTTP/1.1, 404",
        "POST /v1/leases HTTP/1.1, 404",
        "GET http://example.test/ HTTP/1.1, 405"
    })
    void otherMethodsReachNothing(String line, int status) {
        try (TcpRelay relay = TcpRelay.Setup.allowing("0.0.0.0/0")
                        .trusting("127.0.0.0/8")
                        .start();
                Caller caller = relay.call()) {
            boolean hasBody = !line.startsWith("HEAD");
            caller.send(line + "\r\nHost: x\r\n\r\n");
            Caller.HttpReply first = caller.httpReply(hasBody);
            caller.send(line + "\r\nHost: x\r\n\r\n");
            Caller.HttpReply second = caller.httpReply(hasBody);

            assertThat(first.status()).isEqualTo(status);
            assertThat(second).isEqualTo(first);
            if (status == 405) {
                assertThat(first.headers()).containsEntry("allow", "CONNECT");
                assertThat(first.body()).contains("CONNECT only");
            }
        }
    }

    @Test
    void endsConnectionThatOnlyAsks() {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            caller.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000));

            String answers = new String(caller.readToEnd(), StandardCharsets.US_ASCII);

            assertThat(answers.split("HTTP/1.1 404", -1)).hasSize(1 + 16);
        }
    }

    @Test
    void p17_bytesBehindConnectGoToTheTargetOnly() throws InterruptedException {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (Destinations.Server sink = Destinations.serving(client -> {
                    received.add(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
                    client.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
                });
                TcpRelay relay = TcpRelay.Setup.allowing("127.0.0.0/8").start();
                Caller caller = relay.call()) {
            String behind = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\nCONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n";

            caller.send(Caller.connectRequest(sink.authority(), Caller.basic(TcpRelay.credential("bob"))) + behind);
            caller.finish();

            assertThat(caller.httpReply(true).status()).isEqualTo(200);
            assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(behind);
            assertThat(caller.readToEnd()).asString().isEqualTo("bye");
        }
    }

    @ParameterizedTest(name = "status {0}")
    @ValueSource(ints = {403, 407})
    void p17_bytesBehindRefusedConnectAreReadByNobody(int status) {
        try (TcpRelay relay = TcpRelay.Setup.allowing().start();
                Caller caller = relay.call()) {
            String credential = status == 407 ? "" : Caller.basic(TcpRelay.credential("bob"));

            caller.send(Caller.connectRequest("127.0.0.1:80", credential) + "GET /smuggled HTTP/1.1\r\n\r\n");

            assertThat(caller.httpReply(true).status()).isEqualTo(status);
            assertThat(caller.readToEnd()).isEmpty();
            assertThat(relay.drops(DropReason.UNEXPECTED_MESSAGE)).isZero();
        }
    }
}
