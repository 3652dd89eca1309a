package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.control.ControlOptions;
import io.callgate.control.store.StoreException;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/// Starts control with what lies in its data folder: makes there what is missing.
///
/// - `seal.key` the key that secrets in the database are sealed with
/// - `operator.token` a token for the API, made at the first start
/// - `control.mv.db` the embedded database
final class ControlStart {
    private static final String SEAL_KEY_VARIABLE = "CALLGATE_SEAL_KEY";
    private static final int SEAL_KEY_BYTES = 32;

    private final ControlFile.Settings settings;
    private final TimeSource time;

    ControlStart(ControlFile.Settings settings, TimeSource time) {
        this.settings = settings;
        this.time = time;
    }

    /// @throws CommandFailed with what is in the way
    Control start() {
        new DataFolder(settings.data()).create();
        try {
            Control control = Control.start(new ControlOptions(
                    store(),
                    new InetSocketAddress(
                            settings.listen().address().toInetAddress(),
                            settings.listen().port())));
            try {
                if (!Files.exists(operatorToken())) {
                    DataFolder.write(
                            operatorToken(),
                            control.issueOperatorToken(operatorToken().toString())
                                            .reveal() + "\n");
                }
                return control;
            } catch (RuntimeException e) {
                control.close();
                throw e;
            }
        } catch (UncheckedIOException | StoreException | IllegalArgumentException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    Path operatorToken() {
        return settings.data().resolve("operator.token");
    }

    private StoreOptions store() {
        return settings.database()
                .map(database -> StoreOptions.postgres(
                        database.url(), database.user(), database.passwordFile().map(this::password), sealKey(), time))
                .orElseGet(() -> StoreOptions.embedded(settings.data().resolve("control"), sealKey(), time));
    }

    private Secret password(Path file) {
        try {
            return Secret.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new CommandFailed("cannot read the database password in " + file + ": " + e.getMessage(), e);
        }
    }

    private Secret sealKey() {
        String named = System.getenv(SEAL_KEY_VARIABLE);
        if (named != null && !named.isEmpty()) {
            return decode(named, SEAL_KEY_VARIABLE);
        }
        Path file = settings.data().resolve("seal.key");
        try {
            if (!Files.exists(file)) {
                byte[] key = new byte[SEAL_KEY_BYTES];
                new SecureRandom().nextBytes(key);
                DataFolder.write(file, Base64.getEncoder().encodeToString(key) + "\n");
            }
            return decode(Files.readString(file).strip(), file.toString());
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Secret decode(String text, String place) {
        try {
            Secret key = Secret.of(Base64.getDecoder().decode(text));
            if (key.lengthBytes() == SEAL_KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // The same answer as for a key of another length.
        }
        throw new CommandFailed("the seal key in " + place + " is not base64 of " + SEAL_KEY_BYTES + " bytes");
    }
}
