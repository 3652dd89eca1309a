package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.model.Candidate;
import io.callgate.model.Endpoint;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import io.callgate.model.Transport;
import io.callgate.testkit.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole fleet against real failures: controls killed, the database gone, relays started again, while real bytes
/// go through real relays. Runs by flag as [FirewallLabTest]; the times are printed at the end and kept in
/// `target/lab-fleet/table.md`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = ".+", disabledReason = "runs with -Dlab=smoke or -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetLabTest {
    private static final Duration TOLD_WITHIN = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration USAGE_TOLD_WITHIN = Duration.ofSeconds(30);
    private static final int NOT_ACTIVATED = 42001;

    private final Duration outage = Duration.ofSeconds(LabSize.chosen() == LabSize.WHOLE ? 60 : 6);
    private final Path folder = Path.of("target", "lab-fleet").toAbsolutePath();
    private final List<String> times = new ArrayList<>();
    private Fleet fleet;

    @BeforeAll
    void setUp(Installation installation) throws Exception {
        Obstacle.stopAt(Fleet.obstacle());
        FirewallLabTest.empty(folder);
        fleet = new Fleet(folder, installation.launcher());
    }

    @AfterAll
    void tearDown() throws IOException {
        if (fleet == null) return;
        fleet.close();
        String table = "| what | measured | bound |\n|---|---|---|\n" + String.join("\n", times) + "\n";
        System.out.println("\n" + table);
        Files.writeString(folder.resolve("table.md"), table);
    }

    /// The life of a call: a lease by way of one relay names another, the control that gave it dies, the other
    /// control renews it, and at last the operator suspends the app.
    @Test
    void callOutlivesItsControlAndEndsWithItsApp() {
        FleetApp app = fleet.activate("suspended", "[\"main\"]");
        FleetApp other = fleet.activate("bystander", "[\"main\"]");
        Lease lease = lease(1, app, "alice", "us");
        Candidate named = udp(lease);
        assertThat(named.relay())
                .as("the relay of the wanted region")
                .isEqualTo(fleet.relay(2).name());

        try (EchoPeer peer = EchoPeer.on(fleet.cloud());
                FleetCall call = begin(lease, peer);
                FleetCall bystander = begin(lease(1, other, "bob", "us"), peer)) {
            fleet.kill(fleet.control(1));
            call.awaitEcho();

            long renewed = System.nanoTime();
            JsonNode again = fleet.client(1, "-").post("/v1/leases/" + lease.leaseId() + "/renew");
            time("renewal at the other control, the first having been killed", System.nanoTime() - renewed, PATIENCE);
            Lease second = LeaseJson.parseLease(again.toString());
            assertThat(second.expiresAt()).isAfterOrEqualTo(lease.expiresAt());
            assertThat(code(second, fleet.relay(2)))
                    .as("Allocate with the renewed credential")
                    .isZero();

            long suspended = System.nanoTime();
            fleet.operator(2).post("/v1/apps/" + app.id() + "/suspend");
            long ended = call.awaitSilence(PATIENCE);
            time("last packet of a suspended app", ended - suspended, TOLD_WITHIN);

            ControlApi.Reply refused = fleet.client(1, app.token("alice")).call("POST", "/v1/leases", uid("alice"));
            assertThat(refused.code()).as("%s", refused.body()).isEqualTo(NOT_ACTIVATED);
            assertThat(code(second, fleet.relay(2)))
                    .as("Allocate for a suspended app")
                    .isNotZero();
            bystander.awaitEcho();
        } finally {
            fleet.startIfGone(fleet.control(1));
        }
    }

    /// Media servers stand behind the relays: more of them are no firewall's business.
    @Test
    void tenMoreMediaServersChangeNoAllowlistAndTheirCallsPassTheSameFirewall() {
        FleetApp app = fleet.activate("growing", "[\"main\"]");
        ControlApi operator = fleet.operator(1);
        operator.call("PATCH", "/v1/apps/growing", "{\"destinations\": []}").granted();
        JsonNode list = operator.get("/v1/apps/growing/allowlist");
        StringBuilder servers =
                new StringBuilder("{\"cidr\": \"" + fleet.cloud().address() + "/32\"}");
        for (int i = 1; i < 10; i++)
            servers.append(", {\"cidr\": \"192.0.2.").append(i).append("/32\"}");

        try (EchoPeer peer = EchoPeer.on(fleet.cloud())) {
            assertThatThrownBy(() -> begin(lease(1, app, "alice", "eu"), peer)).isInstanceOf(AssertionError.class);
            operator.call("PATCH", "/v1/apps/growing", "{\"destinations\": [" + servers + "]}")
                    .granted();
            long added = System.nanoTime();
            Await.until("a call to a new media server", TOLD_WITHIN, () -> {
                try (FleetCall call = begin(lease(1, app, "alice", "eu"), peer)) {
                    call.awaitEcho();
                    return true;
                } catch (AssertionError refused) {
                    return false;
                }
            });
            time("call to a media server after it was added", System.nanoTime() - added, PATIENCE);
        }

        assertThat(operator.get("/v1/apps/growing/allowlist")).isEqualTo(list);
        assertThat(fleet.lab().router().packetsBetweenCorpAndCloud()).isZero();
    }

    /// Without control and database nothing changes for those who have credentials; and nothing that they used
    /// meanwhile is lost to the bill.
    @Test
    void callsGoOnWithoutControlAndDatabase() {
        FleetApp app = fleet.activate("alone", "[\"main\"]");
        Lease lease = lease(1, app, "alice", "eu");
        try (EchoPeer peer = EchoPeer.on(fleet.cloud());
                FleetCall call = begin(lease, peer)) {
            fleet.controls().forEach(fleet::kill);
            fleet.database().stop();
            long gone = System.nanoTime();

            try (FleetCall fresh = begin(lease, peer)) {
                while (System.nanoTime() - gone < outage.toNanos()) call.awaitEcho();
                fresh.awaitEcho();
                fresh.stopSending();
            }
            try (FleetCall late = begin(lease, peer)) {
                late.awaitEcho();
                late.stopSending();
            }
            int refused = fleet.client(1, app.token("bob"))
                    .call("POST", "/v1/leases", uid("bob"))
                    .status();
            assertThat(refused).as("a new lease without any control").isEqualTo(503);

            fleet.database().start();
            fleet.controls().forEach(fleet::start);
            call.awaitEcho();
            call.stopSending();
            long back = System.nanoTime();
            long toPeer = peer.bytesReceived();
            long toClient = peer.bytesSent();
            List<Long> counted = List.of(toPeer, toClient);
            Await.until(
                    "the usage to be " + counted,
                    USAGE_TOLD_WITHIN,
                    () -> usage(app).equals(counted));
            time(
                    "usage equals the peers' byte count after an outage of %d s".formatted(outage.toSeconds()),
                    System.nanoTime() - back,
                    USAGE_TOLD_WITHIN);
        }
    }

    /// Thrown out is thrown out: also at a relay that has been killed and started again while no control could
    /// tell it anything.
    @Test
    void endedSessionStaysOutOverARestartWithoutControl() {
        FleetApp app = fleet.activate("guarded", "[\"main\"]");
        Lease bad = lease(1, app, "mallory", "us");
        Lease good = lease(1, app, "alice", "us");
        Host relay = fleet.relay(2);
        try (EchoPeer peer = EchoPeer.on(fleet.cloud());
                FleetCall call = begin(bad, peer)) {
            List<JsonNode> live = new ArrayList<>();
            Await.until("the session to be listed", PATIENCE, () -> {
                live.clear();
                fleet.operator(1)
                        .get("/v1/sessions?appId=" + app.id())
                        .path("items")
                        .forEach(live::add);
                return !live.isEmpty();
            });
            assertThat(live).singleElement().satisfies(session -> {
                assertThat(session.path("uid").asString()).isEqualTo("mallory");
                assertThat(session.path("relay").asString()).isEqualTo(relay.name());
            });

            long asked = System.nanoTime();
            fleet.operator(1).post("/v1/sessions/" + live.getFirst().path("id").asString() + "/end");
            time("last packet of an ended session", call.awaitSilence(PATIENCE) - asked, TOLD_WITHIN);
            assertThat(code(bad, relay))
                    .as("Allocate of a user who was thrown out")
                    .isNotZero();
            assertThat(code(good, relay)).as("Allocate of another").isZero();
        }

        fleet.cutControls();
        try {
            fleet.kill(relay);
            long killed = System.nanoTime();
            fleet.start(relay);
            time("start of a relay that finds no control", System.nanoTime() - killed, PATIENCE);
            assertThat(code(bad, relay)).as("Allocate after the restart").isNotZero();
            assertThat(code(good, relay))
                    .as("Allocate of another after the restart")
                    .isZero();
        } finally {
            fleet.healControls();
        }
    }

    /// Nothing of one customer is ever on the machines of another, and nowhere is there a token secret. That the
    /// search finds what is there is seen by the relay's own secrets.
    @Test
    void relaysHoldNoSecretThatIsNotTheirs() throws IOException {
        FleetApp vendor = fleet.activate(Fleet.VENDOR, "[\"own\"]");
        FleetApp stranger = fleet.activate("stranger", "[\"main\"]");
        Host own = fleet.relay(3);
        Host shared = fleet.relay(1);
        try (EchoPeer peer = EchoPeer.on(fleet.cloud());
                FleetCall call = begin(lease(3, vendor, "alice", "eu"), peer)) {
            assertThat(code(lease(1, stranger, "bob", "eu"), shared)).isZero();
            call.awaitEcho();
            List<String> ownSecrets = relaySecrets(own, vendor);
            List<String> strangersSecrets = relaySecrets(shared, stranger);

            assertThat(state(own)).doesNotContain(stranger.id()).doesNotContain(strangersSecrets);
            assertThat(ownSecrets).allMatch(secret -> ProcessMemory.holds(fleet.pid(own), secret));
            assertThat(strangersSecrets).allMatch(secret -> ProcessMemory.holds(fleet.pid(shared), secret));
            assertThat(strangersSecrets).noneMatch(secret -> ProcessMemory.holds(fleet.pid(own), secret));
            assertThat(ownSecrets).noneMatch(secret -> ProcessMemory.holds(fleet.pid(shared), secret));
            for (Host relay : List.of(own, shared)) {
                assertThat(state(relay)).doesNotContain(vendor.tokenSecret()).doesNotContain(stranger.tokenSecret());
                assertThat(ProcessMemory.holds(fleet.pid(relay), vendor.tokenSecret()))
                        .isFalse();
                assertThat(ProcessMemory.holds(fleet.pid(relay), stranger.tokenSecret()))
                        .isFalse();
            }
        }
    }

    @Test
    void operatorsTokenOpensNothingAtARelay() {
        assertThat(fleet.operator(1).call("GET", "/v1/apps", null).status()).isEqualTo(200);

        ControlApi relay = fleet.client(1, fleet.operatorToken());
        assertThat(relay.call("GET", "/v1/apps", null).status()).isEqualTo(404);
        assertThat(relay.call("POST", "/v1/pools", "{\"id\": \"mine\", \"kind\": \"trial\"}")
                        .status())
                .isEqualTo(404);
        assertThat(relay.call("GET", "/v1/leases/../apps", null).status()).isEqualTo(404);
    }

    /// What a vendor publishes as a table goes in as a pool and comes out as the same table.
    @ParameterizedTest
    @EnumSource(VendorTable.class)
    void vendorsTableComesBackRowByRow(VendorTable table) {
        ControlApi operator = fleet.operator(1);
        String pool = "table-" + table.name().toLowerCase(Locale.ROOT);
        operator.post("/v1/pools", "{\"id\": \"%s\", \"kind\": \"trial\"}".formatted(pool));
        for (String row : table.rows()) operator.post("/v1/pools/" + pool + "/addresses", VendorTable.json(row));

        List<String> back = new ArrayList<>();
        operator.get("/v1/pools/" + pool + "/addresses")
                .path("items")
                .forEach(entry -> back.add(VendorTable.row(entry)));
        assertThat(back).containsExactlyInAnyOrderElementsOf(table.rows());
    }

    /// ZEGO publishes no address: each customer is handed a domain and a port on activation.
    @Test
    void entryIsHandedOverOnActivation() {
        ControlApi operator = fleet.operator(1);
        operator.post(
                "/v1/apps",
                "{\"id\": \"entry\", \"contact\": \"lab@example.com\", \"pools\": [\"main\"],"
                        + " \"entry\": {\"domain\": \"xxxxxxxxxxx.zego.im\", \"port\": 1080}}");

        JsonNode entry = operator.post("/v1/apps/entry/activate").path("entry");

        assertThat(entry.path("domain").asString()).isEqualTo("xxxxxxxxxxx.zego.im");
        assertThat(entry.path("port").asInt()).isEqualTo(1080);
    }

    private Lease lease(int relay, FleetApp app, String uid, String region) {
        String request = "{\"uid\": \"%s\", \"region\": \"%s\", \"transports\": [\"udp\"]}".formatted(uid, region);
        AtomicReference<Lease> wanted = new AtomicReference<>();
        // A relay that has just come back is named once control has heard from it.
        Await.until("a lease for " + uid + " in " + region, PATIENCE, () -> {
            ControlApi.Reply reply = fleet.client(relay, app.token(uid)).call("POST", "/v1/leases", request);
            if (reply.status() != 200) return false;
            Lease lease = LeaseJson.parseLease(reply.body().toString());
            wanted.set(lease);
            return lease.candidates().getFirst().region().value().equals(region);
        });
        return Objects.requireNonNull(wanted.get());
    }

    private static Candidate udp(Lease lease) {
        return lease.candidates().stream()
                .filter(candidate -> candidate.transport() == Transport.UDP)
                .findFirst()
                .orElseThrow();
    }

    private FleetCall begin(Lease lease, EchoPeer peer) {
        Endpoint endpoint = udp(lease).endpoint();
        InetSocketAddress relay = new InetSocketAddress(endpoint.address().toInetAddress(), endpoint.port());
        // Of an app that has just been activated relays may hear a moment after its first client.
        Await.until(
                "the relay to know the app",
                TOLD_WITHIN,
                () -> FleetCall.tryAllocate(fleet.corp(), relay, login(lease)) == 0);
        return FleetCall.begin(fleet.corp(), relay, login(lease), peer.address());
    }

    private int code(Lease lease, Host relay) {
        return FleetCall.tryAllocate(fleet.corp(), new InetSocketAddress(relay.address(), 443), login(lease));
    }

    private static Login login(Lease lease) {
        return new Login(lease.credential().username(), lease.credential().password());
    }

    private static String uid(String uid) {
        return "{\"uid\": \"%s\"}".formatted(uid);
    }

    /// Bytes to peers and to clients, by control's books.
    private List<Long> usage(FleetApp app) {
        ControlApi.Reply reply = fleet.operator(1).call("GET", "/v1/apps/" + app.id() + "/usage", null);
        long toPeer = 0;
        long toClient = 0;
        for (JsonNode hour : reply.body().path("items")) {
            toPeer += hour.path("bytesToPeer").asLong();
            toClient += hour.path("bytesToClient").asLong();
        }
        return List.of(toPeer, toClient);
    }

    /// All that the relay has on disk.
    private String state(Host relay) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(fleet.data(relay))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return all.toString();
    }

    private List<String> relaySecrets(Host relay, FleetApp app) throws IOException {
        JsonNode state = JsonMapper.builder()
                .build()
                .readTree(Files.readString(fleet.data(relay).resolve("link-state.json")));
        List<String> secrets = new ArrayList<>();
        for (JsonNode each : state.path("apps")) {
            if (each.path("id").asString().equals(app.id())) {
                each.path("secrets").forEach(secret -> secrets.add(secret.asString()));
            }
        }
        assertThat(secrets)
                .as("relay secrets of %s at %s", app.id(), relay.name())
                .isNotEmpty();
        return secrets;
    }

    private void time(String what, long nanos, Duration bound) {
        times.add("| %s | %d ms | %d ms |".formatted(what, TimeUnit.NANOSECONDS.toMillis(nanos), bound.toMillis()));
        assertThat(Duration.ofNanos(nanos)).as(what).isLessThan(bound);
    }
}
