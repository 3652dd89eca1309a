package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
}
