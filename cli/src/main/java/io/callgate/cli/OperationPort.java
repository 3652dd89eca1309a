package io.callgate.cli;

import io.callgate.model.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps [OperationServer] where the configuration wants it, over reloads. Confined to the thread of
/// [RelayProcess].
final class OperationPort implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OperationPort.class);

    private final WatchedRelay relay;
    private Optional<OperationConfig.MetricsAddress> wanted = Optional.empty();
    private @Nullable OperationServer server;

    OperationPort(WatchedRelay relay) {
        this.relay = relay;
    }

    /// Serves there, and no more where it served before. The old port is given up first: the new address may be
    /// the same port on a wildcard.
    ///
    /// @return goes back to how it was before
    /// @throws CommandFailed if the operator named the address and it cannot be had; then all is as before
    Runnable become(Optional<OperationConfig.MetricsAddress> next) {
        Optional<OperationConfig.MetricsAddress> before = wanted;
        if (next.equals(before)) {
            return () -> {};
        }
        close();
        try {
            open(next, next.map(OperationConfig.MetricsAddress::isNamed).orElse(false));
        } catch (CommandFailed e) {
            open(before, false);
            throw e;
        }
        return () -> {
            close();
            open(before, false);
        };
    }

    private void open(Optional<OperationConfig.MetricsAddress> next, boolean isRequired) {
        wanted = next;
        if (next.isEmpty()) {
            return;
        }
        Endpoint endpoint = next.get().endpoint();
        try {
            server = OperationServer.open(
                    new InetSocketAddress(endpoint.address().toInetAddress(), endpoint.port()), relay);
            log.atInfo().addKeyValue("address", endpoint).log("metrics.opened");
        } catch (IOException e) {
            String sentence = "cannot serve metrics and health on " + endpoint + ": " + e.getMessage();
            if (isRequired) {
                throw new CommandFailed(
                        sentence + "; name another address or port under metrics, or metrics: false", e);
            }
            log.atWarn()
                    .addKeyValue("address", endpoint)
                    .addKeyValue("cause", e.getMessage())
                    .addKeyValue("mend", "name a port of its own: metrics: {port: 9465}, or metrics: false")
                    .log("metrics.not.served");
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
            server = null;
        }
        wanted = Optional.empty();
    }
}
