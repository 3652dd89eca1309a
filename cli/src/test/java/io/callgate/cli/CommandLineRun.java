package io.callgate.cli;

import io.callgate.model.TimeSource;
import io.callgate.testkit.FakeClock;
import java.io.PrintWriter;
import java.io.StringWriter;

/// One command line run in this process, with a clock that stands at 2026-11-22T12:00:00Z.
record CommandLineRun(int exitCode, String out, String err) {
    static CommandLineRun of(String... args) {
        return of(new FakeClock(), args);
    }

    /// The same, by the clock of the machine: what it makes is good for another process.
    static CommandLineRun atPresent(String... args) {
        return of(new SystemTime(), args);
    }

    private static CommandLineRun of(TimeSource time, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), time);
        int exitCode = CallgateCommand.execute(terminal, args);
        terminal.out().flush();
        terminal.err().flush();
        return new CommandLineRun(exitCode, out.toString(), err.toString());
    }
}
