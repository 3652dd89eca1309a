package io.callgate.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// `--config F | --data DIR`: which relay a command is about.
final class ConfigOptions {
    @ArgGroup
    private @Nullable Source source;

    private static final class Source {
        @Option(names = "--config", paramLabel = "F", description = "The relay file.")
        private @Nullable Path config;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = "The data folder of serve, which need not run (default: callgate-data).")
        private @Nullable Path data;
    }

    /// The relay's configuration as it runs, or would run.
    RelayConfig load() {
        if (source != null && source.config != null) {
            return RelayFile.read(source.config).orFail();
        }
        Path folder = source != null && source.data != null ? source.data : DataFolder.DEFAULT;
        return new DataFolder(folder).lastConfig();
    }

    /// For messages: the file or folder that was asked for.
    Path place() {
        if (source != null && source.config != null) {
            return source.config;
        }
        return source != null && source.data != null ? source.data : DataFolder.DEFAULT;
    }
}
