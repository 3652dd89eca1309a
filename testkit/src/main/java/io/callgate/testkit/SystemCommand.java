package io.callgate.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A short command of the system (`ip`, `nft`), run to its end; what it printed comes back.
final class SystemCommand {
    /// Where the system's own commands are, even for a user whose PATH does not name them.
    static final String PATH =
            System.getenv().getOrDefault("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin";

    private static final int LIMIT_SECONDS = 20;

    private SystemCommand() {}

    /// @throws LabException if the command is missing, exits other than 0, or takes more than 20 s
    static String run(List<String> command) {
        return run(command, "");
    }

    static String run(List<String> command, String input) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", PATH);
        String shown = String.join(" ", command);
        try {
            Process process = builder.start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LabException("`" + shown + "` took more than " + LIMIT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new LabException("`" + shown + "` ended with " + process.exitValue() + ": " + output.strip());
            }
            return output;
        } catch (IOException e) {
            throw new LabException("cannot run `" + shown + "`", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while running `" + shown + "`", e);
        }
    }

    /// Where the named program is on the PATH (with the system folders added).
    static Optional<Path> find(String program) {
        List<Path> places = new ArrayList<>();
        for (String folder : PATH.split(":", -1)) places.add(Path.of(folder, program));
        return places.stream().filter(Files::isExecutable).findFirst();
    }
}
