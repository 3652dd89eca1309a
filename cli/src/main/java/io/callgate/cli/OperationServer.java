package io.callgate.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server for those who watch the relay: `/metrics`, `/healthz`, `/readyz`. On an address and port of its
/// own, never on one that clients use. A thread a request; none of them waits for a relay longer than a bound.
final class OperationServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OperationServer.class);
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int BACKLOG = 16;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final WatchedRelay relay;

    static {
        // Whoever reaches the port must not keep descriptors: seconds for a request and its answer, connections.
        System.setProperty("sun.net.httpserver.maxReqTime", "5");
        System.setProperty("sun.net.httpserver.maxRspTime", "10");
        System.setProperty("jdk.httpserver.maxConnections", "64");
    }

    /// What a request gets.
    ///
    /// @param body ends with a line feed where it is a sentence
    record Answer(int status, String contentType, String body) {
        static Answer text(int status, String sentence) {
            return new Answer(status, TEXT, sentence + "\n");
        }
    }

    private OperationServer(HttpServer server, WatchedRelay relay) {
        this.server = server;
        this.relay = relay;
    }

    /// Serves from now on.
    ///
    /// @param address port 0 for any that is free
    /// @throws IOException with the system's words if the address or port cannot be had
    static OperationServer open(InetSocketAddress address, WatchedRelay relay) throws IOException {
        OperationServer made = new OperationServer(HttpServer.create(address, BACKLOG), relay);
        made.server.setExecutor(made.threads);
        made.server.createContext("/", made::serve);
        made.server.start();
        return made;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            Answer answer = answer(exchange, isHead);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (isHead) {
                exchange.getResponseHeaders().set("Content-Length", "" + body.length);
                exchange.sendResponseHeaders(answer.status(), -1);
            } else {
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (RuntimeException e) { // a fault of ours: the asker sees a closed connection, the log sees why
            log.atError().setCause(e).log("watch.failed");
        }
    }

    private Answer answer(HttpExchange exchange, boolean isHead) {
        String path = exchange.getRequestURI().getPath();
        if (path == null || !(path.equals("/metrics") || path.equals("/healthz") || path.equals("/readyz"))) {
            return Answer.text(404, "here are /metrics, /healthz and /readyz");
        }
        if (!isHead && !exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Answer.text(405, "GET and HEAD only");
        }
        return switch (path) {
            case "/metrics" -> relay.metrics();
            case "/healthz" -> relay.health();
            default -> relay.readiness();
        };
    }

    /// Ends at once; an answer under way is cut off.
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
