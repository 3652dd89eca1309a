package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.Control;
import io.callgate.model.TlsIdentity;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `app`, `pool`, `relay …`, `token` and `credentials` against a control that runs with a data folder.
class ControlCommandsTest {
    private static final FakeClock CLOCK = new FakeClock();

    @TempDir
    private Path data = Path.of("unset");

    private DataFolder folder = new DataFolder(Path.of("unset"));
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void startControl() {
        folder = new DataFolder(data);
        start(Optional.empty());
    }

    @AfterEach
    void stopControl() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        open.clear();
    }

    private ControlAccess start(Optional<TlsIdentity> identity) {
        FileLock lock = folder.lock();
        ControlStart start = new ControlStart(ControlFile.Settings.forAMoment(data), CLOCK);
        Control control = start.start(identity);
        open.add(control);
        open.add(lock.acquiredBy());
        ControlAccess access = start.access(control, identity);
        folder.started(access, 1, CLOCK.now().toString());
        return access;
    }

    @Test
    void usersOfTheConsoleGetAPasswordForTheFirstSignIn() {
        assertThat(run("user add alice --role operator").out())
                .matches("password of alice, shown this once: ([a-z2-9]{5}-){4}[a-z2-9]{5}\\R");
        run("user add bob");

        assertThat(run("user list").out()).containsPattern("alice +operator +-").containsPattern("bob +viewer");
        assertThat(run("user password bob").out()).startsWith("password of bob, shown this once: ");
        assertThat(run("user remove bob").out()).isEqualTo("removed bob\n");
        assertThat(refused("user", "remove", "alice")).contains("the last operator of the console");
        assertThat(refused("user", "add", "eve", "--role", "app-owner")).contains("names its apps");
        run("app create demo --contact eve --pools main --allow 198.51.100.0/24");
        run("app create shop --contact eve --pools main --allow 198.51.100.0/24");
        run("user add olive --role app-owner --app demo,shop");
        assertThat(run("user list").out()).containsPattern("olive +app-owner +demo, shop");
        assertThat(run("user apps olive shop").out()).isEqualTo("olive has shop\n");
    }

    @Test
    void createsShowsChangesAndSuspendsAnApp() {
        CommandLineRun created =
                run("app create demo --contact eve@example.com --pools main --allow 198.51.100.0/24 --allow"
                        + " sfu.example.com:443/tcp");
        String secret = created.out().replaceAll("(?s).*shown this once: (\\S+).*", "$1");

        assertThat(created.out())
                .contains("state          ACTIVE", "destinations   198.51.100.0/24, sfu.example.com:443/tcp");
        assertThat(secret).hasSize(43);

        CommandLineRun changed = run("app set demo --kbit 5000 --include-regions eu,us --mode SMART --entry"
                + " relay.example.com,203.0.113.7:443 --sdk-minimum 1.2.0 --lease 2h --clients 10.1.0.0/16");

        assertThat(changed.out()).isEqualTo("""
            app            demo
            state          ACTIVE
            contact        eve@example.com
            quota          100 sessions, 5000 kbit/s, 24 allocations a user
            regions        only eu, us
            carriers       -
            pools          main
            entry          relay.example.com, 203.0.113.7 port 443
            unasked mode   SMART, direct ways answer within 1000 ms, cellular stays direct
            destinations   198.51.100.0/24, sfu.example.com:443/tcp
            clients        10.1.0.0/16
            SDK minimum    1.2.0
            leases         120 min
            token secrets  1
            app sign       no
            """);
        assertThat(run("app set demo --entry none --clients none --exclude-regions none --sdk-minimum none")
                        .out())
                .contains("regions        all", "entry          -", "clients        -", "SDK minimum    -");
        assertThat(run("app suspend demo").out()).contains("state          SUSPENDED");
        assertThat(run("app list").out()).isEqualTo("""
            APP   STATE      SESSIONS  REGIONS  POOLS  TOKEN SECRETS  CONTACT
            demo  SUSPENDED  100       all      main   1              eve@example.com
            """);
        assertThat(run("app show demo").out()).doesNotContain(secret);
    }

    @Test
    void tellsFromWhenLeasesUseAPoolThatAnAppIsGiven() throws Exception {
        stopControl();
        ControlAccess access = start(Optional.empty());
        run("app create demo --pools main");
        run("pool create second");
        String token = json("relay join-token --pool main --region eu")
                .get("joinToken")
                .asString();
        HttpRequest join = HttpRequest.newBuilder(access.url().resolve("/link/join"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                    {"joinToken": "%s", "name": "r1",
                     "endpoints": [{"address": "203.0.113.1", "port": 443, "transports": ["udp"]}]}\
                    """.formatted(token)))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(join, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(201);
        }

        assertThat(run("app set demo --pools main,second").out())
                .contains("pools          main, second (in leases from "
                        + CLOCK.now().plus(Duration.ofDays(30)) + ")\n");
        assertThat(CommandLineRun.of("app", "set", "demo", "--emergency", "main burns", "--data", data.toString())
                        .out())
                .contains("pools          main, second\n");
        assertThat(run("audit --limit 1").out()).contains("app.change.emergency", "main burns");
    }

    @Test
    void anAppThatWasRequestedGetsItsFirstTokenSecretWhenItIsActivated() {
        assertThat(run("app request demo --pools main --sessions 10").out())
                .contains("REQUESTED", "token secrets  0")
                .doesNotContain("shown this once");
        assertThat(run("app activate demo").out()).contains("ACTIVE", "token secret, shown this once: ");
        run("app suspend demo");

        assertThat(run("app activate demo").out()).doesNotContain("shown this once");
    }

    @Test
    void rotatesTokenSecrets() {
        run("app create demo --pools main");
        assertThat(run("app secret rotate demo").out()).startsWith("token secret, shown this once: ");
        CommandLineRun third = CommandLineRun.of("app", "secret", "rotate", "demo", "--data", data.toString());
        String older =
                json("app secret list demo").get("items").get(1).get("id").asString();

        assertThat(third.exitCode()).isEqualTo(1);
        assertThat(third.err())
                .isEqualToIgnoringNewLines(
                        "callgate: app demo has two token secrets; remove the older one first: " + older);
        assertThat(run("app secret remove demo " + older).out()).isEqualToIgnoringNewLines("removed " + older);
        assertThat(json("app secret list demo").get("items")).hasSize(1);
        assertThat(run("app secret renew-sign demo").out()).startsWith("app sign, shown this once: ");
        assertThat(run("app secret remove-sign demo").out()).contains("has no app sign");
        assertThat(run("app revoke demo --uid mallory").out())
                .isEqualToIgnoringNewLines("mallory is refused until 2026-11-24T13:01:00Z");
    }

    @Test
    void keepsPoolsAndTheirAddresses() {
        run("app create demo --pools main");
        run("pool create dmz --owner demo");
        String published =
                run("pool publish dmz 203.0.113.7 --region eu --purpose media").out();
        String id = published.replaceAll("(?s).*: (\\S+)\\s*", "$1");

        assertThat(run("pool list").out()).contains("dmz   production  demo", "main  production  -");
        assertThat(run("pool addresses dmz").out()).contains("203.0.113.7/32  443    udp, tcp, tls  eu");
        assertThat(run("pool change dmz --notice-days 60").out()).contains("60 days ahead");
        assertThat(run("pool withdraw dmz " + id).out()).contains("203.0.113.7/32 ends ");
        String another = run("pool publish dmz 203.0.113.8 --region eu --valid-until 2030-01-01T00:00:00Z")
                .out()
                .replaceAll("(?s).*: (\\S+)\\s*", "$1");
        assertThat(run("pool addresses dmz").out()).contains("2030-01-01T00:00:00Z");
        run("pool forget dmz " + another);
        run("pool remove dmz");
        assertThat(json("pool list").get("items")).hasSize(1);
    }

    @Test
    void letsARelayJoin() {
        assertThat(run("relay join-token --pool main --region eu").out()).startsWith("cgj_");
        assertThat(json("relay join-token --pool main --region eu --ttl 2h")
                        .get("expiresAt")
                        .asString())
                .isEqualTo("2026-11-22T14:00:00Z");
        assertThat(run("relay list").out())
                .isEqualToIgnoringNewLines("RELAY  POOL  REGION  STATE  LOAD  SESSIONS  SEEN  SOFTWARE");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "app show nope | 1 | there is no app nope; list the apps first",
                "app activate demo | 1 | app demo has no pool to lead its clients to; change its pools",
                "app set demo --sessions 0 | 1 | quota.sessions \"0\": ",
                "app create demo | 1 | there is an app demo; choose another id",
                "relay show nope | 1 | there is no relay nope",
                "relay join-token --pool nope --region eu | 1 | pool \"nope\": there is no such pool",
                "token --app nope --uid a | 1 | there is no app nope",
                "token --app demo --uid a | 1 | app demo has no token secret",
                "credentials --app demo --subject a | 1 | activate it first",
                "app set demo | 2 | name what to change",
                "app set demo --allow 1.2.3 | 2 | --allow: rule \"1.2.3\"",
                "app set demo --kbit x | 2 | Invalid value for option '--kbit'",
                "app | 2 | Missing required subcommand",
                "app show demo --control https://h | 2 | name --data or --control, not both",
                "app show demo --pin x | 2 | go with --control URL",
            })
    void refusesWithAMend(String line, int exitCode, String said) {
        run("app request demo");

        List<String> args = new ArrayList<>(List.of(line.split(" ")));
        if (args.size() > 1) {
            args.addAll(List.of("--data", data.toString()));
        }
        CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));

        assertThat(run.err()).contains(said);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void answersFromTheFolderWhenNothingRuns() throws Exception {
        run("app create demo --pools main --allow 198.51.100.0/24");
        String credential = run("credentials --app demo --subject alice").out();
        String token = run("token --app demo --uid alice").out();
        stopControl();
        folder.stopped();

        assertThat(run("app list").out()).contains("demo  ACTIVE");
        assertThat(run("credentials --app demo --subject alice").out()).isEqualTo(credential);
        assertThat(run("token --app demo --uid alice").out()).isEqualTo(token);
        assertThat(token.split("\\.")).hasSize(3);
        assertThat(credential).contains("username: 1795352400:demo:alice", "password: ");
    }

    @Test
    void saysWhenThereIsNoControl() {
        CommandLineRun run =
                CommandLineRun.of("app", "list", "--data", data.resolve("none").toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("no control runs with the data folder", "start callgate serve or control");
    }

    @Test
    void theWayInIsForItsOwnerOnly() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.cliFile())))
                .isEqualTo("rw-------");
    }

    @Test
    void reachesAControlElsewhereByPinOrAuthority() throws Exception {
        stopControl();
        ControlAccess access = start(Optional.of(TestIdentity.ec()));
        Path authority = Files.writeString(
                data.resolve("ca.pem"), Pem.write(TestIdentity.ec().chain()));
        Path other = Files.writeString(
                data.resolve("other.pem"), Pem.write(TestIdentity.rsa().chain()));
        String url = access.url().toString();
        String token = data.resolve("operator.token").toString();

        assertThat(CommandLineRun.of("pool", "list", "--data", data.toString()).exitCode())
                .isZero();
        assertThat(elsewhere(url, token, "--pin", TestIdentity.ec().pin()).err())
                .isEmpty();
        assertThat(elsewhere(url, token, "--pin", TestIdentity.rsa().pin()).err())
                .contains("its key is not the pinned one", "--pin");
        assertThat(elsewhere(url, token, "--ca", authority.toString()).err()).isEmpty();
        assertThat(elsewhere(url, token, "--ca", other.toString()).err()).contains("cannot talk TLS", "--ca");
    }

    private static CommandLineRun elsewhere(String url, String tokenFile, String trust, String value) {
        return CommandLineRun.of("pool", "list", "--control", url, "--token-file", tokenFile, trust, value);
    }

    @Test
    void tellsWhatAnAppHasUsedAndWhoDidWhat() {
        run("app create demo --contact =1+1 --pools main");
        run("app set demo --sessions 7");

        assertThat(run("usage").out()).isEqualTo("""
            DAY  REGION  INGRESS  SESSIONS  MINUTES  BYTES TO PEER  BYTES TO CLIENT

            DAY  REGION  INGRESS  MOST SESSIONS AT ONCE
            """);
        assertThat(run("usage --app demo --from 2026-11-01 --until 2026-12-01 --csv")
                        .out())
                .isEqualTo("day,region,ingress,sessions,minutes,bytesToPeer,bytesToClient\n");
        assertThat(run("usage --csv --peaks").out()).isEqualTo("day,region,ingress,peakSessions\n");
        assertThat(run("audit --limit 1").out())
                .startsWith("AT ")
                .contains(
                        "127.0.0.1", "app.change", "was {\"quota\":{\"sessions\":100", "is {\"quota\":{\"sessions\":7");
        assertThat(run("audit --limit 1").out().lines()).hasSize(2);
        assertThat(run("audit --limit 0 --csv --target demo").out())
                .startsWith("at,actor,origin,action,target,detail,before,after\n")
                .doesNotContain(",=1+1");
        assertThat(run("usage retention --audit 365").out()).isEqualTo("""
            usage  400 days
            sites  90 days
            audit  365 days
            """);
        assertThat(run("usage erase --app demo eve").out())
                .isEqualTo("forgotten; entries of the audit that named it: 0\n");
        assertThat(run("allowlist reach").out()).startsWith("ADDRESS  PORTS");
    }

    private CommandLineRun run(String line) {
        List<String> args = new ArrayList<>(List.of(line.split(" ")));
        args.addAll(List.of("--data", data.toString()));
        CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private String refused(String... line) {
        List<String> args = new ArrayList<>(List.of(line));
        args.addAll(List.of("--data", data.toString()));
        CommandLineRun run = CommandLineRun.of(args.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(1);
        return run.err();
    }

    private JsonNode json(String line) {
        ObjectNode json = JsonOutput.parse(run(line + " --json").out());
        return json;
    }
}
