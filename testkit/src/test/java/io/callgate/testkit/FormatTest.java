package io.callgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/// Holds the formatting of every Java file of the checkout: palantir-java-format, 120 columns.
///
/// A test and no Maven plugin, because the formatter needs the compiler of JDK 25 and Maven may run on 17.
class FormatTest {
    private static final int DOC_COLUMNS = 115;

    private static final String COMMAND = "./mvnw -q -pl testkit -am test -Dtest=FormatTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dformat=apply";
    private static final boolean APPLY = "apply".equals(System.getProperty("format"));

    @Test
    void everyJavaFileIsFormatted() throws IOException {
        Path root = Path.of(System.getProperty("callgate.root", ".."));
        Formatter formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .build());

        Queue<String> tooLong = new ConcurrentLinkedQueue<>();
        Queue<String> unformatted = new ConcurrentLinkedQueue<>();
        javaFilesUnder(root).parallelStream().forEach(file -> {
            String source = read(file);
            List<String> longLines = longDocLines(root.relativize(file), source);
            if (!longLines.isEmpty()) {
                tooLong.addAll(longLines);
                return;
            }
            String formatted = formatted(formatter, file, source);
            if (!formatted.equals(source)) {
                unformatted.add(root.relativize(file).toString());
                if (APPLY) {
                    write(file, formatted);
                }
            }
        });

        assertThat(tooLong)
                .as("/// lines over " + DOC_COLUMNS
                        + " columns, which the formatter breaks without a new ///; wrap them")
                .isEmpty();
        if (APPLY) {
            unformatted.forEach(file -> System.out.println("formatted " + file));
            return;
        }
        assertThat(unformatted)
                .as("files out of format; mend them all with: " + COMMAND)
                .isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static void write(Path file, String source) {
        try {
            Files.writeString(file, source);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static List<String> longDocLines(Path file, String source) {
        List<String> places = new ArrayList<>();
        List<String> lines = source.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().startsWith("///") && lines.get(i).length() > DOC_COLUMNS) {
                places.add(file + ":" + (i + 1));
            }
        }
        return places;
    }

    private static String formatted(Formatter formatter, Path file, String source) {
        try {
            return formatter.formatSourceAndFixImports(source);
        } catch (FormatterException e) {
            throw new AssertionError(file + " does not parse", e);
        }
    }

    private static List<Path> javaFilesUnder(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName() == null
                        ? ""
                        : directory.getFileName().toString();
                boolean isOurs = directory.equals(root) || !(name.equals("target") || name.startsWith("."));
                return isOurs ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java") && file.toString().contains("/src/")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(files).as("Java files under " + root.toAbsolutePath()).isNotEmpty();
        return files;
    }
}
