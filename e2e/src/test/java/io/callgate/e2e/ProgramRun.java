package io.callgate.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program that ended by itself, and what it printed on both streams.
record ProgramRun(int exitCode, String output) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static ProgramRun of(List<String> command) {
        return of(new ProcessBuilder(command));
    }

    static ProgramRun of(ProcessBuilder builder) {
        return of(builder, LIMIT);
    }

    /// @throws AssertionError if it has not ended within `limit`; it is ended then
    static ProgramRun of(ProcessBuilder builder, Duration limit) {
        String shown = String.join(" ", builder.command());
        try {
            Path output = Files.createTempFile("callgate-e2e-", ".out");
            try {
                Process process = builder.redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(output.toFile())
                        .start();
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) process.destroyForcibly().waitFor();
                String printed = Files.readString(output, StandardCharsets.UTF_8);
                if (!ended) throw new AssertionError("`" + shown + "` runs after " + limit + ":\n" + printed);
                return new ProgramRun(process.exitValue(), printed);
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run `" + shown + "`", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while `" + shown + "` ran", e);
        }
    }

    /// Skips the test where a program is missing.
    static void needs(String debianPackage, String... programs) {
        for (String program : programs) {
            assumeTrue(
                    Files.isExecutable(Path.of("/usr/bin", program))
                            || Files.isExecutable(Path.of("/usr/sbin", program)),
                    "no " + program + ": install Debian's package " + debianPackage);
        }
    }
}
