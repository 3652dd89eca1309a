package io.callgate.cli;

import io.callgate.model.DesiredState;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayException;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.RelaySnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A relay from start to end: a change of its file or SIGHUP reloads, SIGTERM drains, a second SIGTERM closes.
///
/// One thread, the caller's: signals and ends of drains only put an event into its queue.
final class RelayProcess {
    /// What may happen to it.
    enum Event {
        RELOAD,
        STOP,
        DRAINED
    }

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(2);
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(RelayProcess.class);

    private final Terminal terminal;
    private final Path file;
    private final UnaryOperator<RelayConfig> completion;
    private final Duration grace;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final boolean endsWhenReady;
    private final Reloads reloads = new Reloads();
    private long version = 1;

    /// @param completion what the command line makes of the file, at the start and at each reload
    RelayProcess(Terminal terminal, Path file, UnaryOperator<RelayConfig> completion, RunOptions options) {
        this.terminal = terminal;
        this.file = file;
        this.completion = completion;
        this.grace = options.grace();
        this.endsWhenReady = options.endsWhenReady();
    }

    /// Runs until stopped.
    ///
    /// @param onReady prints what the operator should know, before the line `ready`
    /// @throws CommandFailed with every reason why the relay does not start
    void run(Consumer<Relay> onReady) {
        FileWatch watch = new FileWatch(file);
        RelayConfig config = completion.apply(read());
        String filesWarning = OpenFilesLimit.check(
                OpenFilesLimit.ofThisProcess(), config, Runtime.getRuntime().availableProcessors());
        if (!filesWarning.isEmpty()) {
            terminal.say("warning: " + filesWarning);
        }
        Signals.on("HUP", () -> events.add(Event.RELOAD));
        Signals.on("TERM", () -> events.add(Event.STOP));
        Signals.on("INT", () -> events.add(Event.STOP));
        try (Relay relay = start(config.desiredState(version));
                OperationPort port = new OperationPort(new WatchedRelay(relay, reloads, ANSWER_BOUND))) {
            port.become(config.operation().metrics());
            onReady.accept(relay);
            terminal.data("ready");
            if (!endsWhenReady) {
                serve(relay, port, watch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // an embedder wants it to end: the relay is closed by now
        }
    }

    private RelayConfig read() {
        RelayFile.Reading reading = RelayFile.read(file);
        reading.problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                .forEach(problem -> terminal.say(problem.toString()));
        if (RelayFile.isReadableByOthers(file)) {
            terminal.say("warning: every user of this machine may read the secrets in " + file
                    + "; mend it with: chmod 600 " + file);
        }
        RelayConfig config = reading.orFail();
        config.notServedYet().forEach(sentence -> terminal.say("note: " + sentence));
        return config;
    }

    private Relay start(DesiredState state) {
        try {
            return Relay.start(state, RelayOptions.of(terminal.time()));
        } catch (RelayException e) {
            throw new CommandFailed(String.join("\n", e.problems()), e);
        }
    }

    private void serve(Relay relay, OperationPort port, FileWatch watch) throws InterruptedException {
        while (true) {
            Event event = events.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (event == Event.STOP) {
                drain(relay);
                return;
            }
            if (event == Event.RELOAD || watch.changedAndStill()) {
                reload(relay, port);
            }
        }
    }

    /// The file, whole, or nothing of it.
    private void reload(Relay relay, OperationPort port) {
        Runnable undo = () -> {};
        try {
            RelayConfig config = completion.apply(RelayFile.read(file).orFail());
            undo = port.become(config.operation().metrics());
            relay.apply(config.desiredState(version + 1));
            version++;
            reloads.onApplied();
        } catch (CommandFailed e) {
            refused(String.valueOf(e.getMessage()).replace("\n", "; "));
        } catch (RelayException e) {
            undo.run();
            refused(String.join("; ", e.problems()));
        } catch (RuntimeException e) { // a fault of ours must not end the calls that live
            reloads.onRefused();
            LOG.atError().addKeyValue("file", file).setCause(e).log("config.apply.failed");
        }
    }

    private void refused(String problems) {
        reloads.onRefused();
        LOG.atWarn()
                .addKeyValue("file", file)
                .addKeyValue("keepsVersion", version)
                .addKeyValue("problems", problems)
                .log("config.refused");
    }

    private void drain(Relay relay) throws InterruptedException {
        long endNanos = terminal.time().nanos() + grace.toNanos();
        relay.drain(grace).whenComplete((done, failure) -> events.add(Event.DRAINED));
        while (true) {
            Event event = events.poll();
            if (event == null) {
                event = events.poll(100, TimeUnit.MILLISECONDS); // most relays have nothing to drain: no line for them
            }
            if (event == null) {
                long secondsLeft = Math.max(
                        0, Duration.ofNanos(endNanos - terminal.time().nanos()).toSeconds());
                terminal.say("draining: " + sessions(relay) + ", closing in " + secondsLeft
                        + " s at the latest; a second SIGTERM closes at once");
                event = events.poll(PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (event == Event.DRAINED) {
                terminal.say("drained: " + sessions(relay));
                return;
            }
            if (event == Event.STOP) {
                terminal.say("closing now: " + sessions(relay));
                return;
            }
        }
    }

    private static String sessions(Relay relay) throws InterruptedException {
        try {
            RelaySnapshot snapshot = relay.snapshot().get(1, TimeUnit.SECONDS);
            return Words.count(snapshot.sessions(), "session") + ", "
                    + Words.count(snapshot.allocations(), "allocation") + " and "
                    + Words.count(snapshot.tunnels(), "tunnel") + " left";
        } catch (ExecutionException | TimeoutException e) {
            return "the loops are too busy to count"; // a progress line only: draining goes on
        }
    }
}
