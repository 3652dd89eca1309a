package io.callgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Notices that one of some files changed, by asking. Not a `WatchService`: that misses changes behind the
/// symbolic links that configuration and certificates are often mounted through.
final class FileWatch {
    private record Look(
            FileTime modified, long bytes, @Nullable Object fileKey) {}

    private final Path file;

    /// Empty while there is no file: editors replace it in two steps.
    private final Map<Path, Optional<Look>> known = new LinkedHashMap<>();

    private Map<Path, Optional<Look>> last;

    FileWatch(Path file) {
        this.file = file;
        known.put(file, look(file));
        this.last = Map.copyOf(known);
    }

    /// Besides the file itself, watches these, and no others any more.
    void follow(Collection<Path> others) {
        known.keySet().removeIf(path -> !path.equals(file) && !others.contains(path));
        others.forEach(path -> known.computeIfAbsent(path, FileWatch::look));
    }

    /// True once a change: when two asks in a row saw the same new files, so that no half-written one is read, and
    /// no certificate without its key. While the file itself is missing, an editor is at work; that another one is
    /// missing is a change like any.
    boolean changedAndStill() {
        Map<Path, Optional<Look>> now = new LinkedHashMap<>();
        known.keySet().forEach(path -> now.put(path, look(path)));
        boolean isStill = now.equals(last);
        last = now;
        if (!isStill || now.equals(known) || Optional.<Look>empty().equals(now.get(file))) {
            return false;
        }
        known.putAll(now);
        return true;
    }

    private static Optional<Look> look(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return Optional.of(new Look(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
