package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Login;
import io.callgate.client.turn.TurnClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// `session` and `relay` over a control whose relay has a live session.
@Timeout(60)
class FleetCommandsTest {
    @TempDir
    private Path folder = Path.of("unset");

    private ControlUnderTest control;
    private LinkedRelayUnderTest relay;
    private Path token = Path.of("unset");

    @BeforeEach
    void startFleet() throws IOException, InterruptedException {
        control = new ControlUnderTest(Files.createDirectory(folder.resolve("control")));
        token = Files.writeString(folder.resolve("token"), control.operatorToken);
        control.app("demo", "");
        relay = new LinkedRelayUnderTest(control, folder.resolve("relay-1"));
    }

    @AfterEach
    void closeFleet() {
        relay.close();
        control.close();
    }

    @Test
    void aLiveSessionIsListedAndEndedAndItsRelayDrainedMovedAndRemoved() throws InterruptedException {
        Login alice = control.login("alice");
        try (TurnClient call = relay.call(alice)) {
            assertThat(call.relayedAddress()).isNotNull();
            relay.wire().await(() -> run("session list").contains("alice"));

            assertThat(run("session list"))
                    .containsPattern("UID +APP +RELAY +FROM +BY +SINCE +TO PEER +TO CLIENT +ID")
                    .containsPattern(
                            "alice +demo +relay-1 +127\\.0\\.0\\.0/24 +turn_udp +\\S+Z +0 kB +0 kB +[0-9a-f-]{36}");
            ObjectNode session = first(run("session list --app demo --json"));
            assertThat(session.get("uid").asString()).isEqualTo("alice");
            assertThat(session.get("relay").asString()).isEqualTo("relay-1");

            assertThat(run("relay drain relay-1")).contains("relay-1", "draining");
            assertThat(run("relay list")).containsPattern("relay-1 +main +eu +draining");
            assertThat(JsonOutput.parse(run("relay resume relay-1 --json"))
                            .get("draining")
                            .asBoolean())
                    .isFalse();

            assertThat(run("session end " + session.get("id").asString())).startsWith("alice is refused until ");
            relay.wire().await(() -> isRefused(alice));
            relay.wire().await(() -> !run("session list").contains("alice"));
        }
        run("pool create other");
        assertThat(run("relay move relay-1 --pool other")).contains("other");
        assertThat(first(run("relay list --json")).get("pool").asString()).isEqualTo("other");
        assertThat(run("relay remove relay-1")).isEqualTo("removed relay relay-1\n");
        assertThat(run("relay list")).doesNotContain("relay-1");
    }

    private boolean isRefused(Login login) {
        try {
            relay.call(login).close();
            return false;
        } catch (PathException e) {
            return true;
        }
    }

    private static ObjectNode first(String list) {
        return (ObjectNode) JsonOutput.parse(list).get("items").get(0);
    }

    private String run(String line) {
        CommandLineRun run = CommandLineRun.atPresent(
                (line + " --control http://127.0.0.1:" + control.port + " --token-file " + token).split(" "));
        assertThat(run.err()).as(line).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run.out();
    }
}
