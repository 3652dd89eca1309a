package io.callgate.rtc;

import io.callgate.client.failure.Failure;
import io.callgate.rtc.transport.TransportPlan;
import java.io.Closeable;

/// Where a call's plans come from: the cloud proxy, or nothing but this machine's network. One for each call.
interface Way extends Closeable {
    /// Told on any thread.
    interface Listener {
        void onPlan(TransportPlan plan);

        /// The newest plan has a younger credential, for what is connected from now on. Nothing has to move.
        void onRefreshed(TransportPlan same);

        /// Control has said which relays there are.
        void onLeased();

        /// There is no way, and none is sought any more.
        void onGivenUp(Failure failure);
    }

    void start();

    /// Set everything up again, by the same plan.
    void renew();

    /// That plan is in use: what only older ones needed may go.
    void inUse(TransportPlan plan);

    @Override
    void close();
}
