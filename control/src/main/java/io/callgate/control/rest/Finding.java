package io.callgate.control.rest;

import io.callgate.model.PlainText;
import java.util.Optional;

/// One thing about a request that is not as the contract has it.
///
/// @param field a JSON pointer into the body, or a parameter's name
/// @param value what was found, shortened; empty for what is missing or secret
/// @param mend what is wanted
record Finding(String field, Optional<String> value, String mend) {
    private static final int LONGEST_VALUE = 80;

    static Finding of(String field, String value, String mend) {
        return new Finding(field, Optional.of(printable(value)), mend);
    }

    static Finding withoutValue(String field, String mend) {
        return new Finding(field, Optional.empty(), mend);
    }

    /// Shortened, and with nothing in it that could break out of a line or a table.
    static String printable(String value) {
        StringBuilder text = new StringBuilder();
        value.codePoints().limit(LONGEST_VALUE).forEach(point -> {
            if (PlainText.forbids(point)) {
                text.append(String.format("\\u%04X", point));
            } else {
                text.appendCodePoint(point);
            }
        });
        String shown = text.length() <= LONGEST_VALUE ? text.toString() : text.substring(0, LONGEST_VALUE);
        if (Character.isHighSurrogate(shown.isEmpty() ? ' ' : shown.charAt(shown.length() - 1))) {
            shown = shown.substring(0, shown.length() - 1);
        }
        return value.length() > shown.length() ? shown + "…" : shown;
    }
}
