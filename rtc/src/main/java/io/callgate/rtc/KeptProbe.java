package io.callgate.rtc;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.Attempt;
import io.callgate.model.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A direct probe that can be begun before anybody asks: its answer is for the first who does, unless the network
/// has changed meanwhile. All else is asked when it is asked for, and not kept.
final class KeptProbe implements DirectProbe {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final DirectProbe probe;
    private final TimeSource time;
    private @Nullable CompletableFuture<Boolean> signalling; // guarded by this
    private @Nullable CompletableFuture<Boolean> media; // guarded by this

    KeptProbe(DirectProbe probe, TimeSource time) {
        this.probe = probe;
        this.time = time;
    }

    synchronized void begin() {
        signalling = ask("signalling", probe::signalling);
        media = ask("media", probe::media);
    }

    /// The network has changed.
    synchronized void forget() {
        signalling = null;
        media = null;
    }

    private CompletableFuture<Boolean> ask(String what, Predicate<Attempt> question) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> answer.complete(question.test(Attempt.within(time, PATIENCE))), "callgate-probe-" + what);
        thread.setDaemon(true);
        thread.start();
        return answer;
    }

    @Override
    public boolean signalling(Attempt attempt) {
        CompletableFuture<Boolean> kept;
        synchronized (this) {
            kept = signalling;
            signalling = null;
        }
        return kept == null ? probe.signalling(attempt) : await(kept, attempt);
    }

    @Override
    public boolean media(Attempt attempt) {
        CompletableFuture<Boolean> kept;
        synchronized (this) {
            kept = media;
            media = null;
        }
        return kept == null ? probe.media(attempt) : await(kept, attempt);
    }

    private static boolean await(CompletableFuture<Boolean> answer, Attempt attempt) {
        try {
            return answer.get(attempt.leftMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }
}
