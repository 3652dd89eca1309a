package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.model.AppId;
import io.callgate.model.DestinationRule;
import io.callgate.model.Region;
import io.callgate.model.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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
    private static final int USUAL_PORT = 8080;

    // Made before two threads of a start log at once, for SLF4J would complain of that.
    private static final Logger LOG = LoggerFactory.getLogger(ServeControl.class);

    private final CompletableFuture<Running> starting = new CompletableFuture<>();

    private ServeControl() {}

    /// Control as it runs.
    ///
    /// @param servesFirstApp whether there is app `demo`
    record Running(Control control, ControlAccess access, boolean servesFirstApp) {
        /// Lets serve's own relay in; empty if the operator has taken its pool away.
        Optional<Secret> joinToken() {
            return control.createJoinToken(HERE);
        }
    }

    /// @param port on loopback; null for the usual one, or any other if that is taken
    /// @param allow what app `demo` may reach too; with null the relay's own file has the apps
    static ServeControl begin(
            DataFolder folder, @Nullable Integer port, @Nullable List<DestinationRule> allow, Terminal terminal) {
        ServeControl serve = new ServeControl();
        Thread.ofPlatform().name("control-start").daemon().start(() -> {
            try {
                serve.starting.complete(start(folder, port, allow, terminal));
            } catch (RuntimeException e) {
                serve.starting.completeExceptionally(e);
            }
        });
        return serve;
    }

    /// Waits until it runs.
    ///
    /// @throws CommandFailed with what is in the way
    Running await() {
        try {
            Running running = starting.join();
            LOG.atInfo().addKeyValue("port", running.control().port()).log("control.started");
            return running;
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
            DataFolder folder, @Nullable Integer port, @Nullable List<DestinationRule> allow, Terminal terminal) {
        int chosen = port != null ? port : isFree(USUAL_PORT) ? USUAL_PORT : 0;
        ControlStart start = new ControlStart(ControlFile.Settings.onLoopback(chosen, folder.path()), terminal.time());
        Control control = start.start(Optional.empty());
        try {
            boolean isThere = allow != null && control.ensureApp(FIRST_APP, "made by serve", allow);
            return new Running(control, start.access(control.port(), Optional.empty()), isThere);
        } catch (RuntimeException e) {
            control.close();
            throw e;
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
