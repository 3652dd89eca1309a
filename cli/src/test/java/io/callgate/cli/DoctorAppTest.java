package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.doctor.DoctorCommand;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.node.ObjectNode;

/// The doctor with a user's token: control behind a relay gives it the credential, or says why not.
@Timeout(120)
class DoctorAppTest {
    private static final String OPEN = ", \"destinations\": [{\"cidr\": \"192.0.2.0/24\"}]";

    @TempDir
    private Path folder = Path.of("unset");

    private record Run(int exitCode, String out, String err) {}

    private static Run doctor(Map<String, String> environment, String server, String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(
                List.of("--server", server, "--pin", TestIdentity.ec().pin(), "--patience", "5"));
        arguments.addAll(List.of(more));
        CommandLine line = new CommandLine(new DoctorCommand(
                new PrintWriter(out, true), new PrintWriter(err, true), new SystemTime(), environment));
        line.setErr(new PrintWriter(err, true));
        int exitCode = line.execute(arguments.toArray(new String[0]));
        return new Run(exitCode, out.toString(), err.toString());
    }

    @Test
    void aTokenIsEnoughToMeasureAndToSeeWhatIsMissing() throws Exception {
        try (ControlUnderTest control = new ControlUnderTest(Files.createDirectory(folder.resolve("control")));
                LinkedRelayUnderTest relay = new LinkedRelayUnderTest(control, folder.resolve("relay"))) {
            String secret = control.app("demo", OPEN);
            String token = ControlUnderTest.token("demo", "alice", secret);
            Path file = Files.writeString(folder.resolve("token"), token + "\n");

            Run good = doctor(Map.of(), relay.address(), "--token-file", file.toString(), "--app", "--json");

            assertThat(good.exitCode()).as(good.out() + good.err()).isZero();
            ObjectNode document = JsonOutput.parse(good.out());
            assertThat(document.at("/transports/0/passed").asBoolean()).isTrue();
            assertThat(document.at("/transports/0/kbitPerSecond").asLong())
                    .as("measured through the relay, by the lease's credential")
                    .isPositive();
            assertThat(document.at("/app/id").asString()).isEqualTo("demo");
            assertThat(document.at("/app/checks")
                            .valueStream()
                            .map(it -> it.at("/holds").asString()))
                    .containsExactly("true", "true", "true");
            assertThat(good.out() + good.err()).doesNotContain(token);

            control.ask("POST", "/v1/apps/demo/suspend", "");
            Run asleep = doctor(Map.of("CALLGATE_TOKEN", token), relay.address(), "--app");

            assertThat(asleep.exitCode()).isEqualTo(1);
            assertThat(asleep.out())
                    .contains(
                            "No lease: ",
                            "the app is suspended",
                            "valid entry  yes",
                            "activated    NO",
                            "set in time  ?");
        }
    }

    @Test
    void anEntryWithoutControlIsToldAsThat() throws IOException {
        try (LoopbackRelay relay = LoopbackRelay.start()) {
            String token = ControlUnderTest.token("demo", "alice", "x".repeat(40));

            Run run = doctor(Map.of("CALLGATE_TOKEN", token), "127.0.0.1:" + relay.port(), "--app");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("valid entry  NO", "activated    ?");
        }
    }

    @Test
    void theEntryMayComeFromTheEnvironment() throws IOException {
        try (LoopbackRelay relay = LoopbackRelay.start()) {
            StringWriter out = new StringWriter();
            Map<String, String> environment = Map.of("CALLGATE_ENTRY", "127.0.0.1:" + relay.port());

            new CommandLine(new DoctorCommand(
                            new PrintWriter(out, true),
                            new PrintWriter(new StringWriter()),
                            new SystemTime(),
                            environment))
                    .execute("--json", "--patience", "5");

            assertThat(JsonOutput.parse(out.toString()).at("/server").asString())
                    .isEqualTo("127.0.0.1:" + relay.port());
        }
    }

    @Test
    void withoutATokenTheAppCannotBeAskedFor() {
        assertThat(doctor(Map.of(), "127.0.0.1:1", "--app").err()).contains("--app: want a token too");
        Run noToken = doctor(Map.of("CALLGATE_TOKEN", "secret-text"), "127.0.0.1:1", "--app");
        assertThat(noToken.exitCode()).isEqualTo(2);
        assertThat(noToken.err()).contains("CALLGATE_TOKEN: no token").doesNotContain("secret-text");
    }
}
