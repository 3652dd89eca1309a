package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopTest {
    private static final Duration AN_HOUR = Duration.ofHours(1);

    private final Loop loop = new Loop(defect -> {});
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    @AfterEach
    void end() {
        loop.end();
    }

    /// A call would else be kept for as long as it might have tried to connect.
    @Test
    void nothingIsKeptOfWhatWasCalledOff() {
        Object call = new Object();
        WeakReference<Object> kept = new WeakReference<>(call);
        Runnable callOff = waitFor(call);
        call = null;

        callOff.run();

        Until.holds("nothing is kept of it", () -> {
            System.gc();
            return kept.get() == null;
        });
    }

    private Runnable waitFor(Object call) {
        return loop.after(AN_HOUR, () -> told.add(call));
    }

    @Test
    void whatWaitsForItsTimeKeepsNoThreadAfterTheEnd() throws InterruptedException {
        loop.after(AN_HOUR, () -> told.add("late"));
        loop.execute(() -> told.add(Thread.currentThread()));
        Thread thread = (Thread) told.poll(10, TimeUnit.SECONDS);

        loop.end();

        assertThat(thread).isNotNull();
        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
    }
}
