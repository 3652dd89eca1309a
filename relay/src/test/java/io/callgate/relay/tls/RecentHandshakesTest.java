package io.callgate.relay.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.relay.tls.RecentHandshakes.Recent;
import io.callgate.testkit.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentHandshakesTest {
    private static final IpAddress ALICE = IpAddress.parse("192.0.2.1");
    private static final Recent NOTHING = new Recent(false, false, false);
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final FakeClock clock = new FakeClock();
    private final RecentHandshakes recent = new RecentHandshakes(clock);

    @Test
    void knowsNothingOfAStranger() {
        assertThat(recent.of(ALICE, RecentHandshakes.MEMORY)).isEqualTo(NOTHING);
    }

    @Test
    void tellsWhatHappenedWithinTheAskedTime() {
        recent.began(ALICE);
        recent.completed(ALICE);
        clock.advance(Duration.ofSeconds(20));
        recent.began(ALICE);
        recent.certificateRefused(ALICE);

        assertThat(recent.of(ALICE, TEN_SECONDS)).isEqualTo(new Recent(true, false, true));
        assertThat(recent.of(ALICE, Duration.ofSeconds(30))).isEqualTo(new Recent(true, true, true));

        clock.advance(Duration.ofSeconds(11));
        assertThat(recent.of(ALICE, TEN_SECONDS)).isEqualTo(NOTHING);
    }

    @Test
    void remembersAThousandClientsTheLatestOnes() {
        recent.began(ALICE);
        for (int i = 0; i < RecentHandshakes.MOST_CLIENTS; i++) {
            recent.began(IpAddress.ofV4(0x0A00_0000 + i));
        }

        assertThat(recent.size()).isEqualTo(RecentHandshakes.MOST_CLIENTS);
        assertThat(recent.of(ALICE, TEN_SECONDS)).isEqualTo(NOTHING);
        assertThat(recent.of(IpAddress.ofV4(0x0A00_0000), TEN_SECONDS).began()).isTrue();
    }

    @Test
    void forgetsAfterAMinute() {
        for (int i = 0; i < 500; i++) {
            recent.began(IpAddress.ofV4(0x0A00_0000 + i));
        }
        clock.advance(RecentHandshakes.MEMORY.plusSeconds(1));
        recent.began(ALICE);

        assertThat(recent.size()).isOne();
    }

    @Test
    void oneHostWithManyIpv6AddressesTakesOnePlace() {
        for (int i = 0; i < 100; i++) {
            recent.began(IpAddress.parse("2001:db8::" + Integer.toHexString(i + 1)));
        }

        assertThat(recent.size()).isOne();
        assertThat(recent.of(IpAddress.parse("2001:db8::ffff"), TEN_SECONDS).began())
                .isTrue();
    }
}
