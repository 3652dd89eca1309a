package io.callgate.cli;

import io.callgate.model.Csv;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `audit`: who changed what, when and from where.
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Who changed what, when, from where; what it was and what it is. The newest first.")
final class AuditCommand implements Callable<Integer> {
    private static final List<String> COLUMNS =
            List.of("at", "actor", "origin", "action", "target", "detail", "before", "after");

    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--target", paramLabel = "T", description = "Only what happened to this app, pool or relay.")
    private @Nullable String target;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many entries; 0 is all (default: 50).")
    private int limit;

    @Option(names = "--csv", description = "For spreadsheets.")
    private boolean csv;

    @Mixin
    private ApiOptions api = new ApiOptions();

    AuditCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (limit < 0) {
            throw arguments.wrong("--limit " + limit + ": want 0 for all, or more");
        }
        try (ControlApi control = api.open(terminal)) {
            List<ObjectNode> entries = entries(control);
            if (api.json()) {
                ObjectNode whole = JsonOutput.object();
                whole.putArray("items").addAll(entries);
                terminal.data(JsonOutput.pretty(whole));
            } else if (csv) {
                Csv table = Csv.of(COLUMNS.toArray(String[]::new));
                entries.forEach(entry -> table.row(cells(entry)));
                terminal.out().print(table);
                terminal.out().flush();
            } else {
                print(entries);
            }
        }
        return 0;
    }

    private List<ObjectNode> entries(ControlApi control) {
        String path = "/v1/audit" + (target == null ? "" : "?target=" + ControlApi.part(target));
        return limit == 0 ? control.all(path) : control.first(path, limit);
    }

    private void print(List<ObjectNode> entries) {
        Table table = Table.of("AT", "WHO", "FROM", "DID", "TO", "WHAT");
        entries.forEach(entry -> table.row(
                AppText.text(entry, "at"),
                AppText.text(entry, "actor"),
                AppText.text(entry, "origin"),
                AppText.text(entry, "action"),
                AppText.text(entry, "target"),
                what(entry)));
        table.lines().forEach(terminal::data);
    }

    private static String what(ObjectNode entry) {
        List<String> parts = new ArrayList<>();
        if (entry.has("detail")) {
            parts.add(AppText.text(entry, "detail"));
        }
        if (entry.has("before")) {
            parts.add("was " + AppText.text(entry, "before"));
        }
        if (entry.has("after")) {
            parts.add("is " + AppText.text(entry, "after"));
        }
        return String.join("; ", parts);
    }

    private static List<String> cells(ObjectNode entry) {
        return COLUMNS.stream().map(name -> AppText.text(entry, name)).toList();
    }
}
