package io.callgate.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of text in columns as wide as they need to be, two spaces apart.
final class Table {
    /// Stands where there is nothing.
    static final String NOTHING = "-";

    private final List<List<String>> rows = new ArrayList<>();

    /// With a first row of headings.
    static Table of(String... headings) {
        return new Table().row((Object[]) headings);
    }

    /// A value a line, each after its name.
    static Table ofValues() {
        return new Table();
    }

    /// @param cells as many as in every other row; null and "" are told as nothing
    Table row(@Nullable Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            String text = cell == null ? "" : cell.toString();
            row.add(text.isEmpty() ? NOTHING : text);
        }
        rows.add(row);
        return this;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(width(column) - cell.length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
