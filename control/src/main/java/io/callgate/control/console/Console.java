package io.callgate.control.console;

import io.callgate.control.rest.HttpApi;
import io.callgate.control.rest.HttpPlace;
import io.callgate.control.rest.HttpServer;
import io.callgate.control.store.Store;
import io.callgate.model.TlsIdentity;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The console, on a port of its own (decision 0130).
public final class Console implements AutoCloseable {
    private final Routes routes;
    private final HttpServer server;

    private Console(Routes routes, HttpServer server) {
        this.routes = routes;
        this.server = server;
    }

    /// Listens at once; requests wait until the store is there.
    ///
    /// @param identity empty: plain HTTP
    /// @param api of this process: what is done here is done by its operations
    /// @throws java.io.UncheckedIOException if it cannot listen there
    public static Console start(
            HttpPlace place, Optional<TlsIdentity> identity, CompletableFuture<Store> store, HttpApi api) {
        Routes routes = new Routes(store, api.operations(), api.address());
        return new Console(routes, HttpServer.start(place, identity, routes::addTo));
    }

    public InetSocketAddress address() {
        return server.address();
    }

    /// Connections from now on see this certificate.
    ///
    /// @throws IllegalStateException if it speaks plain HTTP
    public void become(TlsIdentity identity) {
        server.become(identity);
    }

    /// Lets those go who watch.
    @Override
    public void close() {
        routes.close();
        server.close();
    }
}
