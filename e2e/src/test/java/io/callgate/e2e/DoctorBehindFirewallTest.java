package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.InterfaceMonitor;
import io.callgate.client.network.Network;
import io.callgate.model.IpAddress;
import io.callgate.relay.Relay;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.NetLab;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What `doctor` says behind real firewalls, and what a machine notices of its own network. Relay and doctor run
/// in this process, each in the network of its own host: a thread's sockets belong to the host that it was begun
/// in.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class DoctorBehindFirewallTest {
    private static final String PORT = ":443";

    private NetLab lab;
    private Relay relay;
    private String server = "";

    @BeforeAll
    void start(@TempDir Path logs) {
        Obstacle.stopAt(NetLab.obstacle());
        lab = NetLab.create(logs);
        server = lab.dmz().address() + PORT;
        relay = lab.dmz().inside(() -> TunnelRelay.Callgate.relay(lab.dmz().address(), 443));
    }

    @AfterAll
    void stop() {
        if (relay != null) relay.close();
        if (lab != null) lab.close();
    }

    @Test
    void tellsSilenceForWhatItIs() {
        DoctorRun run = doctor(Firewall.CLOSED);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.cause("udp")).startsWith("UDP to " + server + " gets no answer within ");
        assertThat(run.mend("udp")).isEqualTo("a firewall drops it: open UDP to that address and port");
        for (String stream : List.of("tcp", "tls", "http", "https")) {
            assertThat(run.cause(stream)).startsWith("TCP to " + server + " gets no answer within ");
        }
    }

    @Test
    void passesByTcpWhereUdpIsDropped() {
        DoctorRun run = doctor(Firewall.TCP443_ONLY);

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.cause("udp")).contains("gets no answer");
        for (String stream : List.of("tcp", "tls", "http", "https")) {
            assertThat(run.passed(stream)).as(run.out()).isTrue();
        }
    }

    @Test
    void tellsARefusalFromSilence() {
        DoctorRun run = doctor(Firewall.REFUSING);

        assertThat(run.cause("udp")).isEqualTo("UDP to " + server + " is rejected");
        assertThat(run.cause("tls")).isEqualTo("TCP to " + server + " is refused");
    }

    @Test
    void tellsThatConnectionsAreCut() {
        DoctorRun run = doctor(Firewall.CUTTING);

        assertThat(run.cause("tcp")).contains(server + " or somebody on the way has ended the connection");
        assertThat(run.cause("tls"))
                .isEqualTo("the connection to " + server + " is reset while the TLS handshake is under way");
        assertThat(run.mend("tls")).contains("a firewall that looks into connections cuts this one");
    }

    @Test
    void passesInTlsWhereAllElseIsSwallowed() {
        DoctorRun run = doctor(Firewall.TLS443_ONLY);

        assertThat(run.cause("tcp")).contains(server + " accepts the connection and does not answer");
        assertThat(run.passed("tls")).as(run.out()).isTrue();
        assertThat(run.passed("https")).as(run.out()).isTrue();
    }

    /// By a process of its own: names are resolved by the file of its own host.
    @Test
    void namesBlockedDns() {
        lab.router().enforce(Firewall.OPEN);
        lab.dnsOff();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.callgate.doctor.Main",
                "--server",
                "relay.example.com",
                "--patience",
                "1");
        try (LabProcess doctor = lab.corp().start("doctor", command, Map.of())) {
            assertThat(doctor.awaitEnd(Duration.ofSeconds(60)))
                    .as(doctor.output())
                    .isEqualTo(1);
            assertThat(doctor.output())
                    .containsPattern("UDP, TCP, TLS, .*: relay.example.com (does not resolve|gets no answer from DNS)")
                    .contains("let DNS (UDP and TCP 53) through, or give the relay's address");
        }
    }

    @Test
    void aMachineNoticesThatItIsOnAnotherNetwork() throws InterruptedException {
        BlockingQueue<Network> changes = new LinkedBlockingQueue<>();
        try (InterfaceMonitor monitor = lab.corp().inside(() -> InterfaceMonitor.start(new TunnelRelay.RealTime()))) {
            // Java reads IPv6 addresses from /proc, by name and of the whole process: this machine's eth0 has a say.
            assertThat(monitor.current().kind()).isEqualTo(NetworkKind.ETHERNET);
            assertThat(monitor.current().addresses())
                    .contains(address(lab.corp().address()));
            monitor.listen((before, now) -> changes.add(now));

            corp("link add wwan0 type veth peer name modem");
            corp("addr add 100.64.7.9/24 dev wwan0");
            corp("link set modem up");
            corp("link set wwan0 up");
            corp("route replace default dev wwan0");

            assertThat(changes.poll(30, TimeUnit.SECONDS))
                    .isEqualTo(new Network(NetworkKind.CELLULAR, Set.of(address("100.64.7.9")), true));

            corp("link del wwan0");
            corp("route replace default via " + lab.company().address());
            assertThat(changes.poll(30, TimeUnit.SECONDS))
                    .extracting(Network::kind)
                    .isEqualTo(NetworkKind.ETHERNET);
        }
    }

    private DoctorRun doctor(Firewall firewall) {
        lab.router().enforce(firewall);
        return lab.corp()
                .inside(() -> DoctorRun.of(
                        Map.of(), "--server", server, "--pin", TunnelRelay.IDENTITY.pin(), "--patience", "1"));
    }

    private void corp(String ip) {
        ProgramRun run = ProgramRun.of(lab.corp().commandInside(List.of(("ip " + ip).split(" ", -1))));
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    private static IpAddress address(String literal) {
        return IpAddress.parse(literal);
    }
}
