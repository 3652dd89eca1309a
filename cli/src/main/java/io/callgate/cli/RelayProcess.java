package io.callgate.cli;

import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.Relay;
import io.callgate.relay.RelayException;
import io.callgate.relay.RelayOptions;
import io.callgate.relay.RelaySnapshot;
import io.callgate.relay.WarmUp;
import io.callgate.relay.link.LinkException;
import io.callgate.relay.link.LinkedRelay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

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
    private static final Duration OWN_CERTIFICATE_POLL = Duration.ofMinutes(1);
    private static final Duration PROGRESS = Duration.ofSeconds(5);
    private static final String TOO_BUSY = "some sessions (the loops are too busy to count)";
    private static final Logger LOG = LoggerFactory.getLogger(RelayProcess.class);

    private final Terminal terminal;
    private final Path file;
    private final UnaryOperator<RelayConfig> completion;
    private final Function<RelayConfig, Optional<RelayConfig.ControlLink>> above;
    private final OwnCertificate ownCertificate;
    private final LinkFiles linkFiles;
    private final Duration grace;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final boolean isRehearsal;
    private final RelayOptions relayOptions;
    private final Reloads reloads = new Reloads();
    private long version = 1;
    private Optional<TlsIdentity> certificateInForce = Optional.empty();
    private Optional<RelayConfig.ControlLink> control = Optional.empty();

    /// @param completion what the command line makes of the file, at the start and at each reload
    /// @param above which control has the apps, if any; asked at the last moment, for it may be starting
    /// @param folder keeps the certificate for TLS when the file names none, and what a linked relay remembers
    RelayProcess(
            Terminal terminal,
            Path file,
            UnaryOperator<RelayConfig> completion,
            Function<RelayConfig, Optional<RelayConfig.ControlLink>> above,
            Path folder,
            RunOptions options) {
        this.terminal = terminal;
        this.file = file;
        this.completion = completion;
        this.above = above;
        this.ownCertificate = new OwnCertificate(folder);
        this.linkFiles = new LinkFiles(folder);
        this.grace = options.grace();
        this.isRehearsal = options.isRehearsal();
        this.relayOptions = options.relayOptions(terminal.time());
    }

    /// Runs until stopped.
    ///
    /// @param onReady prints what the operator should know, before the line `ready`; returns the apps that control
    ///     has, as far as this process knows them
    /// @throws CommandFailed with every reason why the relay does not start
    void run(BiFunction<Relay, TlsIdentity, List<AppState>> onReady) {
        FileWatch watch = new FileWatch(file);
        RelayConfig config = completion.apply(read(watch));
        List<String> changes = new ArrayList<>();
        TlsIdentity identity = identity(config, changes::add);
        SessionFile.require(config.operation().sessions());
        StartChecks checks = new StartChecks(
                StartChecks.Readings.ofThisMachine(terminal.time()),
                config,
                Runtime.getRuntime().availableProcessors());
        checks.requireRoom();
        SessionFile sessions = new SessionFile(terminal.time());
        sessions.become(config.operation().sessions());
        Signals.on("HUP", () -> {
            sessions.reopen();
            events.add(Event.RELOAD);
        });
        Signals.on("TERM", () -> events.add(Event.STOP));
        Signals.on("INT", () -> events.add(Event.STOP));
        try (sessions;
                RunningRelay running = start(config, identity, sessions);
                OperationPort port =
                        new OperationPort(new WatchedRelay(running.relay(), reloads, sessions::totals, ANSWER_BOUND))) {
            certificateInForce = Optional.of(identity);
            port.become(config.operation().metrics());
            running.relay().gatherFor(config.operation().gather());
            checks.warnings().forEach(warning -> terminal.say("warning: " + warning));
            changes.forEach(terminal::say);
            if (running.link().isPresent() && !awaitControl(running.link().get())) {
                return;
            }
            List<AppState> apps = onReady.apply(running.relay(), identity);
            terminal.data("ready");
            if (isRehearsal) {
                rehearse(running.relay(), config.apps().isEmpty() ? config.withApps(apps) : config, identity);
                return;
            }
            try (WarmUp _ = WarmUp.begin(relayOptions, identity)) {
                serve(running, new Watched(port, sessions, watch));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // an embedder wants it to end: the relay is closed by now
        }
    }

    private void rehearse(Relay relay, RelayConfig config, TlsIdentity identity) throws InterruptedException {
        Rehearsal rehearsal = new Rehearsal(config, identity, terminal.time());
        rehearsal.play(relay);
        rehearsal.playCalls(relay, RehearsedCalls.CALLS);
        WarmUp.rehearse(relayOptions, identity);
    }

    private RelayConfig read(FileWatch watch) {
        RelayFile.Reading reading = RelayFile.read(file);
        watch.follow(reading.consulted());
        reading.problems().stream()
                .filter(problem -> problem.severity() == Problem.Severity.WARNING)
                .forEach(problem -> terminal.say(problem.toString()));
        if (RelayFile.isReadableByOthers(file)) {
            terminal.say("warning: every user of this machine may read the secrets in " + file
                    + "; mend it with: chmod 600 " + file);
        }
        RelayConfig config = reading.orFail();
        config.tls()
                .flatMap(tls -> tls.identity().dateProblem(terminal.time().now()))
                .ifPresent(problem -> terminal.say("warning: tls: " + problem + "; clients will refuse it"));
        return config;
    }

    /// What the file names, else the relay's own.
    private TlsIdentity identity(RelayConfig config, Consumer<String> onChange) {
        if (config.tls().isPresent()) {
            return config.tls().get().identity();
        }
        OwnCertificate.Fitting own =
                ownCertificate.fittingFor(config, terminal.time().now());
        own.change().ifPresent(onChange);
        return own.identity();
    }

    private RunningRelay start(RelayConfig config, TlsIdentity identity, SessionFile sessions) {
        RelayOptions options = relayOptions.withSessions(sessions);
        DesiredState own = config.desiredState(version, identity);
        control = above.apply(config);
        if (control.isPresent()) {
            linkFiles.requireRoom();
            options = options.withUsageMemory(linkFiles.usageMemory());
        }
        return RunningRelay.start(own, options, control, linkFiles);
    }

    /// A linked relay is ready when it has something to serve: control's word, of now or from before.
    ///
    /// @return false if it was stopped meanwhile
    private boolean awaitControl(LinkedRelay link) throws InterruptedException {
        boolean hasTold = false;
        try {
            while (!link.awaitState(POLL)) {
                if (events.contains(Event.STOP)) {
                    return false;
                }
                if (!hasTold && link.problem().isPresent()) {
                    hasTold = true;
                    terminal.say("waiting for control: " + link.problem().get());
                }
            }
            return true;
        } catch (LinkException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
    }

    /// What follows a reload beside the relay.
    private record Watched(OperationPort port, SessionFile sessions, FileWatch files) {}

    private void serve(RunningRelay running, Watched watched) throws InterruptedException {
        long lookedAtNanos = terminal.time().nanos();
        while (true) {
            Event event = events.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (event == Event.STOP) {
                drain(running.relay());
                return;
            }
            if (event == Event.RELOAD || watched.files.changedAndStill()) {
                reload(running, watched);
            }
            long nowNanos = terminal.time().nanos();
            if (nowNanos - lookedAtNanos >= OWN_CERTIFICATE_POLL.toNanos()) {
                lookedAtNanos = nowNanos;
                renewOwnCertificate(running, watched);
            }
        }
    }

    /// The machine has a new address, or the certificate's end is near.
    private void renewOwnCertificate(RunningRelay running, Watched watched) {
        try {
            RelayConfig config = completion.apply(RelayFile.read(file).orFail());
            boolean isDue = config.tls().isEmpty()
                    && certificateInForce
                            .filter(inUse -> OwnCertificate.isDue(
                                    inUse, config, terminal.time().now()))
                            .isPresent();
            if (isDue) {
                reload(running, watched);
            }
        } catch (CommandFailed e) {
            // The file is broken: that was told when it changed.
        } catch (RuntimeException e) { // a fault of ours must not end the calls that live
            LOG.atError().addKeyValue("file", file).setCause(e).log("config.apply.failed");
        }
    }

    /// The file, whole, or nothing of it.
    private void reload(RunningRelay running, Watched watched) {
        Runnable undo = () -> {};
        try {
            RelayFile.Reading reading = RelayFile.read(file);
            watched.files.follow(reading.consulted());
            RelayConfig config = completion.apply(reading.orFail());
            requireSameControl(config);
            SessionFile.require(config.operation().sessions());
            List<String> changes = new ArrayList<>();
            TlsIdentity identity = identity(config, changes::add);
            undo = watched.port.become(config.operation().metrics());
            running.apply(config.desiredState(version + 1, identity));
            running.relay().gatherFor(config.operation().gather());
            certificateInForce = Optional.of(identity);
            changes.forEach(change -> LOG.atInfo().addKeyValue("change", change).log("certificate.renewed"));
            watched.sessions.become(config.operation().sessions());
            version++;
            reloads.onApplied();
        } catch (CommandFailed e) {
            refused(String.valueOf(e.getMessage()).replace("\n", "; "));
        } catch (RelayException e) {
            undo.run();
            refused(String.join("; ", e.problems()));
        } catch (RuntimeException e) { // a fault of ours must not end the calls that live
            undo.run();
            reloads.onRefused();
            LOG.atError().addKeyValue("file", file).setCause(e).log("config.apply.failed");
        }
    }

    private void requireSameControl(RelayConfig config) {
        if (!above.apply(config).equals(control)) {
            throw new CommandFailed("control: a change there is taken over at the next start of the relay");
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
                tellProgress(
                        relay,
                        Duration.ofNanos(Math.max(0, endNanos - terminal.time().nanos())));
                event = events.poll(PROGRESS.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (event == Event.DRAINED || event == Event.STOP) {
                tellEnd(relay, event);
                return;
            }
        }
    }

    private void tellProgress(Relay relay, Duration left) throws InterruptedException {
        Optional<RelaySnapshot> snapshot = snapshot(relay);
        terminal.say("draining: " + snapshot.map(RelayProcess::sessions).orElse(TOO_BUSY) + " left, closing in "
                + left.toSeconds() + " s at the latest; a second SIGTERM closes at once");
        keys(LOG.atInfo(), snapshot)
                .addKeyValue("secondsLeft", left.toSeconds())
                .log("drain.progress");
    }

    /// Lingering sessions are over for their clients: they are not told of.
    private void tellEnd(Relay relay, Event event) throws InterruptedException {
        Optional<RelaySnapshot> snapshot = snapshot(relay);
        boolean isComplete = snapshot.filter(it -> it.liveSessions() == 0).isPresent();
        String rest = snapshot.map(RelayProcess::sessions).orElse(TOO_BUSY);
        if (isComplete) {
            terminal.say("drained: every session has ended");
        } else {
            terminal.say((event == Event.STOP ? "closing now, as asked: " : "the grace is over, closing: ") + rest);
        }
        keys(LOG.atInfo(), snapshot).addKeyValue("complete", isComplete).log("drain.done");
    }

    private static Optional<RelaySnapshot> snapshot(Relay relay) throws InterruptedException {
        try {
            return Optional.of(relay.snapshot().get(1, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty(); // a progress line only: draining goes on
        }
    }

    private static String sessions(RelaySnapshot snapshot) {
        return Words.count(snapshot.liveSessions(), "session") + ", "
                + Words.count(snapshot.allocations(), "allocation") + " and "
                + Words.count(snapshot.tunnels(), "tunnel");
    }

    private static LoggingEventBuilder keys(LoggingEventBuilder event, Optional<RelaySnapshot> snapshot) {
        return snapshot.map(it -> event.addKeyValue("sessions", it.liveSessions())
                        .addKeyValue("allocations", it.allocations())
                        .addKeyValue("tunnels", it.tunnels()))
                .orElse(event);
    }
}
