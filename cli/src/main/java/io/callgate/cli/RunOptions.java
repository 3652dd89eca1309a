package io.callgate.cli;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Options of every command that runs until it is stopped.
final class RunOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--grace",
            paramLabel = "T",
            defaultValue = "30s",
            description = "After SIGTERM, how long live sessions may go on (default: 30s).")
    private String grace = "30s";

    @Option(
            names = "--log-format",
            defaultValue = "text",
            description = "Log lines on stderr: text or json (default: text).")
    private LogConfigurator.Format logFormat = LogConfigurator.Format.TEXT;

    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Ends after one client that comes by every way: the launcher fills its cache so.")
    private boolean isRehearsal;

    boolean isRehearsal() {
        return isRehearsal;
    }

    void chooseLogFormat() {
        LogConfigurator.choose(logFormat);
    }

    Duration grace() {
        try {
            return Words.duration(grace);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "--grace: " + e.getMessage(), e);
        }
    }
}
