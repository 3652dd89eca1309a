package io.callgate.rtc.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CallbacksTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Callbacks<String> callbacks = new Callbacks<>("callgate-handlers");

    /// What the thread of the handlers does not catch goes here.
    @BeforeEach
    void listen() {
        callbacks.run(() ->
                Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> told.add(thrown.getMessage())));
        callbacks.add("one");
        callbacks.add("two");
    }

    @AfterEach
    void end() {
        callbacks.end(() -> {});
    }

    @Test
    void whatAHandlerThrowsIsNotLostAndKeepsNothingFromTheNext() throws Exception {
        callbacks.tell(handler -> {
            told.add("to " + handler);
            throw new AssertionError("of " + handler);
        });

        expect("to one", "of one", "to two", "of two");
    }

    @Test
    void norIsWhatElseRunsThere() throws Exception {
        callbacks.run(() -> {
            throw new IllegalStateException("run");
        });
        callbacks.after(Duration.ofMillis(1), () -> {
            throw new AssertionError("after");
        });

        expect("run", "after");
    }

    private void expect(String... lines) throws InterruptedException {
        for (String line : lines) {
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(line);
        }
    }
}
