package io.callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The report shows what was measured, and nothing else.
class ReportTest {
    private static String run(String server, int round, String work, String result) {
        return "{\"server\":\"%s\",\"round\":%d,\"transport\":\"udp\",\"work\":\"%s\",%s}"
                .formatted(server, round, work, result);
    }

    private static String cpu(String server, int round, double micros) {
        return run(
                server,
                round,
                "singles",
                "\"result\":{\"allocs\":100,\"ready\":100,\"loss_pct\":0.01,\"cpu_us_per_packet\":%s}"
                        .formatted(micros));
    }

    @Test
    void showsMedianSpreadAndTheRatioRoundByRound() {
        Report report = new Report(List.of(
                cpu("coturn", 1, 10), cpu("callgate", 1, 8),
                cpu("coturn", 2, 12), cpu("callgate", 2, 6),
                cpu("coturn", 3, 11), cpu("callgate", 3, 11)));

        assertThat(report.tables())
                .contains("CPU a packet, µs | 11.00 (10.00–12.00, 3 rounds) | 8.00 (6.00–11.00, 3 rounds)"
                        + " | 0.80 (0.50–1.00, 3 rounds) |")
                .doesNotContain("Left out");
    }

    @Test
    void aRatioNeedsBothOfOneRound() {
        Report report = new Report(List.of(cpu("coturn", 1, 10), cpu("callgate", 2, 6)));

        assertThat(report.tables()).contains("10.00 (1 round) | 6.00 (1 round) | not measured |");
    }

    @Test
    void ratesAreWhatWasMadeByTheTimeItTook() {
        Report report = new Report(List.of(
                run("coturn", 1, "idle", "\"result\":{\"allocs\":500,\"ready\":500,\"setup_secs\":0.25}"),
                run("callgate", 1, "idle", "\"result\":{\"allocs\":500,\"ready\":500,\"setup_secs\":0}")));

        assertThat(report.tables()).contains("made a second (connected before) | 2,000 (1 round) | not measured |");
    }

    @Test
    void aFieldThatIsMissingOrNoNumberIsNotMeasured() {
        Report report = new Report(List.of(
                run("coturn", 1, "max", "\"result\":{}"),
                run("callgate", 1, "max", "\"result\":{\"max_pps\":\"many\"}")));

        assertThat(report.tables()).contains("packets/s | not measured | not measured | not measured |");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        "result":{"ready":99,"allocs":100,"cpu_us_per_packet":1}      | only 99 of 100 clients got an allocation
        "result":{"tool":{"limited":true},"cpu_us_per_packet":1}      | the load tool was the limit, not the relay
        "result":{"loss_pct":40.5,"cpu_us_per_packet":1}              | lost 40.5 %: what was not relayed cost nothing
        "result":{"cycles_per_s":9,"failed":3}                        | 3 allocations failed
        "result":null                                                 | no result
        "failed":"timed out"                                          | timed out
        """)
    void aRunThatIsNoFairMeasurementIsLeftOutAndNamed(String result, String why) {
        Report report = new Report(List.of(cpu("coturn", 1, 10), run("callgate", 1, "singles", result)));

        assertThat(report.tables())
                .contains("10.00 (1 round) | not measured | not measured |")
                .contains("- round 1, callgate, udp, singles: " + why);
    }

    @Test
    void aHighestRateThatTheLoadToolEndedIsShownAndNamed() {
        Report report = new Report(List.of(
                run("coturn", 1, "max", "\"result\":{\"max_pps\":100000,\"cpu_us_per_packet\":8}"),
                run(
                        "callgate",
                        1,
                        "max",
                        "\"result\":{\"max_pps\":150000,\"cpu_us_per_packet\":6,\"tool\":{\"limited\":true}}")));

        assertThat(report.tables())
                .contains("packets/s | 100,000 (1 round) | 150,000 (1 round) | 1.50 (1 round) |")
                .contains("At least, since the load tool was the limit and not the relay:")
                .contains("- round 1, callgate, udp, max\n");
    }

    @ParameterizedTest(name = "{0} % lost")
    @CsvSource(delimiter = '|', textBlock = """
        2.5  | 6.00 (1 round) | 0.75 (1 round) | false
        25   | 6.00 (1 round) | 0.75 (1 round) | false
        25.1 | not measured   | not measured   | true
        """)
    void aFullRelayMayLosePacketsAndAStallIsShownWithoutWhatItCost(
            String loss, String cost, String ratio, boolean stalled) {
        Report report = new Report(List.of(
                run("coturn", 1, "max", "\"result\":{\"max_pps\":100000,\"cpu_us_per_packet\":8}"),
                run(
                        "callgate",
                        1,
                        "max",
                        "\"result\":{\"max_pps\":150000,\"cpu_us_per_packet\":6,\"loss_pct\":%s}".formatted(loss))));

        assertThat(report.tables())
                .contains("packets/s | 100,000 (1 round) | 150,000 (1 round) | 1.50 (1 round) |")
                .contains("CPU a packet there, µs | 8.00 (1 round) | %s | %s |".formatted(cost, ratio))
                .doesNotContain("Left out");
        assertThat(report.tables().contains("- round 1, callgate, udp, max: lost " + loss + " %: what"))
                .isEqualTo(stalled);
    }

    @Test
    void withoutAnyRunThereIsNoRound() {
        assertThat(new Report(List.of(run("coturn", 1, "idle", "\"failed\":\"did not start\""))).rounds())
                .isEmpty();
    }
}
