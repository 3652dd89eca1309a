package io.callgate.control.rest;

import io.callgate.model.TlsIdentity;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// An HTTP server on one address, plain or by TLS alone: what the API and the console have in common. Each request
/// runs on a virtual thread of its own.
public final class HttpServer implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 16 * 1024;

    private final InetSocketAddress address;
    private final Javalin server;
    private final Optional<Tls> tls;

    private HttpServer(InetSocketAddress address, Javalin server, Optional<Tls> tls) {
        this.address = address;
        this.server = server;
        this.tls = tls;
    }

    /// Listens at once.
    ///
    /// @param identity empty: plain HTTP
    /// @param routes adds everything that is served
    /// @throws UncheckedIOException if it cannot listen there
    public static HttpServer start(HttpPlace place, Optional<TlsIdentity> identity, Consumer<RoutesConfig> routes) {
        Optional<Tls> tls = identity.map(Tls::new);
        ServerSocketChannel channel = place.listen();
        try {
            InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
            Javalin server = Javalin.create(config -> {
                configure(config);
                routes.accept(config.routes);
                config.jetty.addConnector((jetty, http) -> connector(jetty, http, tls, channel));
            });
            server.start();
            return new HttpServer(new InetSocketAddress(place.address().getAddress(), address.getPort()), server, tls);
        } catch (IOException | RuntimeException e) {
            close(channel);
            throw e instanceof RuntimeException fault ? fault : new UncheckedIOException((IOException) e);
        }
    }

    /// Where it listens, with the port that it got.
    public InetSocketAddress address() {
        return address;
    }

    /// Connections from now on see this certificate.
    ///
    /// @throws IllegalStateException if it does not speak TLS
    public void become(TlsIdentity identity) {
        tls.orElseThrow(() -> new IllegalStateException("it speaks plain HTTP")).become(identity);
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void configure(JavalinConfig config) {
        config.concurrency.useVirtualThreads = true;
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.router.ignoreTrailingSlashes = false;
        config.jetty.modifyHttpConfiguration(HttpServer::limit);
        config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new ProtocolProblems()));
    }

    private static void limit(HttpConfiguration http) {
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
    }

    private static Connector connector(
            Server jetty, HttpConfiguration http, Optional<Tls> tls, ServerSocketChannel channel) {
        ServerConnector connector = tls.map(https -> https.connector(jetty, http))
                .orElseGet(() -> new ServerConnector(jetty, new HttpConnectionFactory(http)));
        try {
            connector.open(channel);
        } catch (IOException e) {
            throw new UncheckedIOException("Jetty does not take a socket that listens", e);
        }
        return connector;
    }

    private static void close(ServerSocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // What went wrong before is what is told.
        }
    }
}
