package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.control.rest.HttpPlace;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Region;
import io.callgate.model.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control half of serve. It starts on a thread of its own, so that the relay starts meanwhile.
final class ServeControl implements AutoCloseable {
    static final AppId FIRST_APP = new AppId("demo");
    private static final Region HERE = new Region("local");
    private static final String RELAY = "serve";
    private static final int API_PORT = 8081; // not that of control alone, which may run beside it
    private static final Duration FIRST_REPORT = Duration.ofSeconds(2);

    // Made before relay and control log on two threads, for SLF4J would complain of two first ones.
    private static final Logger LOG = LoggerFactory.getLogger(ServeControl.class);

    private final CompletableFuture<Running> starting = new CompletableFuture<>();

    private ServeControl() {}

    /// Control as it runs.
    ///
    /// @param console what a browser on this machine opens
    /// @param link how serve's own relay joins it; empty if its file has the apps
    /// @param firstPassword of the console's first user, if this start made it
    record Running(
            Control control,
            ControlAccess access,
            URI console,
            Optional<RelayConfig.ControlLink> link,
            Optional<Secret> firstPassword) {
        /// App `demo` as relays know it; empty if there is none, or it is not served.
        Optional<AppState> firstApp() {
            return control.servedApp(FIRST_APP);
        }

        /// Says that it runs, and waits a moment until leases can name serve's relay.
        void onRelayReady() {
            LOG.atInfo()
                    .addKeyValue("port", control.port())
                    .addKeyValue("consolePort", control.consolePort())
                    .log("control.started");
            if (link.isEmpty()) {
                return;
            }
            try {
                if (!control.awaitLiveRelay(RELAY, FIRST_REPORT)) {
                    LOG.atWarn().addKeyValue("relay", RELAY).log("relay.not.reported");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // serve ends soon
            }
        }
    }

    /// Where it listens, on loopback.
    ///
    /// @param console the port; null for the usual one, or any other if that is taken
    /// @param api the same
    record Ports(@Nullable Integer console, @Nullable Integer api) {
        private ControlFile.Settings settings(Path data) {
            return new ControlFile.Settings(
                    place(api, API_PORT, "--api-port"),
                    Optional.of(place(console, ControlFile.DEFAULT_CONSOLE.port(), "--console-port")),
                    Optional.empty(),
                    data,
                    Optional.empty());
        }

        private static HttpPlace place(@Nullable Integer named, int usual, String option) {
            int port = named != null ? named : usual;
            return new HttpPlace(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), named == null, option);
        }
    }

    /// @param allow what app `demo` may reach too; with null the relay's own file has the apps
    static ServeControl begin(
            DataFolder folder, Ports ports, @Nullable List<DestinationRule> allow, Terminal terminal) {
        ServeControl serve = new ServeControl();
        Thread.ofPlatform().name("control-start").daemon().start(() -> {
            try {
                serve.starting.complete(start(folder, ports, allow, terminal));
            } catch (RuntimeException e) {
                serve.starting.completeExceptionally(e);
            }
        });
        return serve;
    }

    /// Which control the relay of this file has above it, at the start and at a reload.
    Optional<RelayConfig.ControlLink> above(RelayConfig file) {
        return file.leavesAppsToServe() ? await().link() : file.control();
    }

    /// Waits until it runs.
    ///
    /// @throws CommandFailed with what is in the way
    Running await() {
        try {
            return starting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        starting.handle((running, failure) -> {
                    if (running != null) {
                        running.control().close();
                    }
                    return true;
                })
                .join();
    }

    private static Running start(
            DataFolder folder, Ports ports, @Nullable List<DestinationRule> allow, Terminal terminal) {
        ControlStart start = new ControlStart(ports.settings(folder.path()), terminal.time());
        Control control = start.start(Optional.empty());
        try {
            ControlAccess access = start.access(control, Optional.empty());
            URI console = start.console(control, Optional.empty());
            Optional<Secret> firstPassword = control.ensureConsoleUser();
            if (allow == null) {
                return new Running(control, access, console, Optional.empty(), firstPassword);
            }
            control.ensureApp(FIRST_APP, "made by serve", allow);
            Secret joinToken = control.admit(RELAY, HERE, new LinkFiles(folder.path()).hasJoined())
                    .orElseThrow(() -> new CommandFailed("pool main, where the relay of serve stands, is gone; make it"
                            + " again with control alone, or name apps in the relay file"));
            return new Running(control, access, console, Optional.of(link(access, joinToken)), firstPassword);
        } catch (RuntimeException e) {
            control.close();
            throw e;
        }
    }

    private static RelayConfig.ControlLink link(ControlAccess access, Secret joinToken) {
        return new RelayConfig.ControlLink(
                List.of(access.url()), Optional.of(joinToken), RELAY, List.of(), Optional.empty());
    }
}
