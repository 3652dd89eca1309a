package io.callgate.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// Remembers the last good lease, and with it the policy and the entry that gave it, for the next start of the
/// same user in the same app; another's is passed over. The text holds a credential: keep it as one. Called on
/// threads of ours, which may block.
public interface LeaseStore {
    LeaseStore NONE = new LeaseStore() {
        @Override
        public Optional<String> load() {
            return Optional.empty();
        }

        @Override
        public void save(String lease) {}
    };

    /// Empty if there is none, or it cannot be read.
    Optional<String> load();

    void save(String lease);

    /// One file that only its owner may read, replaced whole.
    static LeaseStore file(Path file) {
        return new LeaseStore() {
            @Override
            public Optional<String> load() {
                try {
                    return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
                } catch (IOException e) {
                    return Optional.empty(); // the first start
                }
            }

            @Override
            public void save(String lease) {
                Path next = file.resolveSibling(file.getFileName() + ".next");
                try {
                    Files.deleteIfExists(next);
                    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                        Files.createFile(
                                next,
                                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    }
                    Files.write(next, lease.getBytes(StandardCharsets.UTF_8));
                    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot keep the lease in " + file, e);
                }
            }
        };
    }
}
