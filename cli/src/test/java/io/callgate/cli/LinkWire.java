package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// The way from relays to a control, with somebody who watches: a test waits for what the two will say next, and
/// not for a time.
final class LinkWire implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// What the HTTP client sets by itself, and what the server does.
    private static final Set<String> NOT_FORWARDED =
            Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding", "http2-settings");

    private final URI control;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicLong beats = new AtomicLong();
    private volatile boolean isCut;
    private long said;

    LinkWire(int controlPort) throws IOException {
        control = URI.create("http://127.0.0.1:" + controlPort);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::forward);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// From now on nothing gets through; what is under way does.
    void cut() {
        isCut = true;
    }

    void heal() {
        isCut = false;
    }

    /// How many heartbeats have begun.
    long beats() {
        return beats.get();
    }

    /// Waits until the condition holds; looks again whenever a relay has asked something or has been answered.
    void await(BooleanSupplier condition) throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            long before = said();
            if (condition.getAsBoolean()) {
                return;
            }
            assertThat(awaitMoreThan(before, endNanos)).as("in time").isTrue();
        }
    }

    private synchronized long said() {
        return said;
    }

    private synchronized void onSaid() {
        said++;
        notifyAll();
    }

    private synchronized boolean awaitMoreThan(long before, long endNanos) throws InterruptedException {
        while (said == before) {
            long leftMillis = (endNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    private void forward(HttpExchange exchange) throws IOException {
        if (exchange.getRequestURI().getPath().equals("/link/heartbeat")) {
            beats.incrementAndGet();
        }
        onSaid();
        try (exchange) {
            if (isCut) {
                throw new IOException("cut");
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            control.resolve(exchange.getRequestURI().toString()))
                    .method(
                            exchange.getRequestMethod(),
                            BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (isForwarded(name)) {
                    values.forEach(value -> request.header(name, value));
                }
            });
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            response.headers().map().forEach((name, values) -> {
                if (isForwarded(name)) {
                    exchange.getResponseHeaders().put(name, values);
                }
            });
            byte[] body = response.body();
            exchange.sendResponseHeaders(response.statusCode(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            onSaid();
        }
    }

    private static boolean isForwarded(String name) {
        return !NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public void close() {
        server.stop(0);
        client.shutdownNow();
        threads.shutdownNow();
    }
}
