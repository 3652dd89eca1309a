package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.DirectProbe;
import io.callgate.client.net.Attempt;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeptProbeTest implements DirectProbe {
    private final AtomicInteger asked = new AtomicInteger();
    private final KeptProbe kept = new KeptProbe(this, SystemTime.CLOCK);

    @Override
    public boolean signalling(Attempt attempt) {
        asked.incrementAndGet();
        return true;
    }

    @Override
    public boolean media(Attempt attempt) {
        asked.incrementAndGet();
        return false;
    }

    /// The direct way is looked after while it is in use: an old answer would hide that it has closed.
    @Test
    void whatWasBegunAnswersTheFirstQuestionAndNoOther() {
        kept.begin();

        assertThat(kept.signalling(attempt())).isTrue();
        assertThat(kept.media(attempt())).isFalse();
        assertThat(asked).hasValue(2);
        kept.signalling(attempt());
        kept.media(attempt());

        assertThat(asked).hasValue(4);
    }

    @Test
    void aChangedNetworkIsAskedAnew() {
        kept.begin();
        kept.signalling(attempt());
        kept.media(attempt());
        kept.forget();

        kept.signalling(attempt());
        kept.signalling(attempt());

        assertThat(asked).hasValue(4);
    }

    private static Attempt attempt() {
        return Attempt.within(SystemTime.CLOCK, Duration.ofSeconds(5));
    }
}
