package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Browser;
import io.callgate.control.store.JoinToken;
import io.callgate.control.store.Pool;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Reporting;
import io.callgate.control.store.Store;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.ErrorCode;
import io.callgate.model.Region;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How fast the overview is, and what it keeps.
@Timeout(120)
class OverviewTest {
    private static final int SESSIONS = 10_000;
    private static final int CHANGES_A_BEAT = 500;

    @Test
    void tenThousandSessionsAreToldInTwoTenthsOfASecondAndAgainWithinOne() throws Exception {
        try (ConsoleUnderTest console = new ConsoleUnderTest()) {
            fill(console);
            Browser admin = console.admin();
            for (String path : List.of("/", "/sessions")) {
                for (int i = 0; i < 20; i++) {
                    admin.get(path).expect(200);
                }
                List<Long> nanos = new ArrayList<>();
                for (int i = 0; i < 31; i++) {
                    long before = System.nanoTime();
                    admin.get(path).expect(200);
                    nanos.add(System.nanoTime() - before);
                }
                nanos.sort(null);
                System.out.printf(
                        "%s of %,d sessions: median %.1f ms, slowest of 31 %.1f ms%n",
                        path, SESSIONS, nanos.get(15) / 1e6, nanos.get(30) / 1e6);
                assertThat(Duration.ofNanos(nanos.get(15))).as(path).isLessThan(Duration.ofMillis(200));
            }
            assertThat(admin.get("/").body()).contains("<dd>10,000</dd>");

            List<Long> gaps = gapsOfTheStream(console, admin);
            System.out.printf("news of the stream: %s ms apart%n", gaps);
            assertThat(gaps.stream().sorted().skip(gaps.size() / 2).findFirst().orElseThrow())
                    .isLessThan(1000L);
        }
    }

    @Test
    void whyLeasesAreRefusedIsToldInTheLanguageOfThePage() throws Exception {
        try (ConsoleUnderTest console = new ConsoleUnderTest()) {
            console.api("POST", "/v1/leases", "", "{\"uid\": \"alice\"}", 401);
            Browser admin = console.admin();
            String english = admin.get("/").expect(200).body();
            admin.headers.addAll(List.of("Accept-Language", "zh-CN"));

            String chinese = admin.get("/").expect(200).body();

            assertThat(english).contains("TOKEN_REQUIRED", ErrorCode.TOKEN_REQUIRED.meaning());
            assertThat(chinese).contains("TOKEN_REQUIRED", "既没有令牌").doesNotContain(ErrorCode.TOKEN_REQUIRED.meaning());
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "INVALID_ARGUMENT",
                "NOT_ACTIVATED",
                "TOKEN_REQUIRED",
                "TOKEN_INVALID",
                "TOKEN_EXPIRED",
                "QUOTA_EXCEEDED",
                "REGION_FORBIDDEN",
                "SDK_TOO_OLD",
                "NO_RELAY"
            })
    void eachReasonForWhichALeaseIsRefusedHasChineseWords(ErrorCode code) {
        assertThat(LeaseRefusals.meaning(Language.CHINESE, code))
                .matches(words -> words.codePoints().anyMatch(Character::isIdeographic));
    }

    /// Twenty apps in five regions, looked at every second: when the history is full, it stays as large as it is.
    @Test
    void anHourOfLooksTakesNoMoreMemoryThanItsFirstTwentyMinutes() {
        FakeClock clock = new FakeClock();
        try (Store store = Store.open(StoreOptions.inMemory(
                        "memory-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), clock));
                Live live = new Live(store, () -> Map.of(ErrorCode.NO_RELAY, 1L))) {
            List<UUID> relays = fleet(store);
            long before = liveBytes();
            look(store, live, clock, relays, 1200);
            long full = liveBytes();
            look(store, live, clock, relays, 2400);
            long afterAnHour = liveBytes();

            System.out.printf(
                    "live bytes: %,d before, %,d more after 20 minutes of looks, %,d more after the whole hour%n",
                    before, full - before, afterAnHour - full);
            assertThat(live.history().getLast().apps()).hasSize(20);
            assertThat(afterAnHour - full).isLessThan(200_000L);
        }
    }

    private static void look(Store store, Live live, FakeClock clock, List<UUID> relays, int seconds) {
        for (int second = 0; second < seconds; second++) {
            clock.advance(Duration.ofSeconds(1));
            if (second % 5 == 0) {
                report(store, relays, clock.now().getEpochSecond());
            }
            live.look();
        }
    }

    private static List<UUID> fleet(Store store) {
        return store.change("test", transaction -> {
            transaction.pools().create("main", Pool.Kind.PRODUCTION, Optional.empty());
            List<UUID> relays = new ArrayList<>();
            for (int relay = 0; relay < 5; relay++) {
                relays.add(transaction
                        .relays()
                        .create("r" + relay, new JoinToken("main", new Region("region-" + relay), Optional.empty()))
                        .id());
            }
            return relays;
        });
    }

    private static void report(Store store, List<UUID> relays, long sequence) {
        List<AppNeed> needs = new ArrayList<>();
        for (int app = 0; app < 20; app++) {
            needs.add(new AppNeed(new AppId("app-" + app), sequence % 100, 100, 100, 1000, 1000, List.of()));
        }
        store.change("test", transaction -> {
            RelayReport report = new RelayReport(
                    "run", sequence, transaction.now(), Optional.empty(), 10, false, 0, 1, Optional.empty(), List.of());
            return transaction
                    .fleetUse()
                    .report(relays.stream()
                            .map(relay -> new Reporting(relay, report, needs))
                            .toList());
        });
    }

    /// What is left when nothing can be collected any more.
    private static long liveBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @Test
    void anHourOfLooksIsKeptInABoundedHistory() {
        FakeClock clock = new FakeClock();
        try (Store store = Store.open(StoreOptions.inMemory(
                        "live-" + UUID.randomUUID(), Secret.of("0123456789abcdef0123456789abcdef"), clock));
                Live live = new Live(store, Map::of)) {
            for (int second = 0; second < 3600; second++) {
                clock.advance(Duration.ofSeconds(1));
                live.look();
            }

            assertThat(live.history()).hasSize(Live.MOST_POINTS);
            assertThat(live.history().getLast().at()).isEqualTo(clock.now());
        }
    }

    /// Milliseconds between ten pieces of news.
    private static List<Long> gapsOfTheStream(ConsoleUnderTest console, Browser admin) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> stream = client.send(
                    HttpRequest.newBuilder(URI.create(console.origin() + "/live"))
                            .header("Cookie", "callgate-session=" + admin.cookies.get("callgate-session"))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(stream.headers().firstValue("Content-Type"))
                    .isPresent()
                    .get()
                    .asString()
                    .contains("event-stream");
            List<Long> times = new ArrayList<>();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                while (times.size() < 11) {
                    if (line(lines).equals("event: point")) {
                        times.add(System.nanoTime());
                    }
                }
            }
            List<Long> gaps = new ArrayList<>();
            for (int i = 1; i < times.size(); i++) {
                gaps.add((times.get(i) - times.get(i - 1)) / 1_000_000);
            }
            client.shutdownNow();
            return gaps;
        }
    }

    private static String line(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("the stream ended");
        }
        return line;
    }

    private static void fill(ConsoleUnderTest console) {
        console.api("POST", "/v1/pools", "{\"id\": \"main\", \"kind\": \"production\"}");
        console.api("POST", "/v1/apps", "{\"id\": \"demo\", \"contact\": \"eve\", \"pools\": [\"main\"]}");
        console.api("POST", "/v1/apps/demo/activate", "");
        String token = console.api("POST", "/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .get("joinToken")
                .asString();
        String key = console.api("POST", "/link/join", "", """
            {"joinToken": "%s", "name": "r1", "endpoints": [{"address": "203.0.113.7", "port": 443, "transports": ["udp"]}]}\
            """.formatted(token), 201)
                .get("relayKey")
                .asString();
        for (int told = 0; told < SESSIONS; told += CHANGES_A_BEAT) {
            StringBuilder live = new StringBuilder();
            for (int number = told + 1; number <= told + CHANGES_A_BEAT; number++) {
                live.append(live.isEmpty() ? "" : ",").append("""
                    {"number": %d, "app": "demo", "subject": "user-%d", "ingresses": ["turn_udp"],
                     "client": "203.0.113.0/24", "began": "2026-11-22T11:00:00Z", "bytesToPeer": 1, "bytesToClient": 1}\
                    """.formatted(number, number));
            }
            console.api(
                    "POST",
                    "/link/heartbeat",
                    key,
                    """
                    {"epoch": "run", "sequence": %d, "loadPercent": 10, "stateVersion": 1,
                     "apps": [{"app": "demo", "sessions": 10000, "peakSessions": 10000, "wantedSessions": 10000,
                               "kbitPerSecond": 5000000, "wantedKbitPerSecond": 5000000}],
                     "sessions": {"after": %d, "upTo": %d, "live": [%s]}}\
                    """.formatted(told / CHANGES_A_BEAT + 1, told, told + CHANGES_A_BEAT, live),
                    200);
        }
    }
}
