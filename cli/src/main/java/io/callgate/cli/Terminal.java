package io.callgate.cli;

import io.callgate.model.TimeSource;
import java.io.PrintWriter;

/// Where a command prints and what time it is: the process's own, or a test's.
///
/// @param out data, and the line `ready`
/// @param err what a person should read: errors, warnings, progress
record Terminal(PrintWriter out, PrintWriter err, TimeSource time) {
    void data(String line) {
        out.println(line);
        out.flush();
    }

    void say(String line) {
        err.println(line);
        err.flush();
    }
}
