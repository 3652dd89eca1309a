package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// One SQL for H2 and PostgreSQL (decision 0021).
class DialectTest {
    private static final Path MODULE = Path.of(System.getProperty("callgate.root", ".."), "control");
    private static final Path SCRIPTS = MODULE.resolve("src/main/resources/io/callgate/control/store/migration");

    /// What one of the two does not have, or does otherwise.
    private static final Pattern FORBIDDEN = Pattern.compile("\\b(returning|on conflict|jsonb?|ilike|serial|identity"
            + "|gen_random_uuid|random_uuid|current_timestamp|now\\(|trigger|listen|notify|auto_increment|array\\[)"
            + "|->>|::|\\btext\\b|\\bclob\\b|\\bbytea\\b|varbinary|timestamp");

    private static final Pattern JAVA_TEXT =
            Pattern.compile("\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"", Pattern.DOTALL);
    private static final Pattern SQL =
            Pattern.compile("^\\s*(select|insert|update|delete|merge)\\b|\\b(from|where)\\b");

    @Test
    void statementsUseOnlyWhatBothDatabasesHave() throws IOException {
        List<String> found = new ArrayList<>();
        int statements = 0;
        try (Stream<Path> sources = Files.walk(MODULE.resolve("src/main/java/io/callgate/control/store"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                for (var text :
                        JAVA_TEXT.matcher(Files.readString(source)).results().toList()) {
                    String sql = String.valueOf(text.group(1) != null ? text.group(1) : text.group(2));
                    if (SQL.matcher(sql).find()) {
                        statements++;
                        check(source, sql, found);
                    }
                }
            }
        }

        assertThat(found).isEmpty();
        assertThat(statements).as("statements looked at").isGreaterThan(40);
    }

    @Test
    void scriptsUseOnlyWhatBothDatabasesHave() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path script : scripts()) {
            String sql = Files.readString(script).replaceAll("--[^\n]*", "");
            check(script, sql, found);
        }

        assertThat(found).isEmpty();
    }

    @Test
    void theNewestScriptIsTheVersionThatIsOpenedWithoutFlyway() throws IOException {
        List<Integer> versions = scripts().stream()
                .map(script -> script.getFileName().toString())
                .map(name -> Integer.valueOf(name.substring(1, name.indexOf("__"))))
                .sorted()
                .toList();

        assertThat(Store.SCHEMA_VERSION).isEqualTo(versions.getLast().toString());
    }

    private static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files.toList();
        }
    }

    private static void check(Path file, String sql, List<String> found) {
        var matcher = FORBIDDEN.matcher(sql.toLowerCase(Locale.ROOT));
        if (matcher.find()) {
            found.add(file.getFileName() + ": \"" + matcher.group() + "\" in " + sql.strip());
        }
    }
}
