package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.doctor.DoctorCommand;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayOptions;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `doctor` against a real relay in this process.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(180)
class DoctorTest {
    private static final AppId DEMO = new AppId("demo");
    private static final Secret SECRET = Secret.of("relay-secret-of-the-tests");
    private static final SystemTime TIME = new SystemTime();

    @TempDir
    private Path folder = Path.of("unset");

    private int port;
    private Relay relay;

    private record Run(int exitCode, String out, String err) {
        ObjectNode json() {
            return JsonOutput.parse(out);
        }

        JsonNode transport(String name) {
            return StreamSupport.stream(json().required("transports").spliterator(), false)
                    .filter(node -> node.required("transport").asString().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @BeforeAll
    void start() throws IOException {
        port = FreePort.take();
        relay = Relay.start(
                new DesiredState(
                        1,
                        DesiredState.Origin.FILE,
                        List.of(new ListenerState(
                                IpAddress.parse("127.0.0.1"),
                                List.of(PortRange.of(port)),
                                Set.of(Protocol.values()),
                                false)),
                        List.of(),
                        DesiredState.DEFAULT_RELAY_PORTS,
                        DesiredState.DEFAULT_REALM,
                        List.of(new AppState(DEMO, List.of(SECRET), List.of(), List.of(), Limits.DEFAULT, List.of())),
                        List.of(),
                        List.of(),
                        false,
                        Optional.of(TestIdentity.ec())),
                RelayOptions.of(TIME));
    }

    @AfterAll
    void stop() {
        relay.close();
    }

    @Test
    void passesEveryWayToARelay() throws IOException {
        Run run = doctor(
                Map.of(),
                "--credential-file",
                credential(SECRET),
                "--pin",
                TestIdentity.ec().pin(),
                "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.json().required("server").asString()).isEqualTo("127.0.0.1:" + port);
        for (String way : List.of("udp", "tcp", "tls", "http", "https")) {
            JsonNode transport = run.transport(way);
            assertThat(transport.required("passed").asBoolean())
                    .as("%s", transport)
                    .isTrue();
            assertThat(transport.required("rttMillis").asDouble()).as(way).isPositive();
            assertThat(transport.required("lossPercent").asDouble()).as(way).isLessThan(100);
            assertThat(transport.required("kbitPerSecond").asLong()).as(way).isPositive();
            assertThat(transport.required("cause").isNull()).isTrue();
        }
        assertThat(run.json().required("verdict").asString())
                .isEqualTo("Calls work from here, with media over UDP, which is best.");
        assertThat(run.err()).contains("TLS: connecting ...", "TLS: measuring ...", "UDP: passed after ");
    }

    @Test
    void namesACertificateThatIsNotTrustedAndPassesTheRest() throws IOException {
        Run run = doctor(
                Map.of(
                        "CALLGATE_USERNAME",
                        login(SECRET).username(),
                        "CALLGATE_PASSWORD",
                        login(SECRET).password()),
                "--pin",
                TestIdentity.rsa().pin());

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out())
                .containsPattern("(?m)^UDP +passed +[0-9.]+ s +[0-9.]+ ms +[0-9.]+ % +[0-9]+ kbit/s$")
                .containsPattern("(?m)^TLS +failed +[0-9.]+ s +- +- +-$")
                .contains("TLS to 127.0.0.1:" + port + " is opened on the way", "issued by \"CN=ec.example\"")
                .contains("Calls work from here, with media over UDP");
    }

    @Test
    void asksWithoutACredentialAndSaysSo() {
        Run run = doctor(Map.of(), "--pin", TestIdentity.ec().pin(), "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        for (String way : List.of("udp", "tcp", "tls", "http", "https")) {
            assertThat(run.transport(way).required("passed").asBoolean())
                    .as(run.out())
                    .isTrue();
            assertThat(run.transport(way).required("kbitPerSecond").isNull()).isTrue();
        }
        assertThat(run.json().required("verdict").asString())
                .contains("Without a credential the relay was only asked whether it is there");
    }

    @Test
    void tellsAWrongCredentialFromABlockedWay() throws IOException {
        Run run = doctor(
                Map.of(),
                "--credential-file",
                credential(Secret.of("another secret")),
                "--pin",
                TestIdentity.ec().pin());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("127.0.0.1:" + port + " refuses Allocate: 401")
                .contains("HTTP proxy 127.0.0.1:" + port + " does not take the user name and password")
                .contains("The network lets through to 127.0.0.1:" + port + ", but the relay refuses the credential.")
                .doesNotContain("Open in the firewall");
    }

    @Test
    void saysWhatToOpenWhereNothingPasses() throws IOException {
        int nobody = FreePort.take();
        Run run = run(Map.of(), "--server", "127.0.0.1:" + nobody);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out())
                .contains("UDP to 127.0.0.1:" + nobody + " is rejected", "TCP to 127.0.0.1:" + nobody + " is refused")
                .containsPattern("out +127.0.0.1 +" + nobody + " +udp +- +relay: audio and video")
                .containsPattern("out +127.0.0.1 +" + nobody + " +tcp +- +relay: signalling and fallback")
                .endsWith("No way to 127.0.0.1:" + nobody + " is open: calls cannot work from here."
                        + System.lineSeparator());
    }

    @Test
    void nothingGoesAroundTheCompanysProxy() throws IOException {
        int nobody = FreePort.take();
        Run run = doctor(Map.of(), "--proxy", "http://127.0.0.1:" + nobody, "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.transport("udp").required("cause").asString()).contains("cannot go through HTTP proxy");
        assertThat(run.transport("tcp").required("cause").asString())
                .isEqualTo("TCP to 127.0.0.1:" + nobody + " is refused");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--server relay.example.com:0                  | --server: port 0 of relay.example.com",
                "--server 127.0.0.1 --pin abc                  | --pin: pin \"abc\": want the base64 of a SHA-256",
                "--server 127.0.0.1 --proxy ftp://127.0.0.1:21 | --proxy: \"ftp://127.0.0.1:21\": want"
                        + " http://HOST:PORT",
                "--server 127.0.0.1 --proxy p                  | --proxy: \"p\": want http://HOST:PORT",
                "--server 127.0.0.1 --proxy 127.0.0.1:3128     | --proxy: \"127.0.0.1:3128\": want http://HOST:PORT",
                "--server 127.0.0.1 --pin a --ca b             | mutually exclusive",
                "--json                                        | Missing required option: '--server=HOST[:PORT]'",
            })
    void refusesWrongOptions(String line, String message) {
        CommandLineRun run = CommandLineRun.of(("doctor " + line).split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }

    @Test
    void saysWhatACredentialFileShouldHold() throws IOException {
        Path file = Files.writeString(folder.resolve("wrong.json"), "{\"user\": \"me\"}");

        CommandLineRun run = CommandLineRun.of("doctor", "--server", "127.0.0.1", "--credential-file", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("cannot use " + file + ": want {\"username\": …, \"password\": …}");
    }

    private Run doctor(Map<String, String> environment, String... more) {
        String[] args = new String[more.length + 2];
        args[0] = "--server";
        args[1] = "127.0.0.1:" + port;
        System.arraycopy(more, 0, args, 2, more.length);
        return run(environment, args);
    }

    private static Run run(Map<String, String> environment, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        DoctorCommand doctor = new DoctorCommand(new PrintWriter(out), new PrintWriter(err), TIME, environment);
        int exitCode = new CommandLine(doctor).execute(args);
        return new Run(exitCode, out.toString(), err.toString());
    }

    private String credential(Secret secret) throws IOException {
        return Files.writeString(
                        Files.createTempFile(folder, "credential", ".json"),
                        JsonOutput.pretty(JsonOutput.credential(login(secret))))
                .toString();
    }

    private static RelayCredential login(Secret secret) {
        return RelayCredential.mint(
                secret, DEMO, new Subject("doctor"), TIME.now().plus(Duration.ofHours(1)));
    }
}
