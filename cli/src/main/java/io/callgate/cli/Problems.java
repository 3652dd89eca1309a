package io.callgate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;

/// Collects all that is to be said about one file, so that its author mends it in one go.
final class Problems {
    private final Path file;
    private final List<Problem> found = new ArrayList<>();
    private final Set<Path> consulted = new LinkedHashSet<>();

    Problems(Path file) {
        this.file = file;
    }

    Path file() {
        return file;
    }

    void add(Problem.Severity severity, Optional<Mark> mark, String where, String message) {
        int line = mark.map(Mark::getLine).orElse(0) + 1;
        int column = mark.map(Mark::getColumn).orElse(0) + 1;
        found.add(new Problem(severity, file, line, column, where, message));
    }

    /// Another file was read too: what is wrong with it now may be mended there.
    void consulted(Path other) {
        consulted.add(other);
    }

    List<Path> consulted() {
        return List.copyOf(consulted);
    }

    boolean hasErrors() {
        return found.stream().anyMatch(Problem::isError);
    }

    List<Problem> inFileOrder() {
        return found.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }
}
