package io.callgate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Notices that a file changed, by asking. Not a `WatchService`: that misses changes behind the symbolic links
/// that configuration is often mounted through.
final class FileWatch {
    private record Look(
            FileTime modified, long bytes, @Nullable Object fileKey) {}

    private final Path file;
    private @Nullable Look known;
    private @Nullable Look last;

    FileWatch(Path file) {
        this.file = file;
        this.known = look();
        this.last = known;
    }

    /// True once a change: when two asks in a row saw the same new file, so that no half-written one is read.
    boolean changedAndStill() {
        Look now = look();
        boolean isStill = Objects.equals(now, last);
        last = now;
        if (now == null || !isStill || now.equals(known)) {
            return false;
        }
        known = now;
        return true;
    }

    /// Null while there is no file: editors replace it in two steps.
    private @Nullable Look look() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return null;
        }
    }
}
