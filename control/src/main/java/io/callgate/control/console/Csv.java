package io.callgate.control.console;

/// Lines of CSV (RFC 4180) that a spreadsheet takes for text: what begins like a formula gets an apostrophe
/// before it.
final class Csv {
    private static final String FORMULAS = "=+-@\t\r";

    private Csv() {}

    static void line(StringBuilder out, String... fields) {
        for (int i = 0; i < fields.length; i++) {
            out.append(i > 0 ? "," : "").append(field(fields[i]));
        }
        out.append("\r\n");
    }

    static String field(String text) {
        String safe = !text.isEmpty() && FORMULAS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        boolean wantsQuotes = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return wantsQuotes ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
    }
}
