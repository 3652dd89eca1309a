package io.callgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Turns what the load tool said, a line of JSON a run, into tables: medians, spread, and ratios of Callgate to
/// coturn. Prints nothing that was not measured: a run that is no fair measurement is left out and named below the
/// table, and a cell without runs says so.
public final class Report {
    private static final double MOST_LOSS_PERCENT = 1;

    /// At the highest rate a relay is full, and what comes beyond is lost before the relay has touched it; CPU is
    /// counted by what was delivered. More than this is a stall.
    private static final double MOST_LOSS_WHEN_FULL_PERCENT = 25;

    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param field a path in the load tool's result, with dots
    /// @param divisor another one, or empty
    private record Metric(String name, String field, String divisor, double factor, int decimals) {
        Metric(String name, String field, double factor, int decimals) {
            this(name, field, "", factor, decimals);
        }

        /// Empty if the load tool did not say it.
        OptionalDouble of(JsonNode result) {
            JsonNode value = at(result, field);
            JsonNode by = divisor.isEmpty() ? JSON.getNodeFactory().numberNode(1) : at(result, divisor);
            return value.isNumber() && by.isNumber() && by.doubleValue() > 0
                    ? OptionalDouble.of(value.doubleValue() / by.doubleValue() * factor)
                    : OptionalDouble.empty();
        }

        private static JsonNode at(JsonNode result, String path) {
            JsonNode node = result;
            for (String step : path.split("\\.", -1)) {
                node = node.path(step);
            }
            return node;
        }
    }

    private static final List<Metric> RATE_METRICS = List.of(
            new Metric("CPU a packet, µs", "cpu_us_per_packet", 1, 2),
            new Metric("CPU of the whole core a packet, µs", "core_busy_us_per_packet", 1, 2),
            new Metric("loss, %", "loss_pct", 1, 3),
            new Metric("to peer p50, µs", "c2p.p50_us", 1, 0),
            new Metric("to peer p99, µs", "c2p.p99_us", 1, 0),
            new Metric("to client p50, µs", "p2c.p50_us", 1, 0),
            new Metric("to client p99, µs", "p2c.p99_us", 1, 0));

    /// Of runs of the search that lost next to nothing; what it costs is measured at that rate once more, and may
    /// lose more there.
    private static final Metric HIGHEST_RATE = new Metric("packets/s", "max_pps", 1, 0);

    private static final List<Metric> MAX_METRICS = List.of(
            HIGHEST_RATE,
            new Metric("CPU a packet there, µs", "cpu_us_per_packet", 1, 2),
            new Metric("CPU of the whole core a packet there, µs", "core_busy_us_per_packet", 1, 2),
            new Metric("loss there, %", "loss_pct", 1, 3));

    /// What is measured in one kind of run.
    @SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
    private enum Work {
        SINGLES("fixed rate, single packets", RATE_METRICS),
        TRAINS("fixed rate, trains", RATE_METRICS),
        FAST("higher fixed rate, single packets", RATE_METRICS),
        MAX("highest rate under 0.1 % loss, single packets", MAX_METRICS),
        MAXTRAINS("highest rate under 0.1 % loss, joined trains", MAX_METRICS),
        IDLE(
                "idle clients with an allocation and a channel",
                List.of(
                        new Metric("memory each, kB", "rss_bytes_per_alloc", 1.0 / 1024, 1),
                        new Metric("memory of the whole process, MB", "rss_kb_after", 1.0 / 1024, 1),
                        new Metric("made a second (connected before)", "ready", "setup_secs", 1, 0),
                        new Metric("CPU each to make (connection included), µs", "cpu_us_per_alloc", 1, 0))),
        ALLOCATIONS(
                "allocations made and ended",
                List.of(
                        new Metric("a second", "cycles_per_s", 1, 0),
                        new Metric("CPU each, µs", "cpu_us_per_cycle", 1, 0)));

        private final String title;
        private final List<Metric> metrics;

        Work(String title, List<Metric> metrics) {
            this.title = title;
            this.metrics = metrics;
        }
    }

    private record Run(String server, int round, String transport, Work work, JsonNode result) {}

    private final List<Run> runs = new ArrayList<>();
    private final Set<String> leftOut = new LinkedHashSet<>();
    private final Set<String> atLeast = new LinkedHashSet<>();
    private final Set<String> withoutCost = new LinkedHashSet<>();

    /// @param lines `{"server": …, "round": …, "transport": …, "work": …, "result": {…}}` each; a run that failed
    ///     has `"failed": "why"` in the place of its result
    Report(List<String> lines) {
        for (String line : lines) {
            JsonNode each = JSON.readTree(line);
            Run run = new Run(
                    each.path("server").stringValue(""),
                    each.path("round").intValue(0),
                    each.path("transport").stringValue(""),
                    Work.valueOf(each.path("work").stringValue("").toUpperCase(Locale.ROOT)),
                    each.path("result"));
            Optional<String> problem =
                    each.has("failed") ? Optional.of(each.path("failed").stringValue("failed")) : problemOf(run);
            if (problem.isPresent()) {
                leftOut.add(place(run) + ": " + problem.get());
                continue;
            }
            runs.add(run);
            if (isLimitedByTool(run)) {
                atLeast.add(place(run));
            }
            lossProblem(run).ifPresent(loss -> withoutCost.add(place(run) + ": " + loss));
        }
    }

    private static String place(Run run) {
        return "round %d, %s, %s, %s".formatted(run.round(), run.server(), run.transport(), name(run.work()));
    }

    private static boolean isLimitedByTool(Run run) {
        return run.result().path("tool").path("limited").booleanValue(false);
    }

    /// A search for the highest rate that the load tool ended has still shown a rate, and what a packet cost
    /// there.
    private static boolean searches(Work work) {
        return work == Work.MAX || work == Work.MAXTRAINS;
    }

    /// Why a run is no fair measurement.
    private static Optional<String> problemOf(Run run) {
        JsonNode result = run.result();
        if (!result.isObject()) {
            return Optional.of("no result");
        }
        if (result.has("ready")
                && result.path("ready").intValue(0) != result.path("allocs").intValue(0)) {
            return Optional.of("only %s of %s clients got an allocation"
                    .formatted(
                            result.path("ready").asString("0"),
                            result.path("allocs").asString("0")));
        }
        if (isLimitedByTool(run) && !searches(run.work())) {
            return Optional.of("the load tool was the limit, not the relay");
        }
        double failed = result.path("failed").doubleValue(0);
        if (failed > 0) {
            return Optional.of("%.0f allocations failed".formatted(failed));
        }
        return searches(run.work()) ? Optional.empty() : lossProblem(run);
    }

    private static Optional<String> lossProblem(Run run) {
        double loss = run.result().path("loss_pct").doubleValue(0);
        return loss > (searches(run.work()) ? MOST_LOSS_WHEN_FULL_PERCENT : MOST_LOSS_PERCENT)
                ? Optional.of("lost %.1f %%: what was not relayed cost nothing".formatted(loss))
                : Optional.empty();
    }

    private static String name(Work work) {
        return work.name().toLowerCase(Locale.ROOT);
    }

    /// The tables, in markdown.
    String tables() {
        StringBuilder text = new StringBuilder();
        Set<String> transports = new LinkedHashSet<>();
        runs.forEach(run -> transports.add(run.transport()));
        for (String transport : transports) {
            text.append("\n| ").append(transport.toUpperCase(Locale.ROOT));
            text.append(" | coturn | Callgate | ratio |\n|---|---|---|---|\n");
            for (Work work : Work.values()) {
                if (runs.stream().anyMatch(run -> run.transport().equals(transport) && run.work() == work)) {
                    work.metrics.forEach(metric -> text.append(row(transport, work, metric)));
                }
            }
        }
        if (!leftOut.isEmpty()) {
            text.append("\nLeft out:\n\n");
            leftOut.forEach(each -> text.append("- ").append(each).append('\n'));
        }
        if (!atLeast.isEmpty()) {
            text.append("\nAt least, since the load tool was the limit and not the relay:\n\n");
            atLeast.forEach(each -> text.append("- ").append(each).append('\n'));
        }
        if (!withoutCost.isEmpty()) {
            text.append("\nA highest rate without CPU, since the relay stalled when it was run once more:\n\n");
            withoutCost.forEach(each -> text.append("- ").append(each).append('\n'));
        }
        return text.toString();
    }

    private String row(String transport, Work work, Metric metric) {
        Map<Integer, Double> coturn = values("coturn", transport, work, metric);
        Map<Integer, Double> callgate = values("callgate", transport, work, metric);
        Map<Integer, Double> ratios = new LinkedHashMap<>();
        coturn.forEach((round, value) -> {
            Double ours = callgate.get(round);
            if (ours != null && value != 0) {
                ratios.put(round, ours / value);
            }
        });
        return "| %s: %s | %s | %s | %s |%n"
                .formatted(
                        work.title,
                        metric.name(),
                        cell(coturn, metric.decimals()),
                        cell(callgate, metric.decimals()),
                        cell(ratios, 2));
    }

    private Map<Integer, Double> values(String server, String transport, Work work, Metric metric) {
        Map<Integer, Double> values = new LinkedHashMap<>();
        for (Run run : runs) {
            if (run.server().equals(server)
                    && run.transport().equals(transport)
                    && run.work() == work
                    && (metric.equals(HIGHEST_RATE) || lossProblem(run).isEmpty())) {
                metric.of(run.result()).ifPresent(value -> values.put(run.round(), value));
            }
        }
        return values;
    }

    /// Median, spread and number of rounds.
    private static String cell(Map<Integer, Double> byRound, int decimals) {
        if (byRound.isEmpty()) {
            return "not measured";
        }
        List<Double> sorted = byRound.values().stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        Function<Double, String> number = value -> String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return sorted.size() == 1
                ? number.apply(median) + " (1 round)"
                : "%s (%s–%s, %d rounds)"
                        .formatted(
                                number.apply(median),
                                number.apply(sorted.getFirst()),
                                number.apply(sorted.getLast()),
                                sorted.size());
    }

    /// Which rounds there are results of.
    Set<Integer> rounds() {
        Set<Integer> rounds = new TreeSet<>();
        runs.forEach(run -> rounds.add(run.round()));
        return rounds;
    }

    /// Prints the report, and appends it to a file of results if one is named.
    ///
    /// @param arguments the lines of all runs, a text that says where and how, and perhaps the file of results
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2 || arguments.length > 3) {
            System.err.println("usage: Report RUNS.jsonl HEAD.md [RESULTS.md]");
            System.exit(2);
        }
        Report report = new Report(Files.readAllLines(Path.of(arguments[0])));
        if (report.rounds().isEmpty()) {
            System.err.println("nothing was measured:" + report.tables());
            System.exit(1);
        }
        String text = Files.readString(Path.of(arguments[1])) + report.tables();
        System.out.print(text);
        if (arguments.length == 3) {
            Files.writeString(
                    Path.of(Objects.requireNonNull(arguments[2])),
                    "\n" + text,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
