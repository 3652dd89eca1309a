package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WorkTest {
    private final Work work = new Work("work-test");
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        work.end();
    }

    @Test
    void isCalledAwayFromWhatItIsAt() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Runnable endless = () -> {
            begun.countDown();
            waitForEver("first");
        };
        work.run(endless);
        begun.await();

        work.callAway(endless);

        assertThat(next()).isEqualTo("first called away");
    }

    /// Whoever leaves at once after a move was asked for would else wait for the move.
    @Test
    void isCalledAwayFromWhatHasNotBegun() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        Runnable endless = () -> waitForEver("second");
        work.run(() -> await(released));
        work.run(endless);

        work.callAway(endless);
        released.countDown();

        assertThat(next()).isEqualTo("second called away");
    }

    @Test
    void whatComesAfterwardsIsLeftInPeace() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        Runnable before = () -> told.add("before");
        work.run(before);
        assertThat(next()).isEqualTo("before");

        work.callAway(before);
        work.run(() -> {
            await(released);
            told.add(Thread.currentThread().isInterrupted() ? "disturbed" : "in peace");
        });
        released.countDown();

        assertThat(next()).isEqualTo("in peace");
    }

    private String next() throws InterruptedException {
        String next = told.poll(10, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    private void waitForEver(String who) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            told.add(who + " called away");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
