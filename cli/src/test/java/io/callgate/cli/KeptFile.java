package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.LeaseStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A store in a file, and a latch that opens when a lease is in it.
final class KeptFile implements LeaseStore {
    private final LeaseStore store;
    private final CountDownLatch saved = new CountDownLatch(1);

    KeptFile(Path file) {
        store = LeaseStore.file(file);
    }

    @Override
    public Optional<String> load() {
        return store.load();
    }

    @Override
    public void save(String lease) {
        store.save(lease);
        saved.countDown();
    }

    void await() throws InterruptedException {
        assertThat(saved.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
