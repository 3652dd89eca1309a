package io.callgate.client;

import io.callgate.client.mode.Event;
import io.callgate.client.net.Attempt;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Finds out whether the service can be reached without a proxy, by the app's own [DirectProbe]. Loop only.
final class DirectWay {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long RETRY_MILLIS = 250;
    private static final long LONGEST_RETRY_MILLIS = 3000;

    private final Common common;
    private final Settings settings;
    private final Round round;
    private final Consumer<Event> feed;

    DirectWay(Common common, Consumer<Event> feed) {
        this.common = common;
        this.settings = common.settings();
        this.round = common.round();
        this.feed = feed;
    }

    /// Feeds what was found within that time, or that it is over. Without a probe the direct way counts as
    /// closed.
    ///
    /// @param tries 1 for the first; later ones wait a little before they begin
    void probe(int tries, Duration timeout) {
        long mine = round.begin();
        if (settings.probe().isEmpty()) {
            feed.accept(new Event.ProbeTimedOut());
            return;
        }
        common.threads().later(Math.min(RETRY_MILLIS * (tries - 1), LONGEST_RETRY_MILLIS), () -> probe(mine, timeout));
    }

    private void probe(long mine, Duration timeout) {
        if (round.isOver(mine)) {
            return;
        }
        AtomicBoolean decided = new AtomicBoolean();
        ask(mine, timeout, answer -> {
            if (decided.compareAndSet(false, true)) {
                feed.accept(answer);
            }
        });
        common.threads().later(timeout.toMillis(), () -> {
            if (!round.isOver(mine) && decided.compareAndSet(false, true)) {
                feed.accept(new Event.ProbeTimedOut());
            }
        });
    }

    /// However long it takes, within reason. Without a probe it is taken for open.
    void connect() {
        long mine = round.begin();
        if (settings.probe().isEmpty()) {
            feed.accept(new Event.DirectConnected(common.nanos()));
            return;
        }
        ask(
                mine,
                PATIENCE,
                answer -> feed.accept(
                        answer.signalling() && answer.media()
                                ? new Event.DirectConnected(common.nanos())
                                : new Event.DirectFailed(answer.signalling())));
    }

    /// Asks both sides at once; tells when the answer is known, unless the round is over.
    private void ask(long mine, Duration timeout, Consumer<Event.ProbeAnswered> onAnswer) {
        DirectProbe probe = settings.probe().orElseThrow();
        long beganNanos = common.nanos();
        CompletableFuture<Boolean> signalling = new CompletableFuture<>();
        CompletableFuture<Boolean> media = new CompletableFuture<>();
        common.threads().aside(() -> signalling.complete(isOpen(probe::signalling, timeout)));
        common.threads().aside(() -> media.complete(isOpen(probe::media, timeout)));
        signalling.thenAcceptBoth(
                media,
                (isSignalling, isMedia) -> common.threads().onLoop(() -> {
                    if (!round.isOver(mine)) {
                        Duration took = Duration.ofNanos(common.nanos() - beganNanos);
                        onAnswer.accept(new Event.ProbeAnswered(isSignalling, isMedia, took));
                    }
                }));
    }

    private interface Question {
        boolean isOpen(Attempt attempt);
    }

    private boolean isOpen(Question question, Duration timeout) {
        try {
            return question.isOpen(Attempt.within(settings.time(), timeout));
        } catch (RuntimeException e) {
            common.trace().add("the direct probe failed: " + e);
            return false;
        }
    }
}
