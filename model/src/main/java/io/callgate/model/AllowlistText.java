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
        int[] widths = new int[HEADINGS.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
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
