package io.callgate.relay.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.CheckRuns.Beginning;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may have a run of the check page, and that what is kept of the askers is bounded.
class CheckRunsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final long LIFE_NANOS = CheckRuns.LIFE.toNanos();
    private static final long HOUR_NANOS = Duration.ofHours(1).toNanos();

    private final CheckRuns runs = new CheckRuns(TestApps.NO_LOG);
    private long nowNanos = -5_000_000_000L; // a clock may begin anywhere, and pass zero

    @BeforeEach
    void serve() {
        runs.apply(true, TestApps.surroundings(TestApps.NO_HOST, TestApps.NO_ALLOCATIONS));
    }

    @ParameterizedTest(name = "{0} and {1} share their runs: {2}")
    @CsvSource({
        "192.0.2.1, 192.0.2.254, true",
        "192.0.2.1, 192.0.3.1, false",
        "2001:db8:1:2::3, 2001:db8:1:ffff::1, true",
        "2001:db8:1:2::3, 2001:db8:2:2::3, false",
        "192.0.2.1, ::1, false"
    })
    void countsByNetwork(String first, String second, boolean shared) {
        for (int i = 0; i < CheckRuns.RUNS_AN_HOUR; i++) {
            assertThat(isBegun(first)).isTrue();
        }

        assertThat(isBegun(first)).isFalse();
        assertThat(isBegun(second)).isEqualTo(!shared);
    }

    /// No moment at which a network has had more than ten within the hour before it.
    @Test
    void theHourSlides() {
        for (int i = 0; i < CheckRuns.RUNS_AN_HOUR; i++) {
            assertThat(isBegun("192.0.2.1")).isTrue();
            nowNanos += HOUR_NANOS / 20;
        }

        assertThat(isBegun("192.0.2.1")).isFalse();
        nowNanos += HOUR_NANOS / 2;
        assertThat(isBegun("192.0.2.1")).isTrue();
        assertThat(isBegun("192.0.2.1")).isFalse();
        nowNanos += HOUR_NANOS / 20;
        assertThat(isBegun("192.0.2.1")).isTrue();
    }

    @Test
    void neverMoreThanItsMostAreAlive() {
        for (int i = 0; i < CheckRuns.MOST_LIVE; i++) {
            assertThat(isBegun("10." + i + ".0.1")).isTrue();
        }

        assertThat(isBegun("10.200.0.1")).isFalse();
        nowNanos += LIFE_NANOS;
        assertThat(isBegun("10.200.0.1")).isTrue();
    }

    /// As many networks as are remembered come within the hour: then a new one waits until the first is forgotten.
    @Test
    void neverRemembersMoreThanItsMostNetworks() {
        long stepNanos = HOUR_NANOS / (CheckRuns.MOST_NETWORKS + 1);
        for (int i = 0; i < CheckRuns.MOST_NETWORKS; i++) {
            assertThat(isBegun("10." + i / 256 + "." + i % 256 + ".1"))
                    .as("network %s", i)
                    .isTrue();
            nowNanos += stepNanos;
            endAll();
        }

        assertThat(isBegun("172.16.0.1")).isFalse();
        nowNanos += HOUR_NANOS;
        assertThat(isBegun("172.16.0.1")).isTrue();
    }

    @Test
    void switchedOffItGivesNone() {
        runs.apply(false, TestApps.surroundings(TestApps.NO_HOST, TestApps.NO_ALLOCATIONS));

        assertThat(isBegun("192.0.2.1")).isFalse();
    }

    @Test
    void seesUdpOfTheYoungestRunOnly() {
        IpAddress client = IpAddress.parse("192.0.2.1");
        runs.sawUdpFrom(client.high(), client.low());
        assertThat(runs.sightingOf(client, nowNanos)).isEqualTo(CheckRuns.Sighting.NONE);

        isBegun("192.0.2.1");
        runs.sawUdpFrom(client.high(), client.low());
        nowNanos += 1_000;
        isBegun("192.0.2.1");
        runs.sawUdpFrom(client.high(), client.low());
        runs.sawUdpFrom(client.high(), client.low() + 1);
        nowNanos += 2_000;

        assertThat(runs.sightingOf(client, nowNanos)).isEqualTo(new CheckRuns.Sighting(1, Duration.ofNanos(2_000)));
        assertThat(runs.sightingOf(IpAddress.parse("192.0.2.2"), nowNanos)).isEqualTo(CheckRuns.Sighting.NONE);
        nowNanos += LIFE_NANOS;
        assertThat(runs.sightingOf(client, nowNanos)).isEqualTo(CheckRuns.Sighting.NONE);
    }

    /// More networks in an hour than runs at once: the page is switched off and on between.
    private void endAll() {
        runs.apply(false, TestApps.surroundings(TestApps.NO_HOST, TestApps.NO_ALLOCATIONS));
        serve();
    }

    private boolean isBegun(String client) {
        return runs.begin(IpAddress.parse(client), NOW, nowNanos) instanceof Beginning.Begun;
    }
}
