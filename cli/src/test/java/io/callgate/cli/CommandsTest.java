package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.RelayCredential;
import io.callgate.model.RelayUsername;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class CommandsTest {
    @TempDir
    private Path folder = Path.of("unset");

    private Path file = Path.of("unset");

    @BeforeEach
    void writeFile() throws IOException {
        file = folder.resolve("relay.yaml");
        Files.writeString(file, """
            listen: [{address: 203.0.113.7, port: 443}]
            apps:
              - {id: demo, secrets: [0123456789abcdef, fedcba9876543210]}
              - {id: keyless, clients: [10.1.0.0/16]}
            """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "serve --help",
                "relay --help",
                "control --help",
                "app --help",
                "app set --help",
                "app secret rotate --help",
                "pool --help",
                "session end --help",
                "user add --help",
                "relay join-token --help",
                "credentials --help",
                "token --help",
                "allowlist --help",
                "allowlist key --help",
                "allowlist verify --help",
                "allowlist diff --help",
                "allowlist versions --help",
                "allowlist reach --help",
                "usage --help",
                "usage erase --help",
                "usage retention --help",
                "audit --help",
                "doctor --help",
                "config --help",
                "config check --help",
                "--version"
            })
    void everyCommandHelps(String line) {
        CommandLineRun run = CommandLineRun.of(line.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isNotBlank();
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "'' | name a command: serve, relay, control, app, pool, session, usage, audit, user, credentials,"
                        + " token, allowlist, doctor, config",
                "fly | Unmatched argument at index 0: 'fly'",
                "config | name what to do",
                "config check | Missing required parameter: 'F'",
                "relay | Missing required option: '--config",
                "serve --port 0 | --port 0: a port is within 1 to 65535",
                "serve --port x | Invalid value for option '--port'",
                "serve --console-port 65536 | --console-port 65536",
                "serve --address localhost | --address: \"localhost\" is no IP address",
                "serve --allow 10.0.0.1/8 | host bits set; write 10.0.0.0/8",
                "serve --grace soon | --grace: \"soon\": want a number and a unit",
                "serve --log-format xml | expected one of [TEXT, JSON]",
                "credentials --app demo | Missing required option: '--subject=S'",
                "credentials --app demo --subject a:b | --subject: subject \"a:b\"",
                "credentials --app a/b --subject a | --app: app id \"a/b\"",
                "credentials --app demo --subject a --ttl 50h | at most 49h",
                "credentials --app demo --subject a --ttl 0s | want more than 0s",
                "credentials --app demo --subject a --ttl never | --ttl: \"never\"",
                "credentials --app demo --subject a --config f --data d | mutually exclusive",
                "allowlist --format xml | want text, json, csv, nftables, iptables, paloalto, fortinet, cisco",
                "allowlist --config f --data d | mutually exclusive",
                "usage --from yesterday | --from \"yesterday\": want a day as in 2026-11-22",
                "audit --limit -1 | --limit -1: want 0 for all",
                "allowlist verify f | Missing required option: '--key=K'",
                "allowlist verify f --key k | --key: allowlist key \"k\": want ed25519/",
                "allowlist diff x | Invalid value for positional parameter",
                "allowlist --side left | Invalid value for option '--side'",
            })
    void wrongUsageIsOneLineAndExitCode2(String line, String expected) {
        CommandLineRun run = CommandLineRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(expected).contains("--help)");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void printsACredentialThatTheRelayWillAccept() {
        CommandLineRun run = CommandLineRun.of(
                "credentials",
                "--app",
                "demo",
                "--subject",
                "alice@example",
                "--ttl",
                "90s",
                "--config",
                file.toString());

        assertThat(run.exitCode()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(2);
        String username = lines.get(0).substring("username: ".length());
        Optional<RelayUsername> parsed = RelayUsername.parse(username);
        assertThat(parsed).hasValueSatisfying(name -> {
            assertThat(name.expiresAt()).isEqualTo(Instant.parse("2026-11-22T12:01:30Z"));
            assertThat(name.app().value()).isEqualTo("demo");
            assertThat(name.subject().value()).isEqualTo("alice@example");
        });
        assertThat(lines.get(1))
                .isEqualTo("password: " + RelayCredential.password(Secret.of("0123456789abcdef"), username));
    }

    @Test
    void printsACredentialAsJson() {
        CommandLineRun run = CommandLineRun.of(
                "credentials", "--app", "demo", "--subject", "a", "--json", "--config", file.toString());

        ObjectNode json = JsonOutput.parse(run.out());
        assertThat(json.get("username").asString()).isEqualTo("1795352400:demo:a");
        assertThat(json.get("password").asString()).hasSize(28);
        assertThat(json.get("expiresAt").asString()).isEqualTo("2026-11-22T13:00:00Z");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "credentials --app nope --subject a --config FILE | no app nope in FILE; it has demo, keyless",
                "credentials --app keyless --subject a --config FILE | app keyless in FILE has no secrets",
                "credentials --app demo --subject a --config FILE.no | cannot read FILE.no: there is no such file",
                "allowlist --app nope --config FILE | no app nope in FILE; it has demo, keyless",
                "allowlist --data FOLDER/none | start callgate serve --data FOLDER/none once",
            })
    void aFailureIsOneLineAndExitCode1(String line, String expected) {
        String[] args = line.replace("FILE", file.toString())
                .replace("FOLDER", folder.toString())
                .split(" ");

        CommandLineRun run = CommandLineRun.of(args);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("callgate: ")
                .contains(expected.replace("FILE", file.toString()).replace("FOLDER", folder.toString()));
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void printsATokenSignedWithTheFirstSecret() throws IOException {
        Files.writeString(file, """
            listen: [{address: 203.0.113.7, port: 443}]
            apps: [{id: demo, secrets: [0123456789abcdef0123456789abcdef]}]
            """);

        CommandLineRun run = CommandLineRun.of(
                "token", "--app", "demo", "--uid", "alice", "--ttl", "90s", "--config", file.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().strip())
                .isEqualTo(AppToken.mint(
                        Secret.of("0123456789abcdef0123456789abcdef"),
                        new AppId("demo"),
                        new Subject("alice"),
                        Instant.parse("2026-11-22T12:01:30Z")));
    }

    @Test
    void aSecretTooShortForTokensIsTold() {
        CommandLineRun run = CommandLineRun.of("token", "--app", "demo", "--uid", "a", "--config", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("a token secret of 16 bytes: want 32 or more");
    }

    @Test
    void configCheckPrintsProblemsAndTheirCount() throws IOException {
        Files.writeString(file, "realm: [a]\ncheck: 7\napps: [{id: a, secrets: [0123456789abcdef]}]\n");

        CommandLineRun run = CommandLineRun.of("config", "check", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines())
                .containsExactly(
                        file + ":1:8: error: realm: want one value, found a list",
                        file + ":2:8: error: check: \"7\": want true or false");
        assertThat(run.err()).isEqualToIgnoringNewLines("callgate: " + file + ": 2 errors");
    }

    @Test
    void configCheckSaysThatAFileIsValid() {
        CommandLineRun run = CommandLineRun.of("config", "check", file.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines(file + ": valid (1 listener, 2 apps, 0 destination rules)");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void configCheckPrintsJson() throws IOException {
        Files.writeString(file, "check: 7\napps: [{id: a, secrets: [0123456789abcdef]}]\n");

        CommandLineRun run = CommandLineRun.of("config", "check", "--json", file.toString());

        ObjectNode json = JsonOutput.parse(run.out());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(json.get("valid").asBoolean()).isFalse();
        assertThat(json.get("problems").get(0).toString())
                .isEqualTo("{\"severity\":\"error\",\"line\":1,\"column\":8,\"key\":\"check\","
                        + "\"message\":\"\\\"7\\\": want true or false\"}");
    }

    @Test
    void aDataFolderIsForItsOwnerOnly() throws IOException {
        DataFolder data = new DataFolder(folder.resolve("data"));

        data.create();
        data.createRelayFile();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.relayFile())))
                .isEqualTo("rw-------");
        assertThat(RelayFile.read(data.relayFile()).problems()).isEmpty();
    }

    @Test
    void theFirstStartMakesARelayFileOnceAndForAll() throws IOException {
        DataFolder data = new DataFolder(folder.resolve("data"));
        data.create();
        data.createRelayFile();
        Files.writeString(data.relayFile(), "realm: mine\n");

        data.createRelayFile();

        assertThat(Files.readString(data.relayFile())).isEqualTo("realm: mine\n");
        assertThat(data.lastConfig().leavesAppsToServe()).isTrue();
    }

    @Test
    void onlyOneServeHoldsADataFolder() throws IOException {
        DataFolder data = new DataFolder(folder);
        var lock = data.lock();

        CommandLineRun run = CommandLineRun.of("serve", "--data", folder.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("another serve or control runs with the data folder " + folder);
        lock.acquiredBy().close();
    }
}
