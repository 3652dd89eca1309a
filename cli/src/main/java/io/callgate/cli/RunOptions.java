package io.callgate.cli;

import io.callgate.model.TimeSource;
import io.callgate.relay.RelayOptions;
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
            names = "--io",
            paramLabel = "KIND",
            description = "How sockets are served: linux, epoll or nio (default: the first of them that works here).")
    private @Nullable String io;

    @Option(
            names = "--rehearse",
            hidden = true,
            description = "Ends after one client that comes by every way: the launcher fills its cache so.")
    private boolean isRehearsal;

    boolean isRehearsal() {
        return isRehearsal;
    }

    /// @throws ParameterException if the kind of I/O asked for does not work on this machine
    RelayOptions relayOptions(TimeSource time) {
        RelayOptions best = RelayOptions.of(time);
        try {
            return io == null ? best : best.withIo(io);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "--io: " + e.getMessage(), e);
        }
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
