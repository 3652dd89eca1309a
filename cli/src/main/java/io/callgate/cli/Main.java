package io.callgate.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// The executable's entry. Exit codes: 0 done, 1 failed (stderr says why), 2 usage.
public final class Main {
    private Main() {}

    /// @param args a command and its options, as `--help` lists them
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int exitCode = CallgateCommand.execute(new Terminal(out, err, new SystemTime()), args);
        out.flush();
        err.flush();
        System.exit(exitCode);
    }
}
