package io.callgate.relay.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LinkThreadTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final BlockingQueue<String> steps = new ArrayBlockingQueue<>(10);
    private final AtomicBoolean isAway = new AtomicBoolean(true);

    @Test
    void afterAFailureItTriesAtOnceWhenToldThatControlIsBack() throws InterruptedException {
        try (LinkThread link = new LinkThread("test", this::step, new Backoff(LONG, LONG, new Random(1)))) {
            link.start();
            assertThat(steps.poll(20, TimeUnit.SECONDS)).isEqualTo("away");
            awaitProblem(link, true);

            isAway.set(false);
            link.tryNow();

            assertThat(steps.poll(20, TimeUnit.SECONDS)).isEqualTo("answered");
            awaitProblem(link, false);
        }
    }

    private Duration step() throws ControlException {
        steps.add(isAway.get() ? "away" : "answered");
        if (isAway.get()) {
            throw new ControlException.Away("gone for a while", new IOException("no connection"));
        }
        return LONG;
    }

    private static void awaitProblem(LinkThread link, boolean isThere) {
        while (link.problem().isPresent() != isThere) {
            Thread.onSpinWait();
        }
    }
}
