package io.callgate.cli;

import io.callgate.control.Control;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
                description = "No file: everything in this folder, listening on 127.0.0.1:8444.")
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
    public Integer call() {
        LogConfigurator.choose(logFormat);
        ControlFile.Settings settings = settings();
        ControlStart start = new ControlStart(settings, terminal.time());
        CountDownLatch stopped = new CountDownLatch(1);
        Signals.on("TERM", stopped::countDown);
        Signals.on("INT", stopped::countDown);
        try (Control control = start.start()) {
            terminal.data("API: http://" + settings.listen().address().bracketed() + ":" + control.port() + "/v1");
            terminal.data("Operator token: " + start.operatorToken());
            terminal.data("ready");
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // an embedder wants it to end: control is closed by now
        }
        return 0;
    }

    private ControlFile.Settings settings() {
        if (source != null && source.config != null) {
            return ControlFile.read(source.config);
        }
        return ControlFile.Settings.in(source != null && source.data != null ? source.data : DataFolder.DEFAULT);
    }
}
