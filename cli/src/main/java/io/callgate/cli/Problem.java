package io.callgate.cli;

import java.nio.file.Path;
import java.util.Locale;

/// One thing to say about a file: where, how bad, what was found and what mends it.
///
/// @param line from 1
/// @param column from 1
/// @param where the key's path, such as `apps[0].destinations[1].cidr`; empty for the whole file
record Problem(Severity severity, Path file, int line, int column, String where, String message) {
    enum Severity {
        ERROR, // the file is refused
        WARNING, // taken, but surely not what was meant
        NOTE; // taken, and good to know

        String lowerCase() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean isError() {
        return severity == Severity.ERROR;
    }

    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + severity.lowerCase() + ": "
                + (where.isEmpty() ? "" : where + ": ") + message;
    }
}
