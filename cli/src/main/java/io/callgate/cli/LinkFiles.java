package io.callgate.cli;

import io.callgate.relay.RelayOptions;
import io.callgate.relay.link.LinkMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// What a linked relay remembers, as files that only their owner reads:
///
/// - `link.json` the relay's id and key
/// - `link-state.json` what control said last; relay secrets in it, no token secrets
/// - `link-usage` counts of what was relayed, until control has heard them
record LinkFiles(Path folder) implements LinkMemory {
    /// @throws CommandFailed if nothing can be kept there: a join token would be used up for nothing
    void requireRoom() {
        if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new CommandFailed("cannot keep the relay's key in " + folder
                    + ": no folder that this user may write to; name one with --data");
        }
    }

    /// Where counts outlive the process; mapped until nobody holds it.
    ///
    /// @throws CommandFailed if the file cannot be made or mapped
    MemorySegment usageMemory() {
        Path file = folder.resolve("link-usage");
        try {
            if (!Files.exists(file)) {
                WholeFile.write(file, "", WholeFile.OWNER_ONLY);
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return channel.map(FileChannel.MapMode.READ_WRITE, 0, RelayOptions.USAGE_MEMORY_BYTES, Arena.ofAuto());
            }
        } catch (IOException e) {
            throw new CommandFailed("cannot keep usage in " + file + ": " + e.getMessage(), e);
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
