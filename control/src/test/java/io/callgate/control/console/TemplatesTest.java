package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What no template may do, by its text (decision 0165).
class TemplatesTest {
    private static final Pattern SCRIPT = Pattern.compile("<script(?! src=\"\\$\\{Files\\.link\\()", Pattern.DOTALL);
    private static final Pattern INLINE =
            Pattern.compile("\\s(?:on\\w+|style|hx-on\\S*)=\"|<style|=\"(?:js|javascript):");

    /// JTE 3.2.4 writes such an attribute as it stands in the template, what it was to show outside of its quotes.
    private static final Pattern ATTRIBUTE_OVER_LINES = Pattern.compile("=\"\\$\\{[^}\"]*\\n");

    static List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/jte"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("templates")
    void noTemplateLeavesOutEscapingOrHasAScriptOrAStyleInIt(Path template) throws IOException {
        String text = Files.readString(template);

        assertThat(text).doesNotContain("$unsafe").doesNotContainPattern(SCRIPT).doesNotContainPattern(INLINE);
        assertThat(text).as("an attribute over several lines").doesNotContainPattern(ATTRIBUTE_OVER_LINES);
    }
}
