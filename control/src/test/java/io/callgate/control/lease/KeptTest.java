package io.callgate.control.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeptTest {
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void isLookedUpAgainAfterASecondOrInAnotherRound() {
        Kept<Integer> kept = new Kept<>(value -> true);

        assertThat(kept.value(10_000, 0, looks::incrementAndGet)).isEqualTo(1);
        assertThat(kept.value(10_999, 0, looks::incrementAndGet)).isEqualTo(1);
        assertThat(kept.value(11_000, 0, looks::incrementAndGet)).isEqualTo(2);
        assertThat(kept.value(11_000, 1, looks::incrementAndGet)).isEqualTo(3);
    }

    @Test
    void aClockThatIsSetBackKeepsNothingAlive() {
        Kept<Integer> kept = new Kept<>(value -> true);
        kept.value(100_000, 0, looks::incrementAndGet);

        assertThat(kept.value(10_000, 0, looks::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void whatIsNotWorthKeepingIsLookedUpEachTime() {
        Kept<Integer> kept = new Kept<>(value -> value > 1);

        assertThat(kept.value(10_000, 0, looks::incrementAndGet)).isEqualTo(1);
        assertThat(kept.value(10_000, 0, looks::incrementAndGet)).isEqualTo(2);
        assertThat(kept.value(10_000, 0, looks::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void whileOneLooksTheOthersTakeWhatWasKnownUnlessItIsTooOld() throws Exception {
        Kept<Integer> kept = new Kept<>(value -> true);
        kept.value(10_000, 0, looks::incrementAndGet);
        CountDownLatch isLooking = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<Integer> slow = CompletableFuture.supplyAsync(() -> kept.value(11_500, 0, () -> {
            isLooking.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return looks.incrementAndGet();
        }));
        isLooking.await();

        assertThat(kept.value(11_999, 0, looks::incrementAndGet))
                .as("younger than two seconds")
                .isEqualTo(1);
        Thread late = Thread.ofVirtual().start(() -> kept.value(12_000, 0, looks::incrementAndGet));
        assertThat(late.join(Duration.ofMillis(50))).as("older: it waits").isFalse();

        mayEnd.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo(2);
        late.join();
        assertThat(looks).as("and takes what the first has found").hasValue(2);
    }
}
