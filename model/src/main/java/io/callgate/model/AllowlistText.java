package io.callgate.model;

import java.util.ArrayList;
import java.util.List;

/// A table for people: direction, address, ports, protocol, purpose.
final class AllowlistText {
    private static final List<String> HEADINGS =
            List.of("DIRECTION", "ADDRESS", "PORTS", "PROTOCOL", "VALID UNTIL", "PURPOSE");

    private AllowlistText() {}

    static String render(Allowlist allowlist) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (AllowlistEntry entry : allowlist.entries()) {
            rows.add(List.of(
                    entry.direction() == AllowlistEntry.Direction.OUTBOUND ? "out" : "in",
                    entry.target(),
                    entry.ports().toString(),
                    entry.protocol().lowerCase(),
                    entry.validUntil().map(Object::toString).orElse("-"),
                    entry.purpose()));
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                boolean isLast = column == row.size() - 1;
                text.append(row.get(column)).append(isLast ? "\n" : " ".repeat(width(rows, column) - row.get(column).length() + 2));
            }
        }
        return text.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
