package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The SDK's tunnels through our relay and through coturn: the same client, so that what only one of them
/// takes shows.
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class TunnelTest {
    private static final TimeSource TIME = new TunnelRelay.RealTime();
    private static final int DATAGRAMS = 20_000;

    /// Until our relay's bytecode and this client's are compiled: coturn needs none of that.
    private static final int WARMING = 300;

    private static final int CONNECTS = 101;
    private static final Path TABLE = Path.of("target", "tunnel-connects.md");

    private final List<TunnelRelay> relays = new ArrayList<>();
    private final List<String> times = new ArrayList<>();

    @BeforeAll
    void start(Installation installation, @TempDir Path folder) throws IOException, CertificateEncodingException {
        relays.add(TunnelRelay.Callgate.start(installation, folder));
        relays.add(TunnelRelay.Coturn.start(folder));
    }

    @AfterAll
    void stop() throws IOException {
        relays.forEach(TunnelRelay::close);
        if (times.isEmpty()) return;
        String table = """
            | connect, us | Callgate, first %1$d | coturn | Callgate, after %2$d | coturn |
            |---|---|---|---|---|
            %3$s
            """.formatted(CONNECTS, WARMING, String.join("\n", times));
        System.out.println("\n" + table);
        Files.writeString(TABLE, table);
    }

    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP", "TLS"})
    void carriesEveryDatagramAsItIs(Transport transport) throws InterruptedException {
        for (TunnelRelay relay : relays) {
            PayloadChecker checker = new PayloadChecker(DATAGRAMS);
            try (TurnClient from = allocate(relay.entrance(transport), Dialer.direct(), new PayloadChecker(0));
                    TurnClient to = from.another(checker, patient())) {
                from.open(to.relayedAddress(), patient());
                to.open(from.relayedAddress(), patient());

                checker.send(from, to.relayedAddress());

                DatagramTunnel.Statistics sent = from.statistics();
                DatagramTunnel.Statistics received = to.statistics();
                String what = relay + " over " + transport;
                assertThat(checker.wrongCount())
                        .as("changed or twice, %s", what)
                        .isZero();
                assertThat(sent.sentDatagrams()).as(what).isEqualTo(DATAGRAMS);
                assertThat(received.receivedDatagrams()).as(what).isEqualTo(checker.arrivedCount());
                // A busy machine loses some; more than one in a hundred is our fault.
                assertThat(checker.arrivedCount()).as(what).isGreaterThan(DATAGRAMS * 99 / 100);
                System.out.printf("%s: %d of %d datagrams%n", what, checker.arrivedCount(), DATAGRAMS);
            }
        }
    }

    /// From nothing to an open allocation, in turn with coturn. A round trip more or a packet that is held
    /// back would show as twice the time; the rest is in the table.
    @ParameterizedTest
    @EnumSource(names = {"UDP", "TCP", "TLS"})
    void connectsBesideCoturn(Transport transport) {
        long[][] micros = new long[relays.size()][WARMING + CONNECTS];
        for (int round = 0; round < WARMING + CONNECTS; round++) {
            for (int turn = 0; turn < relays.size(); turn++) {
                int i = (round + turn) % relays.size(); // who goes first changes
                long began = System.nanoTime();
                allocate(relays.get(i).entrance(transport), Dialer.direct(), new PayloadChecker(0))
                        .close();
                micros[i][round] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began);
            }
        }

        long[] cold = medians(micros, 0, CONNECTS);
        long[] warm = medians(micros, WARMING, WARMING + CONNECTS);
        times.add("| %s | %d | %d | %d | %d |".formatted(transport, cold[0], cold[1], warm[0], warm[1]));
        assertThat(cold[0]).as(transport + " cold, us, coturn: " + cold[1]).isLessThan(2 * cold[1]);
        assertThat(warm[0]).as(transport + " warm, us, coturn: " + warm[1]).isLessThan(2 * warm[1]);
    }

    private static long[] medians(long[][] micros, int from, int to) {
        return Stream.of(micros)
                .mapToLong(of ->
                        LongStream.of(of).skip(from).limit(to - from).sorted().toArray()[(to - from) / 2])
                .toArray();
    }

    @Test
    void bothRefuseAWrongPasswordByName() {
        for (TunnelRelay relay : relays) {
            PathException failure = catchThrowableOfType(
                    PathException.class,
                    () -> TurnClient.allocate(
                            relay.entrance(Transport.UDP),
                            Dialer.direct(),
                            new Login(TunnelRelay.login("alice").name(), "wrong"),
                            new PayloadChecker(0),
                            TIME,
                            patient()));

            assertThat(failure.code()).as("%s", relay).isEqualTo(ErrorCode.CREDENTIAL_REFUSED);
        }
    }

    @Test
    void anotherPinIsInterception() {
        for (TunnelRelay relay : relays) {
            Entrance entrance = new Entrance(
                    new HostPort("127.0.0.1", relay.port(Transport.TLS)),
                    Transport.TLS,
                    Trust.pin(TestIdentity.rsa().pin()));

            PathException failure = catchThrowableOfType(
                    PathException.class, () -> allocate(entrance, Dialer.direct(), new PayloadChecker(0)));

            assertThat(failure.code()).as("%s", relay).isEqualTo(ErrorCode.TLS_INTERCEPTED);
            assertThat(failure.failure().cause()).contains("CN=ec.example");
        }
    }

    /// tinyproxy in the company's place: everything to our relay passes through it, or is refused by it by
    /// name.
    @Test
    void goesThroughTheCompanysProxyWithItsLogin(@TempDir Path folder) throws Exception {
        ProgramRun.needs("tinyproxy", "tinyproxy");
        int port = FreePort.take();
        Path config = Files.writeString(folder.resolve("tinyproxy.conf"), """
            Listen 127.0.0.1
            Port %d
            BasicAuth corp secret
            """.formatted(port));
        HostPort at = new HostPort("127.0.0.1", port);
        try (LabProcess proxy = LabProcess.start(
                "tinyproxy",
                new ProcessBuilder("tinyproxy", "-d", "-c", config.toString()),
                folder.resolve("tinyproxy.log"))) {
            proxy.awaitLine(
                    Pattern.compile("Setting the various signals"), Duration.ofSeconds(30)); // it listens by then
            Dialer dialer =
                    Dialer.direct().through(Hop.HttpConnect.plain(at, Optional.of(new Login("corp", "secret"))));
            for (Transport transport : List.of(Transport.TCP, Transport.TLS, Transport.HTTPS)) {
                try (TurnClient tunnel = allocate(relays.get(0).entrance(transport), dialer, new PayloadChecker(0))) {
                    assertThat(tunnel.ping(patient())).isPositive();
                }
            }

            Dialer wrong = Dialer.direct().through(Hop.HttpConnect.plain(at, Optional.of(new Login("corp", "no"))));
            PathException failure = catchThrowableOfType(
                    PathException.class,
                    () -> allocate(relays.get(0).entrance(Transport.TCP), wrong, new PayloadChecker(0)));

            assertThat(failure.code()).as(failure.getMessage()).isEqualTo(ErrorCode.PROXY_AUTH_REQUIRED);
        }
    }

    /// The last rung of the ladder: CONNECT in TLS to the relay, which opens the tunnel to itself and finds
    /// TURN in it.
    @Test
    void goesThroughTheRelayAsProxy() {
        TunnelRelay relay = relays.get(0);
        try (TurnClient tunnel = allocate(relay.entrance(Transport.HTTPS), Dialer.direct(), new PayloadChecker(0))) {
            assertThat(tunnel.ping(patient())).isPositive();
        }
    }

    private static TurnClient allocate(Entrance entrance, Dialer dialer, DatagramTunnel.Receiver receiver) {
        return TurnClient.allocate(entrance, dialer, TunnelRelay.login("alice"), receiver, TIME, patient());
    }

    private static Attempt patient() {
        return Attempt.within(TIME, Duration.ofSeconds(20));
    }
}
