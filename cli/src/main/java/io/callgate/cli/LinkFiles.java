package io.callgate.cli;

import io.callgate.relay.link.LinkMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// What a linked relay remembers, as files that only their owner reads:
///
/// - `link.json` the relay's id and key
/// - `link-state.json` what control said last; relay secrets in it, no token secrets
record LinkFiles(Path folder) implements LinkMemory {
    /// @throws CommandFailed if nothing can be kept there: a join token would be used up for nothing
    void requireRoom() {
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new CommandFailed("cannot keep the relay's key in " + folder
                    + ": no folder that this user may write to; name one with --data");
        }
    }

    /// Whether this relay has an identity at a control.
    boolean hasJoined() {
        return Files.exists(file(Part.IDENTITY));
    }

    @Override
    public Optional<String> recall(Part part) throws IOException {
        try {
            return Optional.of(Files.readString(file(part)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void keep(Part part, String text) throws IOException {
        WholeFile.write(file(part), text, WholeFile.OWNER_ONLY);
    }

    private Path file(Part part) {
        return folder.resolve(
                switch (part) {
                    case IDENTITY -> "link.json";
                    case STATE -> "link-state.json";
                });
    }
}
