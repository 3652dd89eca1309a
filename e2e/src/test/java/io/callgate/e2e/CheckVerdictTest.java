package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.callgate.e2e.CheckBrowser.Eyes;
import io.callgate.e2e.CheckBrowser.Visit;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The verdict table of the check page, row by row, and what holds in all of its combinations. In the real
/// browser, because the rules are the page's own script; without a relay.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class CheckVerdictTest {
    private static final String ORIGIN = "http://check.test";

    /// `good`, `fair`, `poor` passed so; `lost` failed; `no` refused; `-` is not offered.
    private static final String JUDGE = """
        async ([secure, udp, tcp, tls, udpPackets, tlsSeen]) => {
          const {judge} = await import('/check/verdict.js');
          const result = text => text === '-' ? {state: 'absent'} : text === 'lost' ? {state: 'failed'}
              : text === 'no' ? {state: 'refused'} : {state: 'passed', quality: text};
          const verdict = judge(secure, {udp: result(udp), tcp: result(tcp), tls: result(tls)}, {udpPackets, tls: tlsSeen});
          const rows = Object.values(verdict.rows);
          return [verdict.level, verdict.sentence, verdict.detail || '-', rows.map(row => row.word).join(' '),
              rows.map(row => row.why).join(' '), verdict.rules.join(' ') || '-'];
        }\
        """;

    private CheckBrowser browser;
    private Visit visit;

    @BeforeAll
    void open() {
        browser = CheckBrowser.start(ORIGIN);
        visit = browser.visit(Eyes.DESKTOP);
        visit.page().route("**", CheckVerdictTest::serve);
        visit.page().navigate(ORIGIN + "/blank");
    }

    @AfterAll
    void close() {
        if (browser != null) browser.close();
    }

    @ParameterizedTest(name = "{0}, UDP {1}, TCP {2}, TLS {3}; seen: {4} UDP, TLS {5}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        # page | udp  | tcp  | tls  | seen  udp tls || level   | sentence        | detail           | words                        | rules
        http   | good | good | good | 0 | none      || good    | everything      | -                | good good good               | -
        http   | good | good | -    | 0 | none      || good    | everything      | -                | good good absent             | -
        http   | fair | good | good | 0 | none      || fair    | everything      | fairCall         | fair good good               | -
        http   | poor | good | good | 0 | none      || poor    | everything      | poorCall         | poor good good               | -
        http   | good | good | lost | 0 | none      || good    | enough          | -                | good good blocked            | -
        http   | good | good | lost | 0 | untrusted || good    | enough          | -                | good good untrusted          | ruleCertificate
        https  | good | lost | good | 0 | done      || good    | enough          | -                | good blocked good            | -
        http   | good | lost | lost | 0 | none      || fair    | udpOnly         | -                | good blocked blocked         | ruleTls
        http   | good | lost | -    | 0 | none      || fair    | udpOnly         | -                | good blocked absent          | ruleTcp
        http   | good | -    | -    | 0 | none      || good    | everything      | -                | good absent absent           | -
        http   | lost | good | good | 0 | none      || fair    | tcpOnly         | -                | blocked good good            | ruleUdp
        http   | lost | good | good | 4 | none      || fair    | tcpOnly         | -                | noReturn good good           | ruleUdpReturn
        http   | lost | poor | -    | 0 | none      || poor    | tcpOnly         | poorCall         | blocked poor absent          | ruleUdp
        http   | -    | good | -    | 0 | none      || fair    | tcpWithoutUdp   | -                | absent good absent           | -
        https  | lost | lost | good | 0 | done      || fair    | tlsOnly         | -                | blocked blocked good         | ruleUdp
        http   | lost | lost | good | 0 | done      || fair    | tlsOnly         | -                | blocked blocked good         | ruleUdp
        https  | -    | lost | fair | 0 | done      || fair    | tlsWithoutUdp   | fairCall         | absent blocked fair          | -
        https  | lost | lost | lost | 0 | untrusted || bad     | onlyCertificate | -                | blocked blocked untrusted    | ruleUdp ruleCertificate
        http   | lost | lost | lost | 0 | untrusted || bad     | onlyCertificate | -                | blocked blocked untrusted    | ruleUdp ruleCertificate
        https  | lost | lost | lost | 0 | none      || bad     | nothing         | -                | blocked blocked blocked      | ruleUdp ruleTlsOpened
        https  | lost | lost | lost | 0 | done      || bad     | nothing         | -                | blocked blocked blocked      | ruleUdp ruleTlsOpened
        http   | lost | lost | lost | 0 | none      || bad     | nothing         | -                | blocked blocked blocked      | ruleUdp ruleTls
        http   | lost | lost | lost | 9 | none      || bad     | nothing         | nothingButOneWay | noReturn blocked blocked     | ruleUdpReturn ruleTls
        http   | lost | lost | -    | 0 | none      || bad     | nothing         | -                | blocked blocked absent       | ruleUdp ruleTcp
        http   | no   | no   | -    | 0 | none      || unknown | relayRefused    | -                | refused refused absent       | -
        http   | no   | good | -    | 0 | none      || fair    | tcpOnly         | -                | refused good absent          | -
        http   | lost | no   | lost | 0 | none      || unknown | relayRefused    | -                | blocked refused blocked      | ruleUdp ruleTls
        """)
    void judges(
            String page,
            String udp,
            String tcp,
            String tls,
            int udpPackets,
            String tlsSeen,
            String nothing,
            String level,
            String sentence,
            String detail,
            String words,
            String rules) {
        List<?> verdict = judge(page.equals("https"), udp, tcp, tls, udpPackets, tlsSeen);

        assertThat(nothing).isNull();
        assertThat(verdict.get(0)).as("level").isEqualTo(level);
        assertThat(verdict.get(1)).as("sentence").isEqualTo(sentence);
        assertThat(verdict.get(2)).as("detail").isEqualTo(detail);
        assertThat(verdict.get(3)).as("words").isEqualTo(words);
        assertThat(verdict.get(5)).as("rules").isEqualTo(rules);
    }

    /// Why UDP and plain TCP fail where TLS passes: something looks into the packets.
    @ParameterizedTest(name = "{0}, UDP {1}, TCP {2}, TLS {3}; seen TLS {4}")
    @CsvSource({
        "https, lost, lost, good, done,      udpOnlyTls tcpOnlyTls goodWhy",
        "http,  lost, lost, good, done,      udpOnlyTls tcpOnlyTls goodWhy",
        "https, lost, lost, lost, none,      udpOnlyTls tcpOnlyTls tlsOpened",
        "https, lost, lost, lost, untrusted, udpOnlyTls tcpOnlyTls tlsUntrusted",
        "http,  lost, lost, lost, none,      udpBlocked tcpOnlyWeb tlsBlocked",
        "http,  lost, lost, lost, done,      udpBlocked tcpOnlyWeb tlsOpened",
        "https, lost, good, good, done,      udpBlocked goodWhy goodWhy",
        "http,  no,   -,    -,    none,      refusedWhy tcpAbsent tlsAbsent"
    })
    void saysWhy(String page, String udp, String tcp, String tls, String tlsSeen, String whys) {
        assertThat(judge(page.equals("https"), udp, tcp, tls, 0, tlsSeen).get(4))
                .isEqualTo(whys);
    }

    @ParameterizedTest
    @CsvSource({
        "150, 1, 2, good",
        "151, 1, 2, fair",
        "150, 1.1, 2, fair",
        "150, 1, 1.9, fair",
        "400, 5, 0.3, fair",
        "401, 5, 0.3, poor",
        "400, 5.1, 0.3, poor",
        "400, 5, 0.29, poor",
        "NaN, 100, 0, poor"
    })
    void gradesByTheThresholds(double roundTripMillis, double lossPercent, double mbit, String grade) {
        Object graded = visit.page().evaluate("""
            async ([roundTripMillis, lossPercent, mbit]) =>
                (await import('/check/verdict.js')).quality({roundTripMillis, lossPercent, mbit})\
            """, List.of(roundTripMillis, lossPercent, mbit));

        assertThat(graded).isEqualTo(grade);
    }

    /// 900 combinations: each has its words in both languages; a rule is named for what is blocked and nothing
    /// else; the colour agrees with what passed.
    @Test
    void holdsTogetherInEveryCombination() {
        Object broken = visit.page().evaluate("""
            async () => {
              const {judge} = await import('/check/verdict.js');
              const {keysOf} = await import('/check/words.js');
              const known = [new Set(keysOf('en')), new Set(keysOf('zh'))];
              const states = ['good', 'fair', 'poor', 'failed', 'refused', 'absent'].map(state =>
                  ['failed', 'refused', 'absent'].includes(state) ? {state} : {state: 'passed', quality: state});
              const broken = [];
              let count = 0;
              for (const secure of [true, false]) for (const udp of states) for (const tcp of states) for (const tls of states)
              for (const udpPackets of [0, 3]) for (const seen of ['none', 'untrusted', 'done']) {
                if (udp.state === 'absent' && tcp.state === 'absent' && tls.state === 'absent') continue;
                count++;
                const results = {udp, tcp, tls};
                const verdict = judge(secure, results, {udpPackets, tls: seen});
                const rows = Object.values(verdict.rows);
                const passed = Object.values(results).some(result => result.state === 'passed');
                const failed = Object.values(results).some(result => result.state === 'failed');
                const keys = [verdict.sentence, verdict.detail, ...verdict.rules, ...verdict.rules.map(rule => rule + 'Text'),
                    ...rows.flatMap(row => [row.word, row.why])].filter(key => key);
                const wrong = [
                  keys.some(key => !known[0].has(key) || !known[1].has(key)),
                  passed !== ['good', 'fair', 'poor'].includes(verdict.level),
                  !failed && verdict.rules.length > 0,
                  udp.state === 'failed' !== verdict.rules.some(rule => rule.startsWith('ruleUdp')),
                  new Set(verdict.rules).size !== verdict.rules.length,
                ];
                if (wrong.includes(true)) broken.push(JSON.stringify([secure, results, udpPackets, seen, verdict, wrong]));
              }
              return count > 1000 ? broken : ['only ' + count];
            }\
            """);

        assertThat((List<?>) broken).isEmpty();
    }

    @Test
    void bothLanguagesHaveTheSameWords() {
        assertThat(visit.page().evaluate("""
            async () => {
              const {keysOf} = await import('/check/words.js');
              const [en, zh] = [keysOf('en'), keysOf('zh')];
              return [en.filter(key => !zh.includes(key)), zh.filter(key => !en.includes(key))].flat();
            }\
            """)).isEqualTo(List.of());
    }

    private List<?> judge(boolean secure, String udp, String tcp, String tls, int udpPackets, String tlsSeen) {
        Object verdict = visit.page().evaluate(JUDGE, List.of(secure, udp, tcp, tls, udpPackets, tlsSeen));
        return (List<?>) verdict;
    }

    private static void serve(Route route) {
        String path = route.request().url().substring(ORIGIN.length());
        boolean isScript = path.endsWith(".js");
        route.fulfill(new Route.FulfillOptions()
                .setHeaders(Map.of("content-type", isScript ? "text/javascript" : "text/html"))
                .setBody(isScript ? script(path) : "<!doctype html><title>blank</title>"));
    }

    private static String script(String path) {
        try (InputStream in = Page.class.getResourceAsStream("/io/callgate/relay" + path)) {
            return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
