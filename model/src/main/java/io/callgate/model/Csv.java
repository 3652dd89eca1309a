package io.callgate.model;

import java.util.List;
import java.util.stream.Collectors;

/// Lines of comma-separated values (RFC 4180, with line feeds) that a spreadsheet shows and does not run.
public final class Csv {
    /// What spreadsheets take for the beginning of a formula.
    private static final String FORMULA = "=+-@\t\r";

    private final StringBuilder text = new StringBuilder();

    /// A document with its first line.
    public static Csv of(String... headings) {
        return new Csv().row(List.of(headings));
    }

    /// More lines of a document that is written in parts.
    public static Csv more() {
        return new Csv();
    }

    /// @param cells by their text; numbers are no formulas whatever their sign
    public Csv row(List<?> cells) {
        text.append(cells.stream().map(Csv::cell).collect(Collectors.joining(",")))
                .append('\n');
        return this;
    }

    /// All lines, ending with a line feed.
    @Override
    public String toString() {
        return text.toString();
    }

    private static String cell(Object value) {
        if (value instanceof Number) {
            return value.toString();
        }
        StringBuilder plain = new StringBuilder();
        value.toString().codePoints().forEach(c -> plain.appendCodePoint(PlainText.forbids(c) ? ' ' : c));
        String cell = plain.toString();
        if (!cell.isEmpty() && FORMULA.indexOf(value.toString().charAt(0)) >= 0) {
            cell = "'" + cell;
        }
        return cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\'')
                ? '"' + cell.replace("\"", "\"\"") + '"'
                : cell;
    }
}
