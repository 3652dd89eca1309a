package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReportsTest {
    private final Reports reports = new Reports();
    private final AtomicInteger looks = new AtomicInteger();

    /// As where the relay reports to another control.
    @Test
    void whatNoReportTellsIsSeenAllTheSame() throws InterruptedException {
        assertThat(reports.await(() -> looks.incrementAndGet() == 2, Duration.ofSeconds(10)))
                .isTrue();
    }

    @Test
    void aReportIsLookedAtAtOnce() throws InterruptedException {
        boolean held = reports.await(
                () -> {
                    reports.onTaken(); // comes while the first look is on its way
                    return looks.incrementAndGet() == 1_000; // looks that each waited would not end in time
                },
                Duration.ofSeconds(10));

        assertThat(held).isTrue();
    }

    @Test
    void whatNeverHoldsIsGivenUpAfterThePatience() throws InterruptedException {
        assertThat(reports.await(() -> false, Duration.ofMillis(300))).isFalse();
    }
}
