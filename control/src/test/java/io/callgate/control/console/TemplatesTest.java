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
import org.junit.jupiter.params.provider.ValueSource;

/// What no template may do, by its text (decision 0165).
class TemplatesTest {
    private static final Pattern SCRIPT = Pattern.compile("<script(?! src=\"\\$\\{Files\\.link\\()", Pattern.DOTALL);
    private static final Pattern INLINE =
            Pattern.compile("\\s(?:on\\w+|style|hx-on\\S*)=[\"']|<style|=[\"'](?:js|javascript):");

    /// JTE 3.2.4 writes such an attribute as it stands in the template, what it was to show outside of its quotes.
    private static final Pattern ATTRIBUTE_OVER_LINES =
            Pattern.compile("\\s[a-z][\\w:-]*=\"(?:[^\"\\n$]|\\$(?!\\{)|\\$\\{(?:[^\"}\\n]|\"[^\"\\n]*\")*\\})*"
                    + "(?:\\$\\{(?:[^\"}\\n]|\"[^\"\\n]*\")*)?\\n");

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

    @ParameterizedTest
    @MethodSource("templates")
    void everyFormThatPostsShowsThatItIsOurs(Path template) throws IOException {
        String text = Files.readString(template);
        String key = template.endsWith("login.jte") ? "${Visit.FORM_KEY}" : "@template.key(";

        assertThat(count(text, "method=\"post\"")).isEqualTo(count(text, key));
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a href=\"${path(\n  name)}\">",
                "<button aria-label=\"${visit.say(\"Remove\",\n  \"移除\")}\">",
                "<p class=\"card ${isWide ? \"wide\" : \"\"} ${\n  kind}\">",
                "<p\n  title=\"$5 ${a}\n\">"
            })
    void anAttributeOverLinesIsFound(String text) {
        assertThat(text).containsPattern(ATTRIBUTE_OVER_LINES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<a href=\"${path(\"x\", name)}\"\n  title=\"$5\">",
                "<p class=\"card ${isWide ? \"wide\" : \"\"}\">${say(\n  \"None.\")}</p>"
            })
    void anAttributeOnALineIsLeftAlone(String text) {
        assertThat(text).doesNotContainPattern(ATTRIBUTE_OVER_LINES);
    }
}
