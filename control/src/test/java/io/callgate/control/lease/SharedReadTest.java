package io.callgate.control.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SharedReadTest {
    private final AtomicInteger reads = new AtomicInteger();
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean fails;
    private final SharedRead<Integer> shared = new SharedRead<>(this::read);

    @AfterEach
    void close() {
        mayGoOn.countDown();
        callers.close();
    }

    @Test
    void whoAsksAfterAReadHasBegunGetsANewerOne() {
        mayGoOn.countDown();

        assertThat(shared.get()).isEqualTo(1);
        assertThat(shared.get()).isEqualTo(2);
    }

    @Test
    void thoseWhoAskDuringAReadShareTheNext() {
        List<CompletableFuture<Integer>> all = askDuringARead(50);

        mayGoOn.countDown();

        assertThat(all.removeFirst().join()).isEqualTo(1);
        assertThat(all).allSatisfy(one -> assertThat(one.join()).isEqualTo(2));
        assertThat(reads).hasValue(2);
    }

    @Test
    void aFailureIsSharedToo() {
        List<CompletableFuture<Integer>> all = askDuringARead(50);
        fails = true;

        mayGoOn.countDown();

        assertThat(all).allSatisfy(one -> assertThatThrownBy(one::join).hasMessageContaining("no database"));
        assertThat(reads).as("nobody waits for the database once more").hasValue(2);
    }

    /// The first of them reads.
    private List<CompletableFuture<Integer>> askDuringARead(int others) {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        all.add(CompletableFuture.supplyAsync(shared::get, callers));
        await(() -> reads.get() == 1);
        for (int i = 0; i < others; i++) {
            all.add(CompletableFuture.supplyAsync(shared::get, callers));
        }
        await(() -> shared.waiting() == others);
        return all;
    }

    private static void await(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private int read() {
        int number = reads.incrementAndGet();
        try {
            mayGoOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (fails) {
            throw new IllegalStateException("no database");
        }
        return number;
    }
}
