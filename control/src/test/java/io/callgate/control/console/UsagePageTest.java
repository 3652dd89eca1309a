package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.control.console.ConsoleUnderTest.Browser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class UsagePageTest {
    /// What 61 relays count in an hour by five ingresses, one session each.
    private static final String A_FULL_HOUR = """
        insert into usage_count (app_id, hour_at, relay_id, ingress, epoch, relay_name, region, bytes_to_peer,
            bytes_to_client, sessions, session_seconds)
        select 'demo', h."X", cast(lpad(cast(r."X" as varchar), 32, '0') as uuid), ingress, 'run',
            'r' || r."X", case when mod(r."X", 2) = 0 then 'eu' else 'us' end, 400000, 600000, 1, 60
        from system_range(%d, %d, 3600000) h, system_range(1, 61) r,
            (values ('turn_udp'), ('turn_tcp'), ('turn_tls'), ('socks5'), ('http_connect')) ingress (ingress)\
        """;

    private static final long HOUR_MILLIS = 3_600_000;

    private final ConsoleUnderTest console = new ConsoleUnderTest();
    private final long midnight = console.clock.now().toEpochMilli() / (24 * HOUR_MILLIS) * 24 * HOUR_MILLIS;

    @BeforeEach
    void makeApp() {
        console.api("POST", "/v1/apps", "{\"id\": \"demo\", \"contact\": \"eve\"}");
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void aMonthOfALargeFleetIsAddedUpAndWrittenWhole() {
        console.execute(A_FULL_HOUR.formatted(midnight - 29 * 24 * HOUR_MILLIS, midnight + 23 * HOUR_MILLIS));
        Browser admin = console.admin();

        String page = admin.get("/usage?app=demo&days=30").expect(200).body();
        List<String> hours = admin.get("/usage.csv?app=demo&days=30")
                .expect(200)
                .body()
                .lines()
                .toList();
        List<String> days = admin.get("/usage-days.csv?app=demo&days=30")
                .expect(200)
                .body()
                .lines()
                .toList();

        assertThat(times(page, ">7,320<")).as("days of 24 × 61 × 5 sessions").isEqualTo(30);
        assertThat(times(page, ">43,920<")).as("ingresses of 720 × 61 sessions").isEqualTo(5);
        assertThat(hours.size()).isEqualTo(1 + 720 * 61 * 5);
        assertThat(hours.getFirst())
                .isEqualTo("app,hour,relay,region,ingress,sessions,session_seconds,bytes_to_peer,bytes_to_client");
        assertThat(hours.getLast()).startsWith("demo,2026-11-22T23:00:00Z,r");
        assertThat(days)
                .hasSize(1 + 30 * 2 * 5)
                .contains(
                        "app,day,region,ingress,sessions,session_seconds,bytes_to_peer,bytes_to_client",
                        "demo,2026-10-24,eu,socks5,720,43200,288000000,432000000",
                        "demo,2026-11-22,us,turn_udp,744,44640,297600000,446400000");
    }

    @Test
    void aYearHasItsFirstAndItsLastDay() {
        for (long day : List.of(midnight - 364 * 24 * HOUR_MILLIS, midnight)) {
            console.execute(A_FULL_HOUR.formatted(day, day));
        }
        console.execute("insert into session_peak (app_id, hour_at, region, ingress, sessions) values"
                + " ('demo', %1$d, '', '', 81), ('demo', %1$d, '', 'socks5', 34), ('demo', %1$d, 'eu', '', 99)"
                        .formatted(midnight));

        String page =
                console.admin().get("/usage?app=demo&days=365").expect(200).body();

        assertThat(page).contains("<option value=\"365\" selected>");
        assertThat(rows(page))
                .anyMatch(row -> row.contains(">2025-11-23<") && row.contains(">305<"))
                .anyMatch(row -> row.contains(">2026-11-22<") && row.contains(">305<") && row.contains(">81<"))
                .anyMatch(row -> row.contains(">socks5<") && row.contains(">122<") && row.contains(">34<"))
                .noneMatch(row -> row.contains(">99<"));
    }

    /// A browser that is told of the end keeps half a file as if it were whole.
    @Test
    void aFileThatCannotBeWrittenToItsEndIsBrokenOff() {
        console.execute(A_FULL_HOUR.formatted(midnight - 24 * HOUR_MILLIS, midnight));
        Browser admin = console.admin();
        admin.get("/usage.csv?app=demo&days=7").expect(200);

        console.execute("alter table usage_count alter column relay_name set null");
        console.execute("update usage_count set relay_name = null where hour_at = " + midnight);

        assertThatThrownBy(() -> admin.get("/usage.csv?app=demo&days=7"))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    private static int times(String text, String part) {
        return text.split(part, -1).length - 1;
    }

    private static List<String> rows(String page) {
        return List.of(page.split("<tr>"));
    }
}
