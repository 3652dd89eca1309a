package io.callgate.rtc;

import io.callgate.client.failure.Failure;
import io.callgate.rtc.transport.TransportPlan;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The customer's own proxies, one after the other: the next when by one of them no relay is to be had any more.
/// Methods of [Way] on the engine's thread.
final class LocalWay implements Way {
    private final Listener listener;
    private final Loop loop;
    private final Deque<Function<Listener, Way>> left;
    private final AtomicLong epoch = new AtomicLong(); // of all of them together
    private @Nullable Way current;
    private boolean isClosed;

    /// @param ways one for each proxy, in their order; one at least
    LocalWay(List<Function<Listener, Way>> ways, Listener listener, Loop loop) {
        this.listener = listener;
        this.loop = loop;
        this.left = new ArrayDeque<>(ways);
        this.current = next();
    }

    private Way next() {
        return left.removeFirst().apply(new One());
    }

    @Override
    public void start() {
        if (current != null) {
            current.start();
        }
    }

    @Override
    public void renew() {
        if (current != null) {
            current.renew();
        }
    }

    @Override
    public void inUse(TransportPlan plan) {
        if (current != null) {
            current.inUse(plan);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        if (current != null) {
            current.close();
            current = null;
        }
    }

    /// Told by one of the ways, on any thread.
    private final class One implements Listener {
        @Override
        public void onPlan(TransportPlan plan) {
            listener.onPlan(plan.renewed(epoch.incrementAndGet()));
        }

        @Override
        public void onRefreshed(TransportPlan same) {
            listener.onRefreshed(same.renewed(epoch.get()));
        }

        @Override
        public void onLeased() {
            listener.onLeased();
        }

        @Override
        public void onGivenUp(Failure failure) {
            loop.execute(() -> {
                if (isClosed) {
                    return;
                }
                if (left.isEmpty()) {
                    listener.onGivenUp(failure);
                    return;
                }
                if (current != null) {
                    current.close();
                }
                current = next();
                current.start();
            });
        }
    }
}
