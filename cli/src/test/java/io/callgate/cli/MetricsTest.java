package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppUsage;
import io.callgate.model.UsageReport;
import io.callgate.relay.RelaySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What `/metrics` says, held against `docs/operate/metrics.md` both ways.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {
    private static final Path DOCUMENT =
            Path.of(System.getProperty("callgate.root", "..")).resolve("docs/operate/metrics.md");

    /// Labels whose values depend on configuration or machine; all others have exactly the documented ones.
    private static final Set<String> OPEN_LABELS = Set.of("app", "loop", "version", "java", "reason");

    private static final SessionFile.Totals NO_RECORDS = new SessionFile.Totals(0, 0, 0);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final LoopbackRelay relay = LoopbackRelay.start();

    /// As served: type by name, and the values that each label has by name.
    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Map<String, Set<String>>> labels = new TreeMap<>();

    private record Documented(String type, Set<String> labels) {}

    @BeforeAll
    void scrape() {
        OperationServer.Answer answer =
                new WatchedRelay(relay.relay(), new Reloads(), () -> NO_RECORDS, Duration.ofSeconds(20)).metrics();
        assertThat(answer.status()).isEqualTo(200);
        read(answer.body());
    }

    @AfterAll
    void stop() {
        relay.close();
    }

    private void read(String page) {
        for (String line : page.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                types.put(words[2], words[2].endsWith("_info") ? "info" : words[3]);
            } else if (!line.startsWith("#")) {
                Matcher sample =
                        Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)").matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                Map<String, Set<String>> byLabel = labels.computeIfAbsent(sample.group(1), it -> new TreeMap<>());
                if (sample.group(2) != null) {
                    Matcher pair = Pattern.compile("([a-z]+)=\"([^\"]*)\"").matcher(sample.group(2));
                    while (pair.find()) {
                        byLabel.computeIfAbsent(pair.group(1), it -> new TreeSet<>())
                                .add(pair.group(2));
                    }
                }
            }
        }
    }

    @Test
    void theDocumentListsWhatIsServedAndNothingElse() throws IOException {
        Map<String, Documented> documented = documented();

        assertThat(documented.keySet()).containsExactlyInAnyOrderElementsOf(types.keySet());
        documented.forEach((name, row) -> {
            assertThat(types).as("type of " + name).containsEntry(name, row.type());
            assertThat(labels).as("samples of " + name).containsKey(name);
            assertThat(labels.getOrDefault(name, Map.of()).keySet())
                    .as("labels of " + name)
                    .isEqualTo(row.labels());
        });
    }

    @Test
    void theDocumentListsEveryValueOfEveryLabel() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        rows("Labels").forEach(row -> documented.put(codes(row.get(0)).getFirst(), new TreeSet<>(codes(row.get(1)))));
        Map<String, Set<String>> served = new TreeMap<>();
        labels.values()
                .forEach(byLabel -> byLabel.forEach((label, values) ->
                        served.computeIfAbsent(label, it -> new TreeSet<>()).addAll(values)));

        assertThat(documented.keySet()).isEqualTo(served.keySet());
        served.forEach((label, values) -> {
            if (!OPEN_LABELS.contains(label)) {
                assertThat(values).as("values of " + label).isEqualTo(documented.get(label));
            }
        });
    }

    @Test
    void theDocumentExplainsEveryReason() throws IOException {
        List<String> explained = rows("Reasons").stream()
                .map(row -> codes(row.getFirst()).getFirst())
                .toList();

        assertThat(explained)
                .containsExactlyInAnyOrderElementsOf(
                        labels.getOrDefault("callgate_drops_total", Map.of()).getOrDefault("reason", Set.of()));
    }

    @Test
    void s22NoLabelCanBeChosenByAClient() {
        Set<String> named = labels.values().stream()
                .flatMap(byLabel -> byLabel.keySet().stream())
                .collect(Collectors.toSet());

        assertThat(named).doesNotContain("subject", "user", "username", "client", "address", "peer", "host", "ip");
        assertThat(labels.values().stream()
                        .flatMap(byLabel -> byLabel.values().stream())
                        .flatMap(Set::stream))
                .allSatisfy(value -> assertThat(value).doesNotContain("127.0.0.1", LoopbackRelay.SECRET));
    }

    @Test
    void figuresByAppAreLeftOutWhereThereAreTooMany() {
        assertThat(text(Metrics.MOST_APPS)).contains("callgate_app_sessions{app=\"app7\"} 0.0");
        assertThat(text(Metrics.MOST_APPS + 1)).doesNotContain("app=\"").contains("callgate_sessions 0.0");
    }

    @Test
    void anAppThatWasRemovedHasNoSeries() {
        AppId gone = new AppId("gone");
        RelaySnapshot snapshot = snapshot(Map.of(), List.of(new AppUsage(gone, 0, 0, 0, 1, 2, 3, 4)));

        assertThat(text(snapshot)).doesNotContain("gone");
    }

    private static String text(int apps) {
        Map<AppId, Integer> limits = new LinkedHashMap<>();
        IntStream.range(0, apps).forEach(app -> limits.put(new AppId("app" + app), 100));
        List<AppUsage> usage = limits.keySet().stream()
                .map(app -> new AppUsage(app, 0, 0, 0, 0, 0, 0, 0))
                .toList();
        return text(snapshot(limits, usage));
    }

    private static String text(RelaySnapshot snapshot) {
        return WatchedRelay.text(new Metrics.Reading(snapshot, ProcessFigures.read(), new Reloads(), NO_RECORDS));
    }

    private static RelaySnapshot snapshot(Map<AppId, Integer> limits, List<AppUsage> usage) {
        return new RelaySnapshot(
                1,
                false,
                0,
                0,
                limits,
                0,
                0,
                0,
                0,
                0,
                0,
                Map.of(),
                new RelaySnapshot.SystemDrops(0, 0),
                Map.of(),
                List.of(Duration.ZERO),
                0,
                Optional.empty(),
                new UsageReport("epoch", 1, Instant.EPOCH, usage));
    }

    // ---------------------------------------------------------------------------------------------- the document

    private static Map<String, Documented> documented() throws IOException {
        Map<String, Documented> documented = new LinkedHashMap<>();
        for (String line : Files.readAllLines(DOCUMENT)) {
            List<String> cells = cells(line);
            if (cells.size() == 6 && cells.getFirst().startsWith("`")) {
                Documented earlier = documented.put(
                        codes(cells.get(0)).getFirst(), new Documented(cells.get(1), Set.copyOf(codes(cells.get(3)))));
                assertThat(earlier).as(cells.getFirst() + " stands there twice").isNull();
            }
        }
        return documented;
    }

    /// The rows of the table under a heading.
    private static List<List<String>> rows(String heading) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        boolean isThere = false;
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.startsWith("## ")) {
                isThere = line.equals("## " + heading);
            } else if (isThere && line.startsWith("| `")) {
                rows.add(cells(line));
            }
        }
        assertThat(rows).as("rows under " + heading).isNotEmpty();
        return rows;
    }

    private static List<String> cells(String line) {
        if (!line.startsWith("|")) {
            return List.of();
        }
        return List.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1)).stream()
                .map(String::trim)
                .toList();
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }
}
