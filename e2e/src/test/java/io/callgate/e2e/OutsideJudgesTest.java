package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// coturn's own client judges the relay: what goes out must come back. Its flags are those of
/// `turnutils_uclient(1)`; PEER in them is a `turnutils_peer`, which echoes.
@ExtendWith(Installation.Shared.class)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutsideJudgesTest {
    private static final int MESSAGES = 10;
    private static final int MESSAGE_BYTES = 100;
    private static final Pattern BYTES = Pattern.compile("tot_send_bytes ~ (\\d+), tot_recv_bytes ~ (\\d+)");

    private LoopbackRelay relay;
    private LabProcess peer;
    private String peerPort = "";

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) {
        ProgramRun.needs("coturn", "turnutils_uclient", "turnutils_peer");
        relay = LoopbackRelay.start(installation, folder);
        peerPort = Integer.toString(FreePort.take());
        peer = LabProcess.start(
                "peer",
                new ProcessBuilder("turnutils_peer", "-v", "-L", "127.0.0.1", "-L", "::1", "-p", peerPort),
                folder.resolve("peer.log"));
    }

    @AfterAll
    void stop() {
        if (peer != null) peer.close();
        if (relay != null) relay.close();
    }

    /// uclient opens two allocations a client (RTP and RTCP), with -c and -Z one; with -y each sends to another
    /// one.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "channels                      |                  | PEER4 | 2",
                "pjnath's padding              | -D               | PEER4 | 2",
                "Send and Data                 | -s               | PEER4 | 2",
                "four clients of one subject   | -c -m 4          | PEER4 | 4",
                "client to client              | -y -X            | 4     | 4",
                "client to client, Send        | -y -X -s         | 4     | 4",
                "dual allocation               | -Z -y            | 4     | 2",
                "dual allocation, IPv4 peer    | -Z               | PEER4 | 1",
                "further requests              | -G               | PEER4 | 2",
                "TCP                           | -t               | PEER4 | 2",
                "TCP, Send and Data            | -t -s            | PEER4 | 2",
                // It takes each TLS record for one message: at its usual 20 ms two may come in one.
                "TLS                           | -t -S -z 300     | PEER4 | 2",
                "TLS, Send and Data            | -t -S -s -z 300  | PEER4 | 2",
                "IPv6                          | -x               | PEER6 | 2",
                "IPv6, Send and Data           | -x -s            | PEER6 | 2",
                "IPv6, client to client        | -x -y            | 6     | 4",
                "IPv6, TCP                     | -x -t            | PEER6 | 2",
            })
    void losesNothing(String way, String flags, String to, int senders) {
        ProgramRun run =
                uclient(LoopbackRelay.credential(way.replaceAll("[^A-Za-z0-9]", "")), flags == null ? "" : flags, to);

        assertReturned(run, senders);
    }

    @Test
    void losesNothingForAPrintedCredential() {
        assertReturned(uclient(relay.printedCredential("printed", "1h"), "", "PEER4"), 2);
    }

    @Test
    void losesNothingForAStaticUser() {
        assertReturned(uclient(Login.ALICE, "", "PEER4"), 2);
    }

    @Test
    void losesNothingWhoseFirstBytesTrickle() {
        try (SlowFirstBytes slow = new SlowFirstBytes(relay.address())) {
            assertReturned(uclient(LoopbackRelay.credential("slow"), slow.port(), "-t", "PEER4"), 2);
        }
    }

    @Test
    void aPeersSecondChannelIsRefused() {
        ProgramRun run = uclient(LoopbackRelay.credential("negative"), "-N", "PEER4");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(255);
        assertThat(run.output()).contains("channel bind: error 400 (Bad Request: peer has another channel)");
    }

    /// The twin that must fail: else the cases above could not.
    @Test
    void aWrongPasswordGetsNothing() {
        ProgramRun run = uclient(new Login(LoopbackRelay.credential("wrong").name(), "wrong"), "", "PEER4");

        assertThat(run.exitCode()).as(run.output()).isEqualTo(255);
        assertThat(run.output()).contains("Cannot complete Allocation").doesNotContain("tot_send_bytes");
    }

    private ProgramRun uclient(Login login, String flags, String to) {
        return uclient(login, relay.port(), flags, to);
    }

    private ProgramRun uclient(Login login, int port, String flags, String to) {
        List<String> command = new ArrayList<>(List.of(
                "turnutils_uclient",
                "-p",
                "" + port,
                "-u",
                login.name(),
                "-w",
                login.password(),
                "-n",
                "" + MESSAGES,
                "-l",
                "" + MESSAGE_BYTES));
        if (!flags.isEmpty()) command.addAll(List.of(flags.split(" ")));
        String own = to.endsWith("6") ? "::1" : "127.0.0.1";
        if (to.startsWith("PEER")) {
            command.addAll(List.of("-e", own, "-r", peerPort));
            if (to.endsWith("4")) command.add("-X");
        }
        command.add(own);
        return ProgramRun.of(command);
    }

    private static void assertReturned(ProgramRun run, int senders) {
        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("Total lost packets 0 (0.000000%)");
        Matcher bytes = BYTES.matcher(run.output());
        String last = "none";
        while (bytes.find()) last = bytes.group(1) + " sent, " + bytes.group(2) + " back";
        int expected = senders * MESSAGES * MESSAGE_BYTES;
        assertThat(last).as(run.output()).isEqualTo(expected + " sent, " + expected + " back");
    }
}
