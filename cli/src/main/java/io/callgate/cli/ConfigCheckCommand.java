package io.callgate.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `config check F`: everything that is wrong with a relay file, at once.
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Validates a relay file: every error with its file, line, column and the fix.")
final class ConfigCheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "F", description = "The relay file (YAML).")
    private Path file = Path.of("relay.yaml");

    @Option(names = "--json", description = "Prints {file, valid, problems} as JSON.")
    private boolean json;

    ConfigCheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RelayFile.Reading reading = RelayFile.read(file);
        long errors = reading.errors().size();
        if (json) {
            terminal.data(JsonOutput.problems(file, reading.problems()));
        } else {
            reading.problems().forEach(problem -> terminal.data(problem.toString()));
        }
        if (errors > 0) {
            throw new CommandFailed(file + ": " + Words.count(errors, "error"));
        }
        if (!json) {
            terminal.data(summary(reading.orFail()));
        }
        return 0;
    }

    private String summary(RelayConfig config) {
        List<String> parts = List.of(
                Words.count(config.effectiveListeners().size(), "listener"),
                Words.count(config.apps().size(), "app"),
                Words.count(
                        config.apps().stream()
                                .mapToInt(app -> app.destinations().size())
                                .sum(),
                        "destination rule"));
        return file + ": valid (" + String.join(", ", parts) + ")";
    }
}
