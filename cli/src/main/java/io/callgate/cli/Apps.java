package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import java.nio.file.Path;
import java.util.stream.Collectors;

/// Looks apps up for commands.
final class Apps {
    private Apps() {}

    /// @throws CommandFailed with the apps that there are
    static AppState find(RelayConfig config, AppId id, Path place) {
        return config.apps().stream()
                .filter(app -> app.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CommandFailed("no app " + id + " in " + place + "; it has "
                        + (config.apps().isEmpty()
                                ? "none"
                                : config.apps().stream()
                                        .map(app -> app.id().value())
                                        .collect(Collectors.joining(", ")))));
    }
}
