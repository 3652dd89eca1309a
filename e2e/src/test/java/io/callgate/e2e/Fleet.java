package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Firewall;
import io.callgate.testkit.Host;
import io.callgate.testkit.LabException;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.NetLab;
import io.callgate.testkit.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Three relays, two controls and a PostgreSQL, each a process of its own on a host of its own:
///
/// ```
/// corp ── firewall ─┬─ relay1 (eu, pool main)   relay2 (us, pool main)   relay3 (eu, pool own, of app `vendor`)
///                   ├─ control1  control2 ── database
///                   └─ cloud: peers
/// ```
///
/// corp reaches UDP 443, 3478, 7070 and TCP 443 of the relays, and nothing else: never a control.
final class Fleet implements AutoCloseable {
    /// Whose pool `own` is.
    static final String VENDOR = "vendor";

    private static final int CONTROL_PORT = 8444;
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("^ready$");
    private static final String SEAL_KEY = "bGFib3JhdG9yeSBsYWJvcmF0b3J5IGxhYm9yYXRvcnk="; // 32 bytes, for both

    private final NetLab lab;
    private final Path folder;
    private final Path launcher;
    private final LabAuthority authority;
    private final PostgresServer database;
    private final Map<Host, LabProcess> running = new LinkedHashMap<>();
    private final String operatorToken;
    private int starts;

    /// @param folder empty, for logs, files and data
    Fleet(Path folder, Path launcher) throws IOException {
        this.folder = folder;
        this.launcher = launcher;
        lab = NetLab.create(folder, List.of("relay1", "relay2", "relay3", "control1", "control2", "database"));
        try {
            List<Host> servers = new ArrayList<>(relays());
            servers.addAll(controls());
            authority = new LabAuthority(
                    Files.createDirectories(folder.resolve("authority")),
                    servers.stream().map(Host::address).toList(),
                    "fleet.callgate.test");
            database = PostgresServer.on(lab.host("database"));
            String url = database.createDatabase("callgate");
            for (Host control : controls()) {
                write(control.name(), """
                    listen: {address: %s, port: %d}
                    tls: {certificate: "%s", key: "%s"}
                    data: %s
                    database: {url: "%s"}
                    """.formatted(
                                control.address(),
                                CONTROL_PORT,
                                authority.relayCertificate(),
                                authority.relayKey(),
                                data(control),
                                url));
            }
            start(control(1)); // makes the tables and the operator's token
            start(control(2));
            operatorToken =
                    Files.readString(data(control(1)).resolve("operator.token")).strip();
            ControlApi operator = operator(1);
            operator.post("/v1/apps", app(VENDOR, "[]"));
            if (operator.call("GET", "/v1/pools/main", null).status() == 404) {
                operator.post("/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
            }
            operator.post("/v1/pools", "{\"id\": \"own\", \"kind\": \"production\", \"owner\": \"vendor\"}");
            enrol(relay(1), "main", "eu");
            enrol(relay(2), "main", "us");
            enrol(relay(3), "own", "eu");
            lab.router().enforce(Firewall.UDP_ALLOWLIST, relays());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Why this machine cannot have a fleet; empty if it can.
    static Optional<String> obstacle() {
        return List.of("/usr/bin/openssl", "/usr/bin/certutil", "/usr/bin/setpriv", "/usr/bin/curl").stream()
                .filter(program -> !Files.isExecutable(Path.of(program)))
                .findFirst()
                .map(program -> "there is no " + program)
                .or(PostgresServer::reasonAgainst)
                .or(NetLab::obstacle);
    }

    NetLab lab() {
        return lab;
    }

    Host corp() {
        return lab.corp();
    }

    Host cloud() {
        return lab.cloud();
    }

    /// @param number 1 to 3
    Host relay(int number) {
        return lab.host("relay" + number);
    }

    /// @param number 1 or 2
    Host control(int number) {
        return lab.host("control" + number);
    }

    List<Host> controls() {
        return List.of(control(1), control(2));
    }

    PostgresServer database() {
        return database;
    }

    /// As the operator calls control, from a machine that may.
    ControlApi operator(int control) {
        URI base = URI.create("https://" + control(control).address() + ":" + CONTROL_PORT);
        return new ControlApi(lab.company(), authority.authorityCertificate(), base, operatorToken);
    }

    /// As a client in corp calls control: through a relay.
    ControlApi client(int relay, String token) {
        return new ControlApi(
                lab.corp(),
                authority.authorityCertificate(),
                URI.create("https://" + relay(relay).address() + ":443"),
                token);
    }

    /// Who vouches for relays and controls.
    Path authorityCertificate() {
        return authority.authorityCertificate();
    }

    String operatorToken() {
        return operatorToken;
    }

    /// Makes an app active in the pools, with the cloud as its destination.
    FleetApp activate(String id, String pools) {
        ControlApi operator = operator(1);
        if (!id.equals(VENDOR)) operator.post("/v1/apps", app(id, pools));
        else
            operator.call("PATCH", "/v1/apps/" + id, "{\"pools\": " + pools + "}")
                    .granted();
        operator.post("/v1/apps/" + id + "/activate");
        String secret = operator.post("/v1/apps/" + id + "/token-secrets")
                .path("secret")
                .asString();
        return new FleetApp(id, secret);
    }

    long pid(Host host) {
        return process(host).pid();
    }

    Path data(Host host) {
        return folder.resolve(host.name() + "-data");
    }

    /// Ends what runs on a host as a crash would.
    void kill(Host host) {
        LabProcess process = process(host);
        process.signal("KILL");
        process.awaitEnd(READY_LIMIT);
        running.remove(host);
    }

    /// Ends a relay as its operator would: it drains for a second, and ends.
    ///
    /// @return when that was asked for, as `System.nanoTime()`
    long drain(Host relay) {
        LabProcess process = process(relay);
        long askedNanos = System.nanoTime();
        process.signal("TERM");
        process.awaitEnd(READY_LIMIT);
        running.remove(relay);
        return askedNanos;
    }

    /// Drains a relay at control, where its calls are told to leave it; its process stays.
    void drainAtControl(Host relay) {
        operator(1).post("/v1/relays/" + idOf(relay) + "/drain");
    }

    /// Ends what [#drainAtControl] began.
    void resumeAtControl(Host relay) {
        operator(1).post("/v1/relays/" + idOf(relay) + "/resume");
    }

    /// Starts what belongs on the host, with the file and data that it had before; comes back when it is ready.
    void start(Host host) {
        String command = host.name().startsWith("control") ? "control" : "relay";
        List<String> line = new ArrayList<>(List.of(
                launcher.toString(), command, "--config", file(host.name()).toString()));
        if (command.equals("relay")) line.addAll(List.of("--data", data(host).toString(), "--grace", "1s"));
        LabProcess process = host.start("callgate-" + ++starts, line, Map.of("CALLGATE_SEAL_KEY", SEAL_KEY));
        try {
            process.awaitLine(READY, READY_LIMIT);
        } catch (LabException e) {
            process.close(); // or it would stand in the way of the next one
            throw e;
        }
        running.put(host, process);
    }

    /// As [#start], unless it runs.
    void startIfGone(Host host) {
        if (!running.containsKey(host)) start(host);
    }

    /// Makes controls a silent black hole, for relays as for operators.
    void cutControls() {
        controls().forEach(lab.router()::cut);
    }

    void healControls() {
        controls().forEach(lab.router()::heal);
    }

    @Override
    public void close() {
        lab.close();
    }

    List<Host> relays() {
        return List.of(relay(1), relay(2), relay(3));
    }

    private String idOf(Host relay) {
        return operator(1)
                .get("/v1/relays")
                .path("items")
                .valueStream()
                .filter(each -> each.path("name").asString().equals(relay.name()))
                .map(each -> each.path("id").asString())
                .findFirst()
                .orElseThrow();
    }

    private LabProcess process(Host host) {
        LabProcess process = running.get(host);
        assertThat(process).as("nothing runs on " + host.name()).isNotNull();
        return process;
    }

    /// The address is published first: a relay that brings a new one into a pool in use has to wait out its
    /// notice.
    private void enrol(Host relay, String pool, String region) throws IOException {
        operator(1).post("/v1/pools/" + pool + "/addresses", """
            {"cidr": "%s/32", "ports": "443", "transports": ["udp", "tcp", "tls"], "region": "%s", "purpose": "lab",
             "validFrom": "%s", "emergency": "the laboratory has no month"}
            """.formatted(
                        relay.address(), region, Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        String token = operator(1)
                .post("/v1/join-tokens", "{\"pool\": \"%s\", \"region\": \"%s\"}".formatted(pool, region))
                .path("joinToken")
                .asString();
        Files.createDirectories(data(relay));
        write(relay.name(), """
            listen:
              - {address: %1$s, port: 443}
              - {address: %1$s, ports: [3478], transports: [udp]}
            tls: {certificate: "%2$s", key: "%3$s"}
            control:
              urls: [%4$s]
              joinToken: "%5$s"
              ca: "%6$s"
              name: %7$s
            controlMayOpen: [%8$s/32]
            """.formatted(
                        relay.address(),
                        authority.relayCertificate(),
                        authority.relayKey(),
                        String.join(
                                ", ",
                                controls().stream()
                                        .map(control -> "https://" + control.address() + ":" + CONTROL_PORT)
                                        .toList()),
                        token,
                        authority.authorityCertificate(),
                        relay.name(),
                        cloud().address()));
        start(relay);
    }

    private String app(String id, String pools) {
        return """
            {"id": "%s", "contact": "lab@example.com", "pools": %s,
             "destinations": [{"cidr": "%s/32", "ports": ["1-65535"], "protocols": ["udp", "tcp"]}]}
            """.formatted(id, pools, cloud().address());
    }

    private Path file(String name) {
        return folder.resolve(name + ".yaml");
    }

    private void write(String name, String yaml) {
        LoopbackRelay.write(file(name), yaml);
    }
}
