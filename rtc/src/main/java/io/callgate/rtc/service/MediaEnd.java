package io.callgate.rtc.service;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.media.PeerLink;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Our end of one connection of media, for whoever implements a service: hands candidates on, and knows when the
/// connection stands and which way it goes.
public final class MediaEnd implements PeerLink.Listener {
    private static final long LOOK_EVERY_MILLIS = 25;

    private final Candidates candidates;
    private final Consumer<String> onLost;
    private final BiConsumer<String, PeerLink.Kind> onTrack;
    private PeerLink.State state = PeerLink.State.NEW; // guarded by this
    private boolean wasConnected; // guarded by this
    private boolean isRetired; // guarded by this
    private String lastTrouble = ""; // guarded by this
    private @Nullable PeerLink link; // set once, before anything is asked of it

    /// Where our candidates go; on threads of the stack.
    public interface Candidates {
        void found(PeerLink.Candidate candidate);

        void complete();
    }

    /// @param onLost told when a connection that stood does not any more
    public MediaEnd(Candidates candidates, Consumer<String> onLost) {
        this(candidates, onLost, (mid, kind) -> {});
    }

    /// @param onTrack told the mid of each track that comes, where the service does not say whose that is
    public MediaEnd(Candidates candidates, Consumer<String> onLost, BiConsumer<String, PeerLink.Kind> onTrack) {
        this.candidates = candidates;
        this.onLost = onLost;
        this.onTrack = onTrack;
    }

    public void begin(PeerLink made) {
        link = made;
    }

    public PeerLink link() {
        PeerLink made = link;
        if (made == null) {
            throw new IllegalStateException("not begun yet");
        }
        return made;
    }

    @Override
    public void onCandidate(PeerLink.Candidate candidate) {
        candidates.found(candidate);
    }

    @Override
    public void onCandidatesComplete() {
        candidates.complete();
    }

    @Override
    public void onState(PeerLink.State now) {
        boolean isLost;
        synchronized (this) {
            state = now;
            wasConnected |= now == PeerLink.State.CONNECTED;
            isLost = wasConnected && !isRetired && (now == PeerLink.State.FAILED || now == PeerLink.State.DISCONNECTED);
            notifyAll();
        }
        if (isLost) {
            onLost.accept("ICE says " + now);
        }
    }

    @Override
    public void onTrack(String mid, PeerLink.Kind kind) {
        onTrack.accept(mid, kind);
    }

    @Override
    public synchronized void onServerFailed(String url, int code, String text) {
        lastTrouble = url + " answers " + code + " " + text;
    }

    /// Waits until the connection stands and goes as the plan wants; looks into the stack's statistics for
    /// that.
    ///
    /// @return false if it does not within that time
    public boolean awaitPath(TransportPlan plan, Duration within, LongSupplier nanos) {
        long endNanos = nanos.getAsLong() + within.toNanos();
        while (true) {
            if (isConnected() && pair().map(plan::isMetBy).orElse(false)) {
                return true;
            }
            if (isFailed() || nanos.getAsLong() - endNanos >= 0) {
                return false;
            }
            rest();
        }
    }

    private Optional<LinkStats.Pair> pair() {
        return link().stats().pair();
    }

    private synchronized boolean isConnected() {
        return state == PeerLink.State.CONNECTED;
    }

    private synchronized boolean isFailed() {
        return state == PeerLink.State.FAILED || state == PeerLink.State.CLOSED;
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's loop looks again, whatever woke it
    private synchronized void rest() {
        try {
            wait(LOOK_EVERY_MILLIS);
        } catch (InterruptedException e) {
            throw ServiceException.unreachable(ErrorCode.FIREWALL_SUSPECTED, "called away from ICE", e);
        }
    }

    public ServiceException noPath(String what) {
        String trouble;
        synchronized (this) {
            trouble = lastTrouble;
        }
        return ServiceException.unreachable(
                ErrorCode.FIREWALL_SUSPECTED,
                "no way for the media of " + what + (trouble.isEmpty() ? "" : "; " + trouble));
    }

    public Optional<LinkStats> statistics() {
        try {
            return Optional.of(link().stats());
        } catch (MediaException e) {
            return Optional.empty(); // closed meanwhile
        }
    }

    public void close() {
        synchronized (this) {
            isRetired = true;
        }
        if (link != null) {
            link.close();
        }
    }
}
