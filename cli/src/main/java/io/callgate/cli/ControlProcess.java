package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Control alone, from start to end: a change of its certificate or SIGHUP renews that, SIGTERM ends it.
///
/// One thread, the caller's: signals only put an event into its queue.
final class ControlProcess {
    private enum Event {
        RELOAD,
        STOP
    }

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration OWN_CERTIFICATE_POLL = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(ControlProcess.class);

    private final Terminal terminal;
    private final @Nullable Path file;
    private final @Nullable FileWatch watch;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private ControlFile.Settings settings;
    private Optional<TlsIdentity> shown = Optional.empty();

    private ControlProcess(
            Terminal terminal, @Nullable Path file, @Nullable FileWatch watch, ControlFile.Settings settings) {
        this.terminal = terminal;
        this.file = file;
        this.watch = watch;
        this.settings = settings;
    }

    /// @throws CommandFailed with every error of the file
    static ControlProcess ofFile(Path file, Terminal terminal) {
        FileWatch watch = new FileWatch(file);
        ControlFile.Reading reading = ControlFile.read(file);
        watch.follow(reading.consulted());
        return new ControlProcess(terminal, file, watch, reading.orFail());
    }

    /// Everything in one folder.
    static ControlProcess in(Path data, Terminal terminal) {
        return new ControlProcess(terminal, null, null, ControlFile.Settings.in(data));
    }

    DataFolder folder() {
        return new DataFolder(settings.data());
    }

    /// Runs until stopped.
    ///
    /// @throws CommandFailed with what is in the way of a start
    void run() {
        Signals.on("HUP", () -> events.add(Event.RELOAD));
        Signals.on("TERM", () -> events.add(Event.STOP));
        Signals.on("INT", () -> events.add(Event.STOP));
        ControlStart start = new ControlStart(settings, terminal.time());
        shown = start.identity(terminal::say);
        try (Control control = start.start(shown)) {
            ControlAccess access = start.access(control, shown);
            folder().started(
                            access,
                            ProcessHandle.current().pid(),
                            terminal.time().now().toString());
            LOG.atInfo()
                    .addKeyValue("port", control.port())
                    .addKeyValue("consolePort", control.consolePort())
                    .log("control.started");
            terminal.data("Console: " + start.console(control, shown));
            control.ensureConsoleUser().ifPresent(password -> terminal.data(firstSignIn(password)));
            terminal.data("API: " + access.url().resolve("/v1"));
            access.trust().pin().ifPresent(pin -> terminal.data("Pin: sha256/" + pin));
            terminal.data("Operator token: " + start.operatorToken());
            terminal.data("ready");
            serve(control);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // an embedder wants it to end: control is closed by now
        }
    }

    /// What is told once in a lifetime of the database.
    static String firstSignIn(Secret password) {
        return "Console user: " + Control.FIRST_USER + ", password " + password.reveal()
                + " (shown this once; the first sign-in asks for another)";
    }

    private void serve(Control control) throws InterruptedException {
        long lookedAtNanos = terminal.time().nanos();
        while (true) {
            Event event = events.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
            if (event == Event.STOP) {
                return;
            }
            if (event == Event.RELOAD || (watch != null && watch.changedAndStill())) {
                reload(control);
            }
            long nowNanos = terminal.time().nanos();
            if (nowNanos - lookedAtNanos >= OWN_CERTIFICATE_POLL.toNanos()) {
                lookedAtNanos = nowNanos;
                if (shown.filter(new ControlStart(settings, terminal.time())::isRenewalDue)
                        .isPresent()) {
                    reload(control);
                }
            }
        }
    }

    /// The certificate, or nothing. All else in the file takes a restart, and is told so.
    private void reload(Control control) {
        try {
            if (file != null && watch != null) {
                ControlFile.Reading reading = ControlFile.read(file);
                watch.follow(reading.consulted());
                ControlFile.Settings fresh = reading.orFail();
                if (!fresh.withTls(settings.tls()).equals(settings)) {
                    refused("only the certificate is taken over while control runs; restart it for the rest");
                }
                settings = settings.withTls(fresh.tls());
            }
            Optional<TlsIdentity> fresh = new ControlStart(settings, terminal.time())
                    .identity(
                            change -> LOG.atInfo().addKeyValue("change", change).log("certificate.renewed"));
            if (fresh.isPresent() != shown.isPresent()) {
                refused("plain HTTP and TLS change places at a restart only");
            } else if (fresh.isPresent() && !fresh.equals(shown)) {
                control.become(fresh.get());
                shown = fresh;
                LOG.atInfo()
                        .addKeyValue("sha256", fresh.get().fingerprint())
                        .addKeyValue(
                                "until", fresh.get().certificate().getNotAfter().toInstant())
                        .log("control.certificate.applied");
            }
        } catch (CommandFailed e) {
            refused(String.valueOf(e.getMessage()).replace("\n", "; "));
        } catch (RuntimeException e) { // a fault of ours must not end what runs
            LOG.atError().addKeyValue("file", file).setCause(e).log("config.apply.failed");
        }
    }

    private void refused(String problems) {
        LOG.atWarn().addKeyValue("file", file).addKeyValue("problems", problems).log("config.refused");
    }
}
