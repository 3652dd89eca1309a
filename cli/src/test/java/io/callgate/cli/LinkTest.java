package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Secret;
import io.callgate.model.Transport;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.link.LinkException;
import io.callgate.relay.link.LinkOptions;
import io.callgate.relay.link.LinkedRelay;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real relay and a real control, joined by the link.
@Timeout(180)
class LinkTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String OPEN = ", \"destinations\": [{\"cidr\": \"192.0.2.0/24\"}]";

    @TempDir
    private Path folder = Path.of("unset");

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private int port;
    private ControlUnderTest control;
    private LinkWire wire;
    private LinkFiles memory;

    @BeforeEach
    void startControl() throws IOException {
        control = new ControlUnderTest(Files.createDirectory(folder.resolve("control")));
        memory = new LinkFiles(Files.createDirectory(folder.resolve("relay")));
        port = FreePort.take();
        toClose.add(control);
        wire = new LinkWire(control.port);
        toClose.add(wire);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
        client.close();
    }

    @Test
    void aClientThatReachesNothingButTheRelayGetsALeaseAndThenACall() throws Exception {
        String secret = control.app("demo", OPEN);
        start(control.joinToken());
        wire.await(() -> control.hasServingRelay());

        JsonNode lease = lease(secret, "alice");

        assertThat(lease.get("candidates")
                        .valueStream()
                        .map(it -> it.get("transport").asString()))
                .contains("udp", "tcp", "tls", "https");
        assertThat(lease.get("candidates").valueStream().filter(it -> it.has("spki")))
                .isNotEmpty()
                .allSatisfy(it -> assertThat(it.get("spki").asString())
                        .isEqualTo(TestIdentity.ec().pin()));
        try (TurnClient call = call(login(lease), Transport.UDP, Optional.empty())) {
            assertThat(call.relayedAddress().getPort()).isPositive();
        }
        JsonNode renewed = MAPPER.readTree(
                relay("POST", "/v1/leases/" + lease.get("leaseId").asString() + "/renew", "", "")
                        .body());
        assertThat(renewed.has("credential")).isTrue();
        assertThat(relay("POST", "/v1/leases/" + lease.get("leaseId").asString() + "/end", "", "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(relay("GET", "/v1/policy?appId=demo", "", "").body()).contains("\"mode\"");
    }

    @Test
    void theFirstLeaseOfAnAppLeadsToARelayThatServesIt() throws Exception {
        control.app("before", OPEN);
        start(control.joinToken());
        wire.await(() -> control.relay().at("/stateVersion").asLong() > 0);

        for (int i = 0; i < 5; i++) {
            String secret = control.app("app-" + i, OPEN);
            Login login = login(MAPPER.readTree(relay(
                            "POST",
                            "/v1/leases",
                            ControlUnderTest.token("app-" + i, "alice", secret),
                            "{\"uid\":\"alice\"}")
                    .body()));
            call(login, Transport.UDP, Optional.empty()).close(); // refused if the relay did not know the app yet
        }
    }

    @Test
    void anOperatorsTokenIsWorthNothingAtARelay() throws Exception {
        start(control.joinToken());

        for (String path : List.of(
                "/v1/apps",
                "/v1",
                "/v1/",
                "/v1/relays",
                "/v1/leases/x/renew",
                "/v1/policy/../apps",
                "/v1/join-tokens")) {
            HttpResponse<String> response = relay("GET", path, control.operatorToken, "");
            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        }
        assertThat(relay("GET", "/v1/leases", control.operatorToken, "").statusCode())
                .isEqualTo(404);
        assertThat(relay("POST", "/v1/apps", control.operatorToken, "{}").statusCode())
                .isEqualTo(404);
        assertThat(relay("POST", "/link/state", control.operatorToken, "{}").statusCode())
                .isEqualTo(404);
        assertThat(relay("POST", "/v1/leases", "", "x".repeat(9_000)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void aSuspendedAppIsGoneWithinThreeSeconds() throws Exception {
        String secret = control.app("demo", OPEN);
        start(control.joinToken());
        wire.await(() -> control.hasServingRelay());
        Login login = login(lease(secret, "alice"));
        CountDownLatch ended = new CountDownLatch(1);
        try (TurnClient call = call(login, Transport.TCP, Optional.of(ended))) {
            assertThat(call.relayedAddress()).isNotNull();
            long beganNanos = System.nanoTime();

            control.ask("POST", "/v1/apps/demo/suspend", "");

            assertThat(ended.await(3, TimeUnit.SECONDS)).isTrue();
            assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(3));
        }
        assertThatThrownBy(() -> call(login, Transport.UDP, Optional.empty())).isInstanceOf(PathException.class);
        assertThat(relay("POST", "/v1/leases", ControlUnderTest.token("demo", "alice", secret), "{\"uid\":\"alice\"}")
                        .body())
                .contains("42001");
    }

    @Test
    void aRelayGoesOnWithoutControlOverARestartAndKeepsItsRevocations() throws Exception {
        String secret = control.app("demo", OPEN);
        LinkedRelay relay = start(control.joinToken());
        wire.await(() -> control.hasServingRelay());
        Login alice = login(lease(secret, "alice"));
        Login mallory = login(lease(secret, "mallory"));
        control.ask("POST", "/v1/apps/demo/revocations", "{\"uid\": \"mallory\"}");
        wire.await(() -> control.relay().get("stateVersion").asLong() >= 1 && isRefused(mallory));

        try (TurnClient running = call(alice, Transport.UDP, Optional.empty())) {
            control.stop();
            running.ping(attempt());
            HttpResponse<String> away =
                    relay("POST", "/v1/leases", ControlUnderTest.token("demo", "alice", secret), "{\"uid\":\"alice\"}");
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.body()).contains("does not reach control", "\"mend\"");
            call(alice, Transport.UDP, Optional.empty()).close();
        }
        relay.close();

        start("a-token-that-nobody-knows"); // not needed by a relay that has joined
        call(alice, Transport.UDP, Optional.empty()).close();
        assertThat(isRefused(mallory)).isTrue();
        for (String name : List.of("link.json", "link-state.json")) {
            Path file = memory.folder().resolve(name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file)).doesNotContain(secret, control.operatorToken);
        }

        control.startAgain();
        wire.await(() -> control.hasServingRelay());
    }

    @Test
    void aJoinTokenLetsOneRelayIn() throws Exception {
        String token = control.joinToken();
        start(token).close();

        LinkFiles other = new LinkFiles(Files.createDirectory(folder.resolve("other")));
        try (LinkedRelay second = LinkedRelay.start(own(List.of()), options(), link(token, "second", other))) {
            assertThatThrownBy(() -> second.awaitState(Duration.ofSeconds(10)))
                    .isInstanceOf(LinkException.class)
                    .hasMessage("control does not let this relay in: the join token is not known, used, or expired;"
                            + " create a new one: each lets one relay in");
        }
    }

    @Test
    void aBadStateIsRefusedWholeAndControlsOperatorSeesWhy() throws Exception {
        String secret = control.app("demo", OPEN + ", \"clients\": [\"203.0.113.0/24\"]");
        LinkedRelay relay = start(control.joinToken());
        wire.await(() -> control.hasServingRelay());
        Login alice = login(lease(secret, "alice"));

        control.app("other", OPEN + ", \"clients\": [\"203.0.113.128/25\"]");

        wire.await(() -> relay.refusal().isPresent());
        wire.await(() -> control.relay().has("refusal"));
        assertThat(control.relay().get("refusal").asString()).contains("203.0.113.128/25", "overlap", "app demo");
        call(alice, Transport.UDP, Optional.empty()).close();

        control.ask("PATCH", "/v1/apps/other", "{\"clients\": []}");
        wire.await(() -> !control.relay().has("refusal"));
    }

    @Test
    void p8ASpecialRangeIsOpenedByControlOnlyWhereTheRelaysOwnFileLeavesIt() throws Exception {
        String secret =
                control.app("demo", ", \"destinations\": [{\"cidr\": \"10.1.2.0/24\"}, {\"cidr\": \"10.9.0.0/16\"}]");
        LinkedRelay relay = start(control.joinToken());
        wire.await(() -> control.hasServingRelay());
        Login alice = login(lease(secret, "alice"));
        InetSocketAddress inside = new InetSocketAddress("10.1.2.3", 5000);

        try (TurnClient call = call(alice, Transport.UDP, Optional.empty())) {
            assertThatThrownBy(() -> call.open(inside, attempt())).isInstanceOf(PathException.class);
            wire.await(() -> control.relay().has("refusal"));
            assertThat(control.relay().get("refusal").asString())
                    .contains("10.1.2.0/24 of app demo", "10.9.0.0/16 of app demo", "controlMayOpen");

            relay.apply(own(List.of(Cidr.parse("10.1.0.0/16"))));

            call.open(inside, attempt());
            assertThat(relay.refusal())
                    .hasValueSatisfying(
                            rest -> assertThat(rest).contains("10.9.0.0/16").doesNotContain("10.1.2.0"));
        }
    }

    @Test
    void theOperatorsDrainReachesClientsAndIsTakenBack() throws Exception {
        String secret = control.app("demo", OPEN);
        LinkedRelay relay = start(control.joinToken());
        wire.await(() -> control.hasServingRelay());
        Login alice = login(lease(secret, "alice"));
        Login bob = login(lease(secret, "bob"));
        String path = "/v1/relays/" + control.relay().get("id").asString();
        try (TurnClient call = call(alice, Transport.UDP, Optional.empty())) {
            control.ask("POST", path + "/drain", "");
            wire.await(() -> relay.relay().isDraining());
            relay.relay().snapshot().get(20, TimeUnit.SECONDS); // the loops know it too

            call.ping(attempt());
            assertThat(call.isDraining()).isTrue();
            assertThat(isRefused(bob)).isTrue();
            assertThat(relay("POST", "/v1/leases", ControlUnderTest.token("demo", "bob", secret), "{\"uid\":\"bob\"}")
                            .statusCode())
                    .isNotEqualTo(200);

            control.ask("POST", path + "/resume", "");
            wire.await(() -> !relay.relay().isDraining());
            relay.relay().snapshot().get(20, TimeUnit.SECONDS);

            call.ping(attempt());
            assertThat(call.isDraining()).isFalse();
            assertThat(isRefused(bob)).isFalse();
            lease(secret, "bob");
        }
    }

    @Test
    void thePinOfANewCertificateReachesControl() throws Exception {
        String secret = control.app("demo", OPEN);
        LinkedRelay relay = start(control.joinToken());
        wire.await(() -> control.hasServingRelay());

        relay.apply(config(List.of()).desiredState(2, TestIdentity.rsa()));

        wire.await(() -> lease(secret, "alice")
                .get("candidates")
                .valueStream()
                .filter(it -> it.has("spki"))
                .allMatch(it ->
                        it.get("spki").asString().equals(TestIdentity.rsa().pin())));
    }

    // -------------------------------------------------------------------------------------------------- the actors

    private LinkedRelay start(String joinToken) throws InterruptedException {
        LinkedRelay linked = LinkedRelay.start(own(List.of()), options(), link(joinToken, "relay-1", memory));
        toClose.add(linked);
        assertThat(linked.awaitState(Duration.ofSeconds(20))).isTrue();
        return linked;
    }

    private DesiredState own(List<Cidr> controlMayOpen) {
        return config(controlMayOpen).desiredState(1, TestIdentity.ec());
    }

    private RelayConfig config(List<Cidr> controlMayOpen) {
        return RelayConfig.DEFAULT
                .withListeners(List.of(RelayConfig.listener(IpAddress.parse("127.0.0.1"), port)))
                .withControlMayOpen(controlMayOpen);
    }

    private static RelayOptions options() {
        return RelayOptions.of(new SystemTime());
    }

    private LinkOptions link(String joinToken, String name, LinkFiles files) {
        return LinkOptions.onLoopback(wire.port(), Secret.of(joinToken), name, files);
    }

    /// As a client does, it asks again where the relay had no answer from control in time.
    private JsonNode lease(String secret, String uid) {
        HttpResponse<String> response;
        int tries = 0;
        do {
            response = relay(
                    "POST", "/v1/leases", ControlUnderTest.token("demo", uid, secret), "{\"uid\":\"" + uid + "\"}");
            tries++;
        } while (response.statusCode() == 503 && response.body().contains("does not reach control") && tries < 5);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return MAPPER.readTree(response.body());
    }

    private static Login login(JsonNode lease) {
        JsonNode credential = lease.get("credential");
        return new Login(
                credential.get("username").asString(),
                credential.get("password").asString());
    }

    private TurnClient call(Login login, Transport transport, Optional<CountDownLatch> ended) {
        return TurnClient.allocate(
                new Entrance(HostPort.parse("127.0.0.1:" + port, 0), transport, Trust.system()),
                Dialer.direct(),
                login,
                new DatagramTunnel.Receiver() {
                    @Override
                    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

                    @Override
                    public void onEnded(Failure failure) {
                        ended.ifPresent(CountDownLatch::countDown);
                    }
                },
                new SystemTime(),
                attempt());
    }

    private boolean isRefused(Login login) {
        try {
            call(login, Transport.UDP, Optional.empty()).close();
            return false;
        } catch (PathException e) {
            return true;
        }
    }

    private static Attempt attempt() {
        return Attempt.within(new SystemTime(), Duration.ofSeconds(5));
    }

    /// To the relay's own port.
    private HttpResponse<String> relay(String method, String path, String token, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .version(HttpClient.Version.HTTP_1_1)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(method + " " + path, e);
        }
    }
}
