package io.callgate.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/// A table for people: direction, address, ports, protocol, purpose, and what else the entries have. Ports of one
/// address and purpose stand in one row.
final class AllowlistText {
    private static final String NOTHING = "-";
    private static final int PORTS = 2;

    private final Allowlist allowlist;
    private final List<String> headings = new ArrayList<>();
    private final List<Function<AllowlistEntry, String>> columns = new ArrayList<>();

    private AllowlistText(Allowlist allowlist) {
        this.allowlist = allowlist;
        column("DIRECTION", entry -> entry.direction().word());
        column("ADDRESS", AllowlistEntry::target);
        column("PORTS", entry -> entry.ports().toString());
        column("PROTOCOL", entry -> entry.protocol().lowerCase());
        columnIf(
                entry -> entry.domain().isPresent() && entry.address().isPresent(),
                "DOMAIN",
                entry -> entry.domain().orElse(NOTHING));
        columnIf(
                entry -> entry.region().isPresent(),
                "REGION",
                entry -> entry.region().map(Region::value).orElse(NOTHING));
        columnIf(
                entry -> entry.validFrom().isAfter(allowlist.issuedAt()),
                "VALID FROM",
                entry -> entry.validFrom().toString());
        column("VALID UNTIL", entry -> entry.validUntil().map(Object::toString).orElse(NOTHING));
        column("PURPOSE", AllowlistEntry::purpose);
    }

    static String render(Allowlist allowlist) {
        return new AllowlistText(allowlist).render();
    }

    private String render() {
        Map<List<String>, List<String>> rows = new LinkedHashMap<>();
        for (AllowlistEntry entry : allowlist.entries()) {
            List<String> row = new ArrayList<>();
            columns.forEach(column -> row.add(column.apply(entry)));
            String ports = row.set(PORTS, "");
            rows.computeIfAbsent(row, same -> new ArrayList<>()).add(ports);
        }
        List<List<String>> table = new ArrayList<>();
        table.add(headings);
        rows.forEach((row, ports) -> {
            List<String> whole = new ArrayList<>(row);
            whole.set(PORTS, String.join(", ", ports));
            table.add(whole);
        });
        String text = aligned(table);
        return allowlist.app().isEmpty() ? text : text + "\n" + allowlist.title() + "\n";
    }

    private void columnIf(Predicate<AllowlistEntry> isWanted, String heading, Function<AllowlistEntry, String> cell) {
        if (allowlist.entries().stream().anyMatch(isWanted)) {
            column(heading, cell);
        }
    }

    private void column(String heading, Function<AllowlistEntry, String> cell) {
        headings.add(heading);
        columns.add(cell);
    }

    private static String aligned(List<List<String>> table) {
        int[] widths = new int[table.get(0).size()];
        for (List<String> row : table) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : table) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
