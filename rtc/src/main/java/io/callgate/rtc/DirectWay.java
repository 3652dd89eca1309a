package io.callgate.rtc;

import io.callgate.rtc.transport.TransportPlan;
import java.util.concurrent.atomic.AtomicLong;

/// No proxy: the direct way from the start, for [io.callgate.model.RequestedMode#NONE].
final class DirectWay implements Way {
    private final Listener listener;
    private final AtomicLong epoch = new AtomicLong();

    DirectWay(Listener listener) {
        this.listener = listener;
    }

    @Override
    public void start() {
        renew();
    }

    @Override
    public void renew() {
        listener.onPlan(TransportPlan.direct(epoch.incrementAndGet()));
    }

    @Override
    public void inUse(TransportPlan plan) {
        // A direct plan holds nothing that an older one would have to give back.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
