package io.callgate.cli;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `control`: the service that knows apps and relays and hands out leases, alone.
@Command(
        name = "control",
        mixinStandardHelpOptions = true,
        description = "Runs control: apps, leases, pools and relays, over an HTTP API (control/openapi.yaml).")
final class ControlCommand implements Callable<Integer> {
    private final Terminal terminal;

    @ArgGroup
    private @Nullable Source source;

    private static final class Source {
        @Option(names = "--config", paramLabel = "F", description = "Control's file (YAML).")
        private @Nullable Path config;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                description = {
                    "No file: everything in this folder, API on 127.0.0.1:8444, console on 127.0.0.1:8080 (any other"
                            + " port if that is taken)."
                })
        private @Nullable Path data;
    }

    @Option(
            names = "--log-format",
            defaultValue = "text",
            description = "Log lines on stderr: text or json (default: text).")
    private LogConfigurator.Format logFormat = LogConfigurator.Format.TEXT;

    ControlCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        LogConfigurator.choose(logFormat);
        ControlProcess process = source != null && source.config != null
                ? ControlProcess.ofFile(source.config, terminal)
                : ControlProcess.in(source != null && source.data != null ? source.data : DataFolder.DEFAULT, terminal);
        DataFolder folder = process.folder();
        folder.create();
        FileLock lock = folder.lock();
        try {
            process.run();
        } finally {
            folder.stopped();
            lock.acquiredBy().close();
        }
        return 0;
    }
}
