package io.callgate.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `relay`: a relay alone, from a file.
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        description = "Runs a relay from a file; reloads it when it changes or on SIGHUP, drains on SIGTERM.")
final class RelayCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--config", required = true, paramLabel = "F", description = "The relay file (YAML).")
    private Path config = Path.of("relay.yaml");

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Where a self-signed certificate is kept if the file names none, and with control the relay's key and"
                            + " last state (default: the file's folder).")
    private @Nullable Path data;

    @Mixin
    private RunOptions run = new RunOptions();

    RelayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        run.chooseLogFormat();
        Path folder = data != null
                ? data
                : Optional.ofNullable(config.toAbsolutePath().getParent()).orElse(config);
        new RelayProcess(terminal, config, file -> file, folder, run)
                .run((relay, identity) -> relay.listeners()
                        .forEach(listener -> terminal.data("listening on "
                                + listener.address().bracketed() + ":" + listener.port() + " "
                                + listener.protocol().lowerCase())));
        return 0;
    }
}
