package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.TimeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// `--config F | --data DIR`: which relay a command is about, and the control beside it.
final class ConfigOptions {
    @ArgGroup
    private @Nullable Source source;

    private static final class Source {
        @Option(names = "--config", paramLabel = "F", description = "The relay file.")
        private @Nullable Path config;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "The data folder of serve or control, which need not run (default: callgate-data).")
        private @Nullable Path data;
    }

    /// As if they had been given.
    static ConfigOptions of(@Nullable Path config, @Nullable Path data) {
        ConfigOptions options = new ConfigOptions();
        options.source = new Source();
        options.source.config = config;
        options.source.data = data;
        return options;
    }

    /// The relay's configuration as it runs, or would run, without what control says of apps.
    RelayConfig load() {
        return source != null && source.config != null
                ? RelayFile.read(source.config).orFail()
                : folder().lastConfig();
    }

    /// The same, with the apps that control has.
    RelayConfig loadWithControl(TimeSource time) {
        RelayConfig own = load();
        if (!hasControl()) {
            return own;
        }
        try (ControlApi control = control(time)) {
            List<AppState> apps = new ArrayList<>(own.apps());
            control.all("/v1/apps").stream().map(AppText::state).forEach(apps::add);
            return own.withApps(apps);
        }
    }

    /// An app of the relay's own file.
    ///
    /// @return empty if control may have it
    /// @throws CommandFailed if nobody can have it
    Optional<AppState> ownApp(AppId id) {
        if (hasControl() && !folder().hasRelay()) {
            return Optional.empty();
        }
        RelayConfig own = load();
        Optional<AppState> found =
                own.apps().stream().filter(app -> app.id().equals(id)).findFirst();
        return found.isEmpty() && !hasControl() ? Optional.of(Apps.find(own, id, place())) : found;
    }

    /// To be closed.
    ControlApi control(TimeSource time) {
        return DataControl.open(folder(), time);
    }

    /// Whether there is a relay file, or a folder that a relay runs in.
    boolean hasRelay() {
        return (source != null && source.config != null) || folder().hasRelay();
    }

    /// For messages: the file or folder that was asked for.
    Path place() {
        return source != null && source.config != null ? source.config : folder().path();
    }

    /// A relay file stands for itself.
    boolean hasControl() {
        return (source == null || source.config == null) && DataControl.exists(folder());
    }

    private DataFolder folder() {
        return new DataFolder(source != null && source.data != null ? source.data : DataFolder.DEFAULT);
    }
}
