package io.callgate.cli;

import io.callgate.relay.Relay;
import io.callgate.relay.RelaySnapshot;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What those who watch a relay are told: the three answers of [OperationServer]. Safe on every thread.
///
/// The loops are asked by at most one thread at a time, whoever scrapes how often: each of them counts up what
/// lives on it, and must go on relaying.
final class WatchedRelay {
    private static final PrometheusTextFormatWriter FORMAT = PrometheusTextFormatWriter.create();

    private final Relay relay;
    private final Reloads reloads;
    private final Supplier<SessionFile.Totals> sessions;
    private final Duration bound;
    private final Lock oneAtATime = new ReentrantLock();

    /// @param bound how long the loops may take to answer
    WatchedRelay(Relay relay, Reloads reloads, Supplier<SessionFile.Totals> sessions, Duration bound) {
        this.relay = relay;
        this.reloads = reloads;
        this.sessions = sessions;
        this.bound = bound;
    }

    /// All metrics as Prometheus text, or 503 where a loop does not answer.
    OperationServer.Answer metrics() {
        Optional<RelaySnapshot> snapshot = snapshot();
        if (snapshot.isEmpty()) {
            return OperationServer.Answer.text(
                    503, "no figures: not all event loops answered within " + bound.toMillis() + " ms; see /healthz");
        }
        return new OperationServer.Answer(
                200,
                PrometheusTextFormatWriter.CONTENT_TYPE,
                text(new Metrics.Reading(snapshot.get(), ProcessFigures.read(), reloads, sessions.get())));
    }

    static String text(Metrics.Reading reading) {
        ByteArrayOutputStream text = new ByteArrayOutputStream(16_384);
        try {
            FORMAT.write(text, Metrics.of(reading), EscapingScheme.DEFAULT);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /// Whether every loop answers: a relay that does not is to be restarted.
    OperationServer.Answer health() {
        List<Integer> silent = relay.silentLoops(bound).join();
        return silent.isEmpty()
                ? OperationServer.Answer.text(200, "ok")
                : OperationServer.Answer.text(
                        503,
                        "event loops without an answer for " + bound.toMillis() + " ms: "
                                + String.join(
                                        ", ",
                                        silent.stream().map(String::valueOf).toList()));
    }

    /// Whether new clients should come.
    OperationServer.Answer readiness() {
        if (relay.isDraining()) {
            return OperationServer.Answer.text(503, "draining: no new sessions");
        }
        OperationServer.Answer health = health();
        return health.status() == 200 ? OperationServer.Answer.text(200, "ready") : health;
    }

    private Optional<RelaySnapshot> snapshot() {
        boolean isMine = false;
        try {
            isMine = oneAtATime.tryLock(bound.toMillis(), TimeUnit.MILLISECONDS);
            return isMine
                    ? Optional.of(relay.snapshot().get(bound.toMillis(), TimeUnit.MILLISECONDS))
                    : Optional.empty();
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server closes
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the loops could not be asked", e);
        } finally {
            if (isMine) {
                oneAtATime.unlock();
            }
        }
    }
}
