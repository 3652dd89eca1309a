package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.console.ConsoleUnderTest.Answer;
import io.callgate.control.console.ConsoleUnderTest.Browser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Lists that are longer than a page, by their links and without a script.
class PagingTest {
    private static final int COUNT = 250;
    private static final Pattern MORE = Pattern.compile("href=\"([^\"]+)\">(?:More|更多)</a>");
    private static final Pattern RELAY = Pattern.compile("data-label=\"Relay\">(r\\d+)");
    private static final Pattern ADDRESS = Pattern.compile("data-label=\"Address\"><code>([^<]+)");
    private static final Pattern POOL = Pattern.compile("data-label=\"Pool\">(p\\d+)");
    private static final Pattern USER = Pattern.compile("data-label=\"User\">(u\\d+)");

    private final ConsoleUnderTest console = new ConsoleUnderTest();

    @BeforeEach
    void fill() {
        console.execute("""
            insert into pool (id, kind, created_at, notice_days)
            select 'p' || "X", 'PRODUCTION', 0, 30 from system_range(1001, %d)\
            """.formatted(1000 + COUNT));
        console.execute("""
            insert into relay (id, name, pool_id, region, key_hash, joined_at, draining)
            select cast(lpad(cast("X" as varchar), 32, '0') as uuid), 'r' || "X", 'p1001', 'eu', 'x', 0, false
            from system_range(1001, %d)\
            """.formatted(1000 + COUNT));
        console.execute("""
            insert into pool_address (id, pool_id, cidr, first_port, last_port, transports, region, purpose, valid_from)
            select cast(lpad(cast(%2$d - "X" as varchar), 32, '0') as uuid), case when "X" <= 120 then 'p1002' else 'p1003'
                end, '203.0.113.' || "X" || '/32', 443, 443, 'udp', 'eu', 'media', 0
            from system_range(1, %1$d)\
            """.formatted(COUNT, 2 * COUNT));
        console.execute("""
            insert into console_user (name, password, kind, must_change, created_at)
            select 'u' || "X", 'x', 'VIEWER', false, 0 from system_range(1001, %d)\
            """.formatted(1000 + COUNT));
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void everyRelayIsOnOnePage() {
        Browser admin = console.admin();

        List<String> pages = pages(admin, "/relays");

        assertThat(pages).hasSize(3);
        assertThat(found(pages, RELAY)).containsExactlyElementsOf(numbered("r"));
        assertThat(pages.getFirst()).as("the pools that a relay may join").contains(">p1250</option>");
    }

    @Test
    void everyAddressAndEveryPoolIsOnOnePage() {
        Browser admin = console.admin();

        List<String> addresses = found(pages(admin, "/pools"), ADDRESS);
        List<String> pools = found(pagesByLast(admin, "/pools"), POOL);

        assertThat(addresses)
                .doesNotHaveDuplicates()
                .hasSize(COUNT)
                .startsWith("203.0.113.120:443", "203.0.113.119:443")
                .endsWith("203.0.113.122:443", "203.0.113.121:443");
        assertThat(pools).containsExactlyElementsOf(numbered("p"));
        assertThat(admin.get("/pools").body())
                .as("below a hundred addresses")
                .containsPattern("id=\"pools\"")
                .containsPattern("href=\"/pools[?]pool=p1100#pools\">More</a>");
        assertThat(admin.get("/pools").body()).contains(">p1250</option>");
    }

    @Test
    void theTwoListsOfPoolsGoOnEachByItself() {
        Browser admin = console.admin();
        String secondOfPools = lastMore(admin.get("/pools").expect(200).body()).orElseThrow();

        String secondOfBoth = firstMore(admin.get(secondOfPools).body()).orElseThrow();

        assertThat(found(List.of(admin.get(secondOfBoth).body()), POOL)).startsWith("p1101");
        assertThat(found(List.of(admin.get(secondOfBoth).body()), ADDRESS)).startsWith("203.0.113.20:443");
    }

    @Test
    void everyUserIsOnOnePage() {
        Browser admin = console.admin();

        assertThat(found(pages(admin, "/users"), USER)).containsExactlyElementsOf(numbered("u"));
    }

    @Test
    void whoActsOnALaterPageIsShownItAgain() {
        Browser admin = console.admin();
        for (List<String> act : List.of(
                List.of("/relays", "do", "drain", "relay", "00000000-0000-0000-0000-000000001150"),
                List.of("/pools", "do", "change", "pool", "p1150", "noticeDays", "31"),
                List.of("/users", "do", "remove", "user", "u1150"))) {
            String later =
                    lastMore(admin.get(act.getFirst()).expect(200).body()).orElseThrow();

            Answer answer = admin.post(later, act.stream().skip(1).toArray(String[]::new));

            assertThat(answer.expect(303).header("Location")).isEqualTo(later);
            assertThat(admin.get(later).expect(200).body()).contains("action=\"" + later + "\"");
        }
    }

    @Test
    void aPageThatHasBecomeEmptySaysSoInBothLanguages() {
        Browser admin = console.admin();
        for (String path : List.of(
                "/relays?after=00000000-0000-0000-0000-000000009999",
                "/pools?pool=zz",
                "/pools?in=zz&address=00000000-0000-0000-0000-000000009999",
                "/users?after=zz")) {
            assertThat(admin.get(path).expect(200).body()).as(path).contains("There are no more.");
        }
        admin.headers.addAll(List.of("Accept-Language", "zh-CN"));

        assertThat(admin.get("/users?after=zz").body()).contains("没有更多了。");
        assertThat(admin.get("/relays").body()).contains(">更多</a>");
    }

    @Test
    void anEndOfAPageThatIsNoneBeginsAtTheFirst() {
        Browser admin = console.admin();

        for (String path : List.of("/relays?after=nonsense", "/pools?in=p1002&address=nonsense", "/pools?in=p1002")) {
            assertThat(admin.get(path).expect(200).body()).as(path).containsAnyOf("r1001", "203.0.113.120:443");
        }
    }

    /// All pages by the first link of each.
    private static List<String> pages(Browser browser, String path) {
        List<String> pages = new ArrayList<>();
        for (Optional<String> next = Optional.of(path); next.isPresent(); next = firstMore(pages.getLast())) {
            pages.add(browser.get(next.get()).expect(200).body());
            assertThat(pages.size()).isLessThan(10);
            if (path.equals("/pools")
                    && found(List.of(pages.getLast()), ADDRESS).size() < 100) {
                break; // the only link is that of the pools now
            }
        }
        return pages;
    }

    private static List<String> pagesByLast(Browser browser, String path) {
        List<String> pages = new ArrayList<>();
        for (Optional<String> next = Optional.of(path); next.isPresent(); next = lastMore(pages.getLast())) {
            pages.add(browser.get(next.get()).expect(200).body());
            assertThat(pages.size()).isLessThan(10);
            if (found(List.of(pages.getLast()), POOL).size() < 100) {
                break; // the only link is that of the addresses now
            }
        }
        return pages;
    }

    private static Optional<String> firstMore(String page) {
        return links(page).stream().findFirst();
    }

    private static Optional<String> lastMore(String page) {
        return links(page).stream().reduce((before, last) -> last);
    }

    private static List<String> links(String page) {
        return MORE.matcher(page)
                .results()
                .map(link -> link.group(1).replace("&amp;", "&").replaceFirst("#.*", ""))
                .toList();
    }

    private static List<String> found(List<String> pages, Pattern name) {
        return pages.stream()
                .flatMap(page -> name.matcher(page).results().map(match -> match.group(1)))
                .toList();
    }

    private static List<String> numbered(String letter) {
        return IntStream.rangeClosed(1001, 1000 + COUNT)
                .mapToObj(i -> letter + i)
                .toList();
    }
}
