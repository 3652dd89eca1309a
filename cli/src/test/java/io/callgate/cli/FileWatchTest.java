package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
    @TempDir
    private Path folder = Path.of("unset");

    @Test
    void tellsAChangeOnceAndOnlyWhenTheFileRests() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "a");
        FileWatch watch = new FileWatch(file);
        assertThat(watch.changedAndStill()).isFalse();

        Files.writeString(file, "a b");
        assertThat(watch.changedAndStill()).as("seen for the first time").isFalse();
        Files.writeString(file, "a b c");
        assertThat(watch.changedAndStill()).as("still being written").isFalse();

        assertThat(watch.changedAndStill()).isTrue();
        assertThat(watch.changedAndStill()).isFalse();
    }

    @Test
    void bearsThatAnEditorTakesTheFileAwayForAMoment() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "a");
        FileWatch watch = new FileWatch(file);

        Files.delete(file);
        assertThat(watch.changedAndStill()).isFalse();
        assertThat(watch.changedAndStill()).isFalse();
        Files.move(Files.writeString(folder.resolve("new"), "a"), file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(watch.changedAndStill()).isFalse();

        assertThat(watch.changedAndStill()).isTrue();
    }

    /// As after a mistyped name: mending the file that names it must be noticed.
    @Test
    void oneMissingFileDoesNotHideThatAnotherChanges() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "a");
        FileWatch watch = new FileWatch(file);
        watch.follow(List.of(folder.resolve("mistyped.pem")));
        assertThat(watch.changedAndStill()).isFalse();

        Files.writeString(file, "a b");
        assertThat(watch.changedAndStill()).isFalse();

        assertThat(watch.changedAndStill()).isTrue();
        assertThat(watch.changedAndStill()).isFalse();
    }

    /// A certificate and its key come one after the other: neither is read without the other.
    @Test
    void waitsUntilAllItsFilesRest() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "a");
        Path certificate = Files.writeString(folder.resolve("cert.pem"), "c");
        Path key = Files.writeString(folder.resolve("key.pem"), "k");
        FileWatch watch = new FileWatch(file);
        watch.follow(List.of(certificate, key));
        assertThat(watch.changedAndStill()).isFalse();

        Files.writeString(certificate, "c2");
        assertThat(watch.changedAndStill()).isFalse();
        Files.writeString(key, "k2");
        assertThat(watch.changedAndStill()).as("the key is new").isFalse();
        assertThat(watch.changedAndStill()).isTrue();
        assertThat(watch.changedAndStill()).isFalse();

        watch.follow(List.of());
        Files.writeString(key, "k3 of nobody");
        assertThat(watch.changedAndStill()).isFalse();
        assertThat(watch.changedAndStill()).isFalse();
    }
}
