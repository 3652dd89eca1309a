package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.LeaseStore;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A store whose first answer waits until a test says so, and which keeps nothing new.
final class SlowStore implements LeaseStore {
    private final LeaseStore store;
    private final AtomicBoolean first = new AtomicBoolean(true);
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);

    SlowStore(LeaseStore store) {
        this.store = store;
    }

    /// Waits until it is being asked for the first time.
    void awaitLoad() throws InterruptedException {
        assertThat(loading.await(20, TimeUnit.SECONDS)).isTrue();
    }

    void answer() {
        answered.countDown();
    }

    @Override
    public Optional<String> load() {
        if (first.getAndSet(false)) {
            loading.countDown();
            try {
                answered.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return store.load();
    }

    @Override
    public void save(String lease) {}
}
