package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.Event;
import io.callgate.client.net.Attempt;
import io.callgate.model.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Finds out whether the service can be reached without a proxy, by the app's own [DirectProbe], and whether
/// it still can while that way is in use. Loop only.
final class DirectWay {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long RETRY_MILLIS = 250;
    private static final long LONGEST_RETRY_MILLIS = 3000;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofSeconds(1);
    private static final int MOST_MISSES = 2;

    private static final Failure GONE = new Failure(
            ErrorCode.ALL_CANDIDATES_FAILED,
            "the direct way has closed: signalling or media answers no more",
            "check this machine's network");

    private final Common common;
    private final Settings settings;
    private final Round round;
    private final Consumer<Event> feed;
    private long lookNanos;
    private boolean looking;
    private int misses;

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
        askWithin(mine, timeout, answer -> feed.accept(answer.isPresent() ? answer.get() : new Event.ProbeTimedOut()));
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

    // ------------------------------------------------------------------------------------------ while it is in use

    /// It has come into use.
    void arrived() {
        lookNext(LOOK_EVERY);
    }

    /// It is sought at once.
    void lost() {
        lookNext(Duration.ZERO);
    }

    private void lookNext(Duration after) {
        round.begin(); // what is still being asked is asked about another time
        lookNanos = common.nanos() + after.toNanos();
        looking = false;
        misses = 0;
    }

    /// Feeds that it is lost when it was closed twice in a row. Whoever gave no probe is not watched over.
    void watch(Duration timeout) {
        look(timeout, LOOK_EVERY, isOpen -> {
            misses = isOpen ? 0 : misses + 1;
            if (misses == MOST_MISSES) {
                common.trace().add("the direct way has closed");
                common.teller().because(GONE);
                feed.accept(new Event.PathLost(common.nanos()));
            } else if (!isOpen) {
                lookNanos = common.nanos() + LOOK_AGAIN_AFTER.toNanos();
            }
        });
    }

    /// While it is lost: feeds that it is back, or that it is not.
    void seek(Duration timeout) {
        look(
                timeout,
                LOOK_AGAIN_AFTER,
                isOpen -> feed.accept(isOpen ? new Event.DirectConnected(common.nanos()) : new Event.ProbeTimedOut()));
    }

    private void look(Duration timeout, Duration every, Consumer<Boolean> then) {
        if (looking || settings.probe().isEmpty() || common.nanos() - lookNanos < 0) {
            return;
        }
        looking = true;
        askWithin(round.number(), timeout, answer -> {
            looking = false;
            lookNanos = common.nanos() + every.toNanos();
            then.accept(answer.filter(each -> each.signalling() && each.media()).isPresent());
        });
    }

    // ------------------------------------------------------------------------------------------------- to ask once

    /// @param then gets nothing where the time is over before both sides have answered
    private void askWithin(long mine, Duration timeout, Consumer<Optional<Event.ProbeAnswered>> then) {
        AtomicBoolean decided = new AtomicBoolean();
        ask(mine, timeout, answer -> {
            if (decided.compareAndSet(false, true)) {
                then.accept(Optional.of(answer));
            }
        });
        common.threads().later(timeout.toMillis(), () -> {
            if (!round.isOver(mine) && decided.compareAndSet(false, true)) {
                then.accept(Optional.empty());
            }
        });
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
