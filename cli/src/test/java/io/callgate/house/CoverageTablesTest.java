package io.callgate.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The tables in `docs/protocols` name tests that exist; every test that is written for a lesson stands in
/// `lessons.md`, and for a row of a vendor in `vendors.md`. In a table a name with "…" stands for all that begin
/// or end so.
class CoverageTablesTest {
    private static final Path ROOT = Path.of(System.getProperty("callgate.root", ".."));
    private static final List<String> MODULES =
            List.of("model", "wire", "client", "rtc", "relay", "control", "cli", "testkit", "e2e");
    private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /// `ThisTest`, `ThisTest.thatMethod`, `ThisTest.that…`.
    private static final Pattern CLASS = Pattern.compile("(\\w+Test)(?:\\.(…?\\w*…?))?");

    /// `thatMethod`, `that…`, `…Method`: of a class that was named before.
    private static final Pattern BARE = Pattern.compile("…\\w+…?|[a-z]\\w*…|[a-z]\\w*[A-Z]\\w*");

    private static final Pattern LESSON = Pattern.compile("(s|p)\\d+\\w*");

    private static final Pattern VENDOR_ROW = Pattern.compile("[zna]\\d\\d[A-Z]\\w*");

    /// How many rows the vendors' documentation has.
    private static final Map<String, Integer> VENDOR_ROWS = Map.of("Z", 23, "N", 22, "A", 33);

    /// Why a row has no test.
    private static final Pattern REASON = Pattern.compile("\\| (not of the SDK|cannot apply: .+)");

    private static final Map<String, Set<String>> METHODS = new HashMap<>();

    /// One method, or several, of a class.
    private record Cited(String test, String method) {
        boolean covers(String other) {
            int gap = method.indexOf('…');
            return gap < 0
                    ? other.equals(method)
                    : method.startsWith("…")
                            ? other.contains(method.replace("…", ""))
                            : other.startsWith(method.substring(0, gap));
        }

        boolean exists() {
            return METHODS.getOrDefault(test, Set.of()).stream().anyMatch(this::covers);
        }
    }

    @BeforeAll
    static void findTests() throws IOException {
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(it -> it.toString().endsWith("Test.java")).toList()) {
                    Set<String> methods = METHODS.computeIfAbsent(
                            file.getFileName().toString().replace(".java", ""), name -> new HashSet<>());
                    METHOD.matcher(Files.readString(file)).results().forEach(match -> methods.add(match.group(1)));
                }
            }
        }
    }

    @Test
    void everyTestThatATableNamesIsThere() throws IOException {
        List<String> lost = new ArrayList<>();
        try (Stream<Path> documents = Files.list(ROOT.resolve("docs/protocols"))) {
            for (Path document : documents.sorted().toList()) {
                read(document, lost);
            }
        }

        assertThat(lost).as("named in docs/protocols, and not there").isEmpty();
    }

    @Test
    void everyTestOfALessonStandsInTheList() throws IOException {
        assertThat(missing("lessons.md", LESSON)).as("not in lessons.md").isEmpty();
    }

    @Test
    void everyTestOfAVendorsRowStandsInTheList() throws IOException {
        assertThat(missing("vendors.md", VENDOR_ROW)).as("not in vendors.md").isEmpty();
    }

    /// A row is not forgotten, and does not pass for tested by another row's test.
    @Test
    void everyVendorsRowIsThereWithTestsOfItsOwnOrAReason() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/protocols/vendors.md"))) {
            Matcher row = Pattern.compile("\\| ([ZNA]-\\d\\d) \\|.*").matcher(line);
            if (row.matches()) {
                assertThat(rows.put(row.group(1), lastCell(line)))
                        .as("twice: " + row.group(1))
                        .isNull();
            }
        }

        Set<String> wanted = new TreeSet<>();
        VENDOR_ROWS.forEach((vendor, last) ->
                IntStream.rangeClosed(1, last).forEach(number -> wanted.add("%s-%02d".formatted(vendor, number))));
        assertThat(rows.keySet()).isEqualTo(wanted);
        rows.forEach((row, cell) -> {
            String its = row.replace("-", "").toLowerCase(Locale.ROOT);
            boolean hasTest =
                    Pattern.compile("`" + its + "[A-Z]\\w+`").matcher(cell).find();
            boolean hasReason = REASON.matcher(cell).lookingAt();
            assertThat(hasTest || hasReason)
                    .as(row + " has neither test nor reason: " + cell)
                    .isTrue();
        });
        METHODS.values().stream()
                .flatMap(Set::stream)
                .filter(method -> VENDOR_ROW.matcher(method).matches())
                .forEach(method -> {
                    String row = method.substring(0, 1).toUpperCase(Locale.ROOT) + "-" + method.substring(1, 3);
                    assertThat(rows.get(row)).as(row).contains("`" + method + "`");
                });
    }

    /// Tests by names of that form that the document does not name.
    private static Set<String> missing(String document, Pattern form) throws IOException {
        Collection<Cited> cited = read(ROOT.resolve("docs/protocols").resolve(document), new ArrayList<>());
        Set<String> missing = new TreeSet<>();
        METHODS.forEach((test, methods) -> methods.stream()
                .filter(method -> form.matcher(method).matches())
                .filter(method -> cited.stream().noneMatch(it -> it.test.equals(test) && it.covers(method)))
                .forEach(method -> missing.add(test + "." + method)));
        return missing;
    }

    /// @param lost gets what does not exist
    private static Collection<Cited> read(Path document, List<String> lost) throws IOException {
        List<Cited> cited = new ArrayList<>();
        Set<String> usual = new HashSet<>(); // named in the text before the tables
        for (String line : Files.readAllLines(document)) {
            if (!line.startsWith("|")) {
                QUOTED.matcher(line)
                        .results()
                        .map(match -> match.group(1))
                        .filter(METHODS::containsKey)
                        .forEach(usual::add);
                continue;
            }
            Set<String> here = new HashSet<>(usual);
            Matcher quoted = QUOTED.matcher(lastCell(line));
            while (quoted.find()) {
                String name = quoted.group(1);
                List<Cited> found = cited(name, here).filter(Cited::exists).toList();
                if (found.isEmpty()
                        && (CLASS.matcher(name).matches() || BARE.matcher(name).matches())) {
                    lost.add(document.getFileName() + ": " + name);
                }
                cited.addAll(found);
            }
        }
        return cited;
    }

    private static String lastCell(String line) {
        return line.substring(line.lastIndexOf('|', line.length() - 2));
    }

    /// @param here the classes that a bare name may be of; grows by those that are named
    private static Stream<Cited> cited(String name, Set<String> here) {
        Matcher qualified = CLASS.matcher(name);
        if (qualified.matches()) {
            here.add(qualified.group(1));
            String method = qualified.group(2);
            return Stream.of(new Cited(qualified.group(1), method == null ? "…" : method));
        }
        return BARE.matcher(name).matches()
                ? List.copyOf(here).stream().map(test -> new Cited(test, name))
                : Stream.of();
    }
}
