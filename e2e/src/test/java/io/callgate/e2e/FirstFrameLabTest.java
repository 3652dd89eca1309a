package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.model.RelayCredential;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import io.callgate.testkit.Firewall;
import io.callgate.testkit.Host;
import io.callgate.testkit.Impairment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/// From the join to the first picture: directly, and by each transport through our relay and through coturn, which
/// stand side by side, are asked in turn, and relay to the same Janus. A series, so only in the whole laboratory;
/// the table is printed, and kept in `target/lab-frames/table.md`.
@Tag("lab")
@EnabledIfSystemProperty(named = "lab", matches = "whole", disabledReason = "a series: runs with -Dlab=whole")
@ExtendWith(Installation.Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstFrameLabTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> TRANSPORTS = List.of("UDP", "TCP", "TLS");
    private static final int WARM_UP_ROUNDS = 3;
    private static final int ROUNDS = Integer.getInteger("lab.rounds", 9);

    /// What two medians of one run differ by when nothing differs, on a busy machine.
    private static final double NOISE = 1.2;

    private static final List<String> RELAYS = List.of("callgate", "coturn");
    private static final int WARM_UP_CONNECTS = 20;
    private static final int CONNECTS = 51;

    /// Connects wait for the line most of their time: what differs by more than this is no noise.
    private static final double LEVEL = 1.02;

    private static final TimeSource TIME = new TunnelRelay.RealTime();

    private final Path folder = Path.of("target", "lab-frames").toAbsolutePath();
    private RtcBench bench;
    private CoturnRelay coturn;
    private LabAuthority authority;

    @BeforeAll
    void setUp(Installation installation) throws IOException {
        Obstacle.stopAt(RtcBench.obstacle().or(LabBench::obstacle));
        FirewallLabTest.empty(folder);
        bench = new RtcBench(folder, installation.launcher(), RelayDoors.ALL_ON_443, List.of("coturn", "host"));
        authority = new LabAuthority(
                Files.createDirectories(folder.resolve("authority")), theirs().address(), "relay.callgate.test");
        coturn = CoturnRelay.behindHaproxy(theirs(), bench.lab().cloud(), authority, folder, "coturn");
    }

    @AfterAll
    void tearDown() {
        if (coturn != null) coturn.close();
        if (bench != null) bench.close();
    }

    private Host theirs() {
        return bench.lab().host("coturn");
    }

    @Test
    void noTransportIsSlowerThanByCoturn() throws IOException {
        bench.lab().router().enforce(Firewall.OPEN);
        int room = bench.nextRoom();
        Properties host = bench.told("NONE", room);
        host.remove("entries");
        host.setProperty("people", "host:5:440");
        host.setProperty("hertz", "440");

        try (RtcPeople sends = RtcPeople.start(bench.lab().host("host"), folder, "host", host)) {
            sends.await("published by=host", PATIENCE);
            Properties told = ways(room);
            try (RtcPeople guest =
                    RtcPeople.start(FirstFrames.class, bench.lab().corp(), folder, "guest", told)) {
                guest.await("^end$", PATIENCE.multipliedBy(6));
                String table = table(guest);
                System.out.println("\n" + table);
                Files.writeString(folder.resolve("table.md"), table);

                for (String transport : TRANSPORTS) {
                    assertThat((double) median(guest, "callgate-" + transport))
                            .as("%s: ours beside coturn's", transport)
                            .isLessThanOrEqualTo(NOISE * median(guest, "coturn-" + transport));
                }
            }
        }
    }

    /// What a connect takes where people are: on a line with a round trip of 20 ms, and not on loopback, where it
    /// is what two cores compute. The SDK opens two allocations until the first packet: the path, then a tunnel.
    @Test
    void noConnectIsSlowerThanByCoturn() throws Exception {
        bench.lab().router().enforce(Firewall.OPEN);
        Properties told = ways(bench.nextRoom());
        List<Compared> compared = new ArrayList<>();
        bench.lab().impair(Impairment.ofDelay(Duration.ofMillis(10)));
        try {
            for (String transport : TRANSPORTS) {
                List<List<Connect>> connects = List.of(new ArrayList<>(), new ArrayList<>());
                for (int round = 0; round < WARM_UP_CONNECTS + CONNECTS; round++) {
                    for (int turn = 0; turn < RELAYS.size(); turn++) {
                        int relay = (round + turn) % RELAYS.size(); // who goes first changes
                        Connect took = connect(told, RELAYS.get(relay) + "-" + transport);
                        if (round >= WARM_UP_CONNECTS) connects.get(relay).add(took);
                    }
                }
                compared.add(Compared.of(transport + ", the first", connects, Connect::firstMicros));
                compared.add(Compared.of(transport + ", another", connects, Connect::anotherMicros));
            }
        } finally {
            bench.lab().impair(Impairment.NONE);
            String table = "| connect and allocate, µs, medians of " + CONNECTS + " | callgate | coturn |\n"
                    + "|---|---|---|\n" + compared.stream().map(Compared::row).collect(Collectors.joining());
            System.out.println("\n" + table);
            Files.writeString(folder.resolve("connects.md"), table);
        }
        assertThat(compared)
                .allSatisfy(each -> assertThat((double) each.ours())
                        .as("%s: ours beside coturn's, µs", each.what())
                        .isLessThanOrEqualTo(LEVEL * each.theirs()));
    }

    /// @param anotherMicros of an allocation after the first, which has learned what the relay asks for
    private record Connect(long firstMicros, long anotherMicros) {}

    /// Medians, µs.
    private record Compared(String what, long ours, long theirs) {
        static Compared of(String what, List<List<Connect>> connects, ToLongFunction<Connect> micros) {
            return new Compared(what, median(connects.getFirst(), micros), median(connects.getLast(), micros));
        }

        private static long median(List<Connect> connects, ToLongFunction<Connect> micros) {
            return connects.stream().mapToLong(micros).sorted().toArray()[connects.size() / 2];
        }

        String row() {
            return "| %s | %d | %d |\n".formatted(what, ours, theirs);
        }
    }

    private Connect connect(Properties told, String way) {
        return bench.lab().corp().inside(() -> {
            HostPort at = HostPort.parse(told.getProperty(way + ".turn", told.getProperty(way + ".at")), 443);
            Entrance entrance = new Entrance(
                    at,
                    Transport.valueOf(told.getProperty(way + ".transport")),
                    Trust.authorities(Files.readAllBytes(Path.of(told.getProperty(way + ".ca")))));
            long began = System.nanoTime();
            try (TurnClient first = TurnClient.allocate(
                    entrance,
                    Dialer.direct(),
                    new io.callgate.client.net.Login(
                            told.getProperty(way + ".user"), told.getProperty(way + ".password")),
                    new PayloadChecker(0),
                    TIME,
                    Attempt.within(TIME, PATIENCE))) {
                long connected = System.nanoTime();
                try (TurnClient _ = first.another(new PayloadChecker(0), Attempt.within(TIME, PATIENCE))) {
                    long again = System.nanoTime();
                    return new Connect(
                            TimeUnit.NANOSECONDS.toMicros(connected - began),
                            TimeUnit.NANOSECONDS.toMicros(again - connected));
                }
            }
        });
    }

    private Properties ways(int room) {
        Properties told = bench.told("STANDARD", room, "guest");
        List<String> ways = new ArrayList<>(List.of("direct"));
        Login ours = bench.credential("guest");
        RelayCredential minted = coturn.credential(RelayUnderTest.LAB_APP, "guest", Duration.ofHours(1));
        Login theirs = new Login(minted.username(), minted.password());
        for (String transport : TRANSPORTS) {
            describe(told, "callgate-" + transport, transport, bench.door(), ours, told.getProperty("ca"));
            describe(
                    told,
                    "coturn-" + transport,
                    transport,
                    theirs().address() + ":443",
                    theirs,
                    authority.authorityCertificate().toString());
            told.setProperty("sdk-" + transport + ".transport", transport);
            told.setProperty("sdk-" + transport + ".at", bench.door());
            told.setProperty("sdk-" + transport + ".ca", told.getProperty("ca"));
            told.setProperty("sdk-" + transport + ".token", told.getProperty("token.guest"));
            ways.addAll(List.of("callgate-" + transport, "coturn-" + transport, "sdk-" + transport));
        }
        told.setProperty("coturn-UDP.turn", theirs().address() + ":3478");
        told.setProperty("callgate-UDP.turn", bench.lab().dmz().address() + ":3478");
        told.setProperty("ways", String.join(",", ways));
        told.setProperty("rounds", Integer.toString(WARM_UP_ROUNDS + ROUNDS));
        return told;
    }

    private static void describe(Properties told, String way, String transport, String at, Login login, String ca) {
        told.setProperty(way + ".transport", transport);
        told.setProperty(way + ".at", at);
        told.setProperty(way + ".user", login.name());
        told.setProperty(way + ".password", login.password());
        told.setProperty(way + ".ca", ca);
    }

    private static String table(RtcPeople guest) {
        StringBuilder table = new StringBuilder("| from the join to the first picture, ms, medians of " + ROUNDS
                + " | callgate | coturn | callgate by the whole SDK, which asks for a lease first |\n"
                + "|---|---|---|---|\n");
        for (String transport : TRANSPORTS) {
            table.append("| %s | %d | %d | %d |\n"
                    .formatted(
                            transport,
                            median(guest, "callgate-" + transport),
                            median(guest, "coturn-" + transport),
                            median(guest, "sdk-" + transport)));
        }
        table.append("| directly | %d | | |\n\n".formatted(median(guest, "direct")));
        for (String way : guest.output()
                .lines()
                .filter(line -> line.startsWith("frame way="))
                .map(line -> line.replaceAll("frame way=(\\S+) .*", "$1"))
                .collect(Collectors.toCollection(TreeSet::new))) {
            table.append("- %s: %s\n".formatted(way, measured(guest, way)));
        }
        return table.toString();
    }

    private static List<Long> measured(RtcPeople guest, String way) {
        List<Long> all = guest.numbers("frame way=" + way + " millis=(\\d+)");
        return all.subList(WARM_UP_ROUNDS, all.size());
    }

    private static long median(RtcPeople guest, String way) {
        List<Long> sorted = measured(guest, way).stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
