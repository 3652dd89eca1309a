package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.Csv;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `usage`: what an app has used, by day.
@Command(
        name = "usage",
        mixinStandardHelpOptions = true,
        description =
                "What an app has used, by day (UTC), region and ingress; and the most sessions that it had at once.")
final class UsageCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--app", paramLabel = "A", description = "Whose (default: the only one).")
    private @Nullable String app;

    @Option(names = "--from", paramLabel = "DAY", description = "2026-11-01 (default: the first day that is kept).")
    private @Nullable String from;

    @Option(names = "--until", paramLabel = "DAY", description = "The first day that is not meant (default: none).")
    private @Nullable String until;

    @Option(names = "--peaks", description = "Only the most sessions at once, of the fleet, each region, each ingress.")
    private boolean peaks;

    @Option(names = "--csv", description = "For spreadsheets.")
    private boolean csv;

    @Mixin
    private ApiOptions api = new ApiOptions();

    UsageCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String period = period();
        try (ControlApi control = api.open(terminal)) {
            String named = app;
            AppId id =
                    named == null ? AllowlistCommand.onlyApp(control) : arguments.read("--app", () -> new AppId(named));
            String path = "/v1/apps/" + ControlApi.part(id.value()) + "/usage/";
            List<ObjectNode> most = control.all(path + "peaks" + period);
            List<ObjectNode> days = peaks ? List.of() : control.all(path + "days" + period);
            if (api.json()) {
                ObjectNode whole = JsonOutput.object();
                whole.putArray("peaks").addAll(most);
                if (!peaks) {
                    whole.putArray("days").addAll(days);
                }
                terminal.data(JsonOutput.pretty(whole));
            } else if (csv) {
                terminal.out().print(peaks ? csvOfPeaks(most) : csvOfDays(days));
                terminal.out().flush();
            } else {
                print(days, most);
            }
        }
        return 0;
    }

    @Command(
            name = "erase",
            mixinStandardHelpOptions = true,
            description = "Forgets a uid that has no live session: the audit names it no more.")
    int erase(
            @Option(names = "--app", required = true, paramLabel = "A") String whose,
            @Parameters(paramLabel = "UID") String uid,
            @Mixin ApiOptions options) {
        return options.print(
                terminal,
                control -> control.post(
                        "/v1/apps/" + ControlApi.part(whose) + "/erase",
                        JsonOutput.object().put("uid", uid)),
                answer -> terminal.data("forgotten; entries of the audit that named it: "
                        + answer.get("auditEntries").asInt()));
    }

    @Command(
            name = "retention",
            mixinStandardHelpOptions = true,
            description = "For how many days is kept what accumulates; with options, changes that.")
    int retention(
            @Option(names = "--usage", paramLabel = "DAYS", description = "Usage, peaks, quota excesses.") @Nullable
                    Integer usage,
            @Option(names = "--sites", paramLabel = "DAYS", description = "Networks that clients come from.") @Nullable
                    Integer sites,
            @Option(names = "--audit", paramLabel = "DAYS", description = "The audit.") @Nullable Integer audit,
            @Mixin ApiOptions options) {
        ObjectNode changes = JsonOutput.object();
        put(changes, "usageDays", usage);
        put(changes, "sitesDays", sites);
        put(changes, "auditDays", audit);
        return options.print(
                terminal,
                control -> changes.isEmpty() ? control.get("/v1/retention") : control.patch("/v1/retention", changes),
                answer -> Table.ofValues()
                        .row("usage", AppText.text(answer, "usageDays") + " days")
                        .row("sites", AppText.text(answer, "sitesDays") + " days")
                        .row("audit", AppText.text(answer, "auditDays") + " days")
                        .lines()
                        .forEach(terminal::data));
    }

    private static void put(ObjectNode changes, String name, @Nullable Integer days) {
        if (days != null) {
            changes.put(name, days);
        }
    }

    private void print(List<ObjectNode> days, List<ObjectNode> most) {
        if (!peaks) {
            Table table =
                    Table.of("DAY", "REGION", "INGRESS", "SESSIONS", "MINUTES", "BYTES TO PEER", "BYTES TO CLIENT");
            days.forEach(day -> table.row(
                    AppText.text(day, "day"),
                    AppText.text(day, "region"),
                    AppText.text(day, "ingress"),
                    day.get("sessions").asLong(),
                    day.get("minutes").asLong(),
                    day.get("bytesToPeer").asLong(),
                    day.get("bytesToClient").asLong()));
            table.lines().forEach(terminal::data);
            terminal.data("");
        }
        Table table = Table.of("DAY", "REGION", "INGRESS", "MOST SESSIONS AT ONCE");
        most.forEach(peak -> table.row(
                AppText.text(peak, "day"),
                peak.path("region").asString("all"),
                peak.path("ingress").asString("all"),
                peak.get("sessions").asLong()));
        table.lines().forEach(terminal::data);
    }

    private static String csvOfDays(List<ObjectNode> days) {
        Csv csv = Csv.of("day", "region", "ingress", "sessions", "minutes", "bytesToPeer", "bytesToClient");
        days.forEach(day -> csv.row(List.of(
                AppText.text(day, "day"),
                AppText.text(day, "region"),
                AppText.text(day, "ingress"),
                day.get("sessions").asLong(),
                day.get("minutes").asLong(),
                day.get("bytesToPeer").asLong(),
                day.get("bytesToClient").asLong())));
        return csv.toString();
    }

    private static String csvOfPeaks(List<ObjectNode> most) {
        Csv csv = Csv.of("day", "region", "ingress", "peakSessions");
        most.forEach(peak -> csv.row(List.of(
                AppText.text(peak, "day"),
                peak.path("region").asString("all"),
                peak.path("ingress").asString("all"),
                peak.get("sessions").asLong())));
        return csv.toString();
    }

    private String period() {
        List<String> bounds = new ArrayList<>();
        if (from != null) {
            bounds.add("from=" + midnight("--from", from));
        }
        if (until != null) {
            bounds.add("until=" + midnight("--until", until));
        }
        return bounds.isEmpty() ? "" : "?" + String.join("&", bounds);
    }

    private String midnight(String option, String day) {
        try {
            return LocalDate.parse(day) + "T00:00:00Z";
        } catch (DateTimeException e) {
            throw arguments.wrong(option + " \"" + day + "\": want a day as in 2026-11-22");
        }
    }
}
