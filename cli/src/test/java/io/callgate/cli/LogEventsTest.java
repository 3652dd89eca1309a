package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/operate/logs.md` names every event that a relay or control logs, and no other.
class LogEventsTest {
    private static final Path ROOT = Path.of(System.getProperty("callgate.root", ".."));
    private static final Pattern LOGGED = Pattern.compile("\\.log\\(\\s*\"([^\"]+)\"");

    /// Events whose name is handed to a method that logs it.
    private static final Pattern TOLD = Pattern.compile("\\btell\\(\"([a-z.]+)\"");

    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| (INFO|WARN|ERROR) \\|.*");

    @Test
    void theDocumentNamesEveryEventAndNoOther() throws IOException {
        Set<String> logged = new TreeSet<>();
        for (String module : List.of("relay", "control", "cli")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                for (Path source :
                        files.filter(file -> file.toString().endsWith(".java")).toList()) {
                    String text = Files.readString(source);
                    Stream.of(LOGGED, TOLD)
                            .flatMap(pattern -> pattern.matcher(text).results())
                            .forEach(match -> logged.add(match.group(1)));
                }
            }
        }
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/operate/logs.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(documented.add(row.group(1)))
                        .as(row.group(1) + " stands there twice")
                        .isTrue();
            }
        }

        assertThat(documented).isEqualTo(logged);
    }
}
