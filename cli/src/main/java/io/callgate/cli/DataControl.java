package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;

/// The control of a data folder: the one that runs there, else one that runs for a single command.
final class DataControl {
    /// A start or another command holds the folder for a moment.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(100);

    private DataControl() {}

    /// @return to be closed
    /// @throws CommandFailed if there is none, or it does not answer
    static ControlApi open(DataFolder folder, TimeSource time) {
        if (!Files.isDirectory(folder.path())) {
            throw nothingThere(folder);
        }
        for (Duration waited = Duration.ZERO; waited.compareTo(PATIENCE) < 0; waited = waited.plus(POLL)) {
            Optional<FileLock> lock = folder.tryLock();
            if (lock.isPresent()) {
                return start(folder, lock.get(), time);
            }
            Optional<ControlAccess> running = folder.control();
            if (running.isPresent()) {
                return new ControlApi(running.get());
            }
            pause();
        }
        throw new CommandFailed(
                "what runs with the data folder " + folder.path() + " is not ready yet; try again when it has said so");
    }

    /// Whether a control runs here or has ever run.
    static boolean exists(DataFolder folder) {
        return ControlStart.hasRunIn(folder.path()) || folder.control().isPresent();
    }

    private static ControlApi start(DataFolder folder, FileLock lock, TimeSource time) {
        try {
            if (!ControlStart.hasRunIn(folder.path())) {
                throw nothingThere(folder);
            }
            LogConfigurator.beQuiet();
            ControlStart start = new ControlStart(ControlFile.Settings.forAMoment(folder.path()), time);
            Control control = start.start(Optional.empty());
            return new ControlApi(start.access(control, Optional.empty()), () -> {
                control.close();
                release(lock);
            });
        } catch (RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    private static CommandFailed nothingThere(DataFolder folder) {
        return new CommandFailed("no control runs with the data folder " + folder.path()
                + "; start callgate serve or control with it, or name another by --data or --control");
    }

    private static void release(FileLock lock) {
        try {
            lock.acquiredBy().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("interrupted", e);
        }
    }
}
