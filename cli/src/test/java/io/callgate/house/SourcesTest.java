package io.callgate.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What class files do not show: rules on the text of all sources, tests included.
class SourcesTest {
    private static final Path ROOT = Path.of(System.getProperty("callgate.root", ".."));
    private static final List<Path> SOURCES = new ArrayList<>();

    @BeforeAll
    static void findSources() throws IOException {
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                boolean isOurs = folder.equals(ROOT) || !(name.equals("target") || name.startsWith("."));
                return isOurs ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java") && file.toString().contains("/src/")) {
                    SOURCES.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(SOURCES).as("sources under " + ROOT.toAbsolutePath()).isNotEmpty();
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        TreeSet<String> unmarked = new TreeSet<>();
        for (Path source : SOURCES) {
            Path folder = source.resolveSibling("").toAbsolutePath();
            // A package that src/main has is marked there, for its tests too.
            Path mainFolder = Path.of(folder.toString().replace("/src/test/", "/src/main/"));
            if (!isNullMarked(folder) && !isNullMarked(mainFolder)) {
                unmarked.add(folder.toString());
            }
        }

        assertThat(unmarked)
                .as("folders without a @NullMarked package-info.java")
                .isEmpty();
    }

    @Test
    void noTestSleeps() throws IOException {
        // Written in two parts, or this file would be its own first hit.
        String sleep = "Thread" + ".sleep(";

        assertThat(testsWith(sleep))
                .as("tests that sleep: wait for an event instead, or turn a FakeClock")
                .isEmpty();
    }

    @Test
    void nothingIsLeftToDo() throws IOException {
        String mark = "TO" + "DO";
        List<String> found = new ArrayList<>();
        for (Path source : SOURCES) {
            if (Files.readString(source).contains(mark)) {
                found.add(ROOT.relativize(source).toString());
            }
        }

        assertThat(found).as("an open end belongs into an issue").isEmpty();
    }

    private static boolean isNullMarked(Path folder) throws IOException {
        Path info = folder.resolve("package-info.java");
        return Files.exists(info) && Files.readString(info).contains("@NullMarked");
    }

    private static List<String> testsWith(String text) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path source : SOURCES) {
            if (source.toString().contains("/src/test/")
                    && Files.readString(source).contains(text)) {
                found.add(ROOT.relativize(source).toString());
            }
        }
        return found;
    }
}
