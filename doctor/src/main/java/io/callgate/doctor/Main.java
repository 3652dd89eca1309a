package io.callgate.doctor;

import io.callgate.model.TimeSource;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// `java -jar callgate-doctor.jar`: the doctor alone. Exit codes: 0 at least one way passed, 1 none did, 2 usage.
public final class Main {
    private static final String NAME = "callgate-doctor";

    private Main() {}

    /// @param args options, as `--help` lists them
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandLine line = new CommandLine(new DoctorCommand(out, err, new SystemTime(), System.getenv()));
        line.setCommandName(NAME).setOut(out).setErr(err);
        line.setParameterExceptionHandler((failure, arguments) -> usage(err, failure));
        line.setExecutionExceptionHandler((failure, command, arguments) -> failed(err, failure));
        System.exit(line.execute(args));
    }

    private static int usage(PrintWriter err, ParameterException failure) {
        err.println(NAME + ": " + oneLine(failure.getMessage()) + " (see --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(PrintWriter err, Exception failure) {
        boolean isKnown = failure instanceof DoctorException;
        err.println(NAME + ": "
                + (isKnown
                        ? oneLine(failure.getMessage())
                        : "unexpected " + oneLine(failure.toString()) + " at " + failure.getStackTrace()[0]
                                + "; please report this line"));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(@Nullable String text) {
        return String.valueOf(text).replaceAll("\\s*\\R\\s*", " ");
    }

    /// The clocks of this machine.
    private static final class SystemTime implements TimeSource {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public Instant now() {
            return Instant.now();
        }
    }
}
