package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Commands that run as processes of their own, killed when the test is over.
final class JvmProcesses implements AutoCloseable {
    private final List<Process> processes = new ArrayList<>();

    Process start(String... args) throws IOException {
        return startWith(List.of(), args);
    }

    /// @param jvm options of the JVM
    Process startWith(List<String> jvm, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.callgate.cli.Main"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // or the JVM says on stderr that it picked them up
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    static void signal(String name, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    /// All lines up to the first that has the text; the timeout of the class ends a wait in vain.
    static String readUntil(BufferedReader reader, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (true) {
            String line = reader.readLine();
            if (line == null) {
                throw new AssertionError("ended without \"" + text + "\":\n" + read);
            }
            read.append(line).append('\n');
            if (line.contains(text)) {
                return read.toString();
            }
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
