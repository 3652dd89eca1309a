package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;

import java.util.ArrayList;
import java.util.List;

/// A table, which on a narrow screen is a list of cards: each cell says which column it is of.
final class Table {
    private final List<String> columns;
    private final List<Html> rows = new ArrayList<>();

    /// A cell whose figures stand below each other.
    record Figure(String text) {}

    Table(String... columns) {
        this.columns = List.of(columns);
    }

    static Figure number(String text) {
        return new Figure(text);
    }

    /// @param cells as many as columns: texts, pieces, [Figure]s
    void row(Object... cells) {
        List<Html> row = new ArrayList<>();
        for (int i = 0; i < cells.length; i++) {
            Object label = at("data-label", columns.get(i));
            row.add(
                    cells[i] instanceof Figure figure
                            ? el("td", label, css("figure"), figure.text())
                            : i == 0 ? el("th", at("scope", "row"), label, cells[i]) : el("td", label, cells[i]));
        }
        rows.add(el("tr", row));
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// The table, or this text if it has no row.
    Html orElse(String text) {
        if (rows.isEmpty()) {
            return el("p", css("empty"), text);
        }
        List<Html> heads =
                columns.stream().map(name -> el("th", at("scope", "col"), name)).toList();
        return el("table", el("thead", el("tr", heads)), el("tbody", rows));
    }
}
