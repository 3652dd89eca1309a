package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dashboard and the alert rules of `docs/operate` ask only for what `metrics.md` has, which another test
/// holds to what relays serve.
@SuppressWarnings("NullAway") // a member that is missing fails the test, as it should
class WatchingFilesTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("callgate.root", "..")).resolve("docs/operate");
    private static final Pattern METRIC = Pattern.compile("\\b(callgate_[a-z_]+|up)(\\{[^}]*})?");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPED = Pattern.compile("\\b(?:by|without|ignoring|on)\\s*\\(([^)]*)\\)");
    private static final Pattern LEGEND = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?([a-z]+)\\s*}}");

    /// What Prometheus adds by itself.
    private static final Set<String> OF_THE_SCRAPE = Set.of("instance", "job");

    @Test
    void theDashboardAsksForMetricsThatAreServed() throws IOException {
        JsonNode dashboard = JsonMapper.builder().build().readTree(Files.readString(FOLDER.resolve("grafana.json")));
        Set<Integer> ids = new HashSet<>();
        int expressions = 0;

        for (JsonNode panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            assertThat(panel.get("title").asString()).isNotBlank();
            assertThat(panel.get("gridPos").get("x").asInt()
                            + panel.get("gridPos").get("w").asInt())
                    .isLessThanOrEqualTo(24);
            for (JsonNode target : panel.get("targets")) {
                check(target.get("expr").asString());
                labels(target.get("legendFormat").asString(), target.get("expr").asString());
                expressions++;
            }
        }

        assertThat(expressions).isGreaterThan(15);
        check(dashboard
                .at("/templating/list/1/query/query")
                .asString()
                .replaceAll("label_values\\((.*), instance\\)", "$1"));
    }

    @Test
    void theAlertsAskForMetricsThatAreServed() throws IOException {
        Map<?, ?> file = (Map<?, ?>)
                new Load(LoadSettings.builder().setLabel("alerts.yaml").build())
                        .loadFromString(Files.readString(FOLDER.resolve("alerts.yaml")));
        Set<Object> names = new HashSet<>();

        for (Object group : (List<?>) file.get("groups")) {
            for (Object each : (List<?>) ((Map<?, ?>) group).get("rules")) {
                Map<?, ?> rule = (Map<?, ?>) each;
                assertThat(names.add(rule.get("alert")))
                        .as("%s is there once", rule.get("alert"))
                        .isTrue();
                assertThat(rule.get("alert").toString()).matches("Callgate[A-Za-z]+");
                String expression = rule.get("expr").toString();
                check(expression);
                assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).isIn("page", "warn");
                Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
                labels(annotations.get("summary").toString(), expression);
                assertThat(annotations.get("description").toString()).isNotBlank();
            }
        }

        assertThat(names).hasSizeGreaterThan(10);
    }

    /// Names, labels, and the values of `reason`; and that no parenthesis is missing.
    private static void check(String expression) throws IOException {
        Map<String, Set<String>> served = served();
        Set<String> reasons = reasons();
        List<MatchResult> metrics = METRIC.matcher(expression).results().toList();
        assertThat(metrics).as(expression).isNotEmpty();
        Set<String> labels = new HashSet<>(OF_THE_SCRAPE);
        for (MatchResult metric : metrics) {
            assertThat(served).as(expression).containsKey(metric.group(1));
            Set<String> own = new HashSet<>(served.getOrDefault(metric.group(1), Set.of()));
            own.addAll(OF_THE_SCRAPE);
            labels.addAll(own);
            if (metric.group(2) != null) {
                for (MatchResult matcher :
                        MATCHER.matcher(metric.group(2)).results().toList()) {
                    assertThat(own).as("labels of %s", metric.group(1)).contains(matcher.group(1));
                    if (matcher.group(1).equals("reason")) {
                        assertThat(reasons).contains(matcher.group(2).split("\\|", -1));
                    }
                }
            }
        }
        for (MatchResult group : GROUPED.matcher(expression).results().toList()) {
            assertThat(labels).as(expression).contains(group.group(1).split("\\s*,\\s*", -1));
        }
        for (String pair : List.of("()", "[]", "{}")) {
            assertThat(expression.chars().filter(c -> c == pair.charAt(0)).count())
                    .as(expression)
                    .isEqualTo(
                            expression.chars().filter(c -> c == pair.charAt(1)).count());
        }
    }

    /// A text names only labels that its expression leaves.
    private static void labels(String text, String expression) {
        List<String> left = new ArrayList<>();
        GROUPED.matcher(expression)
                .results()
                .forEach(group -> left.addAll(List.of(group.group(1).split("\\s*,\\s*", -1))));
        for (MatchResult label : LEGEND.matcher(text).results().toList()) {
            if (expression.matches("(?s).*\\bby\\b.*")) {
                assertThat(left).as(expression).contains(label.group(1));
            } else {
                assertThat(OF_THE_SCRAPE).as(expression).contains(label.group(1));
            }
        }
    }

    /// By name as a scrape has it, the labels.
    private static Map<String, Set<String>> served() throws IOException {
        Map<String, Set<String>> served = new LinkedHashMap<>();
        served.put("up", Set.of());
        for (String line : Files.readAllLines(FOLDER.resolve("metrics.md"))) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 8 && cells[1].strip().startsWith("`callgate_")) {
                Set<String> labels = new HashSet<>();
                Pattern.compile("`([a-z]+)`").matcher(cells[4]).results().forEach(label -> labels.add(label.group(1)));
                served.put(cells[1].strip().replace("`", ""), labels);
            }
        }
        return served;
    }

    private static Set<String> reasons() throws IOException {
        Set<String> reasons = new HashSet<>();
        boolean isThere = false;
        for (String line : Files.readAllLines(FOLDER.resolve("metrics.md"))) {
            isThere = line.startsWith("## ") ? line.equals("## Reasons") : isThere;
            if (isThere && line.startsWith("| `")) {
                reasons.add(line.split("`", -1)[1]);
            }
        }
        return reasons;
    }
}
