package io.callgate.relay.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// S13: what one source may ask without a session.
class StrangerLimitTest {
    private static final IpAddress OFFICE = IpAddress.parse("203.0.113.7");

    private final StrangerLimit limit = new StrangerLimit(1, 0);

    @Test
    void aSourceIsAdmittedUpToItsLimitAndAgainInTheNextWindow() {
        assertThat(admitted(OFFICE, StrangerLimit.REQUESTS + 100, 0)).isEqualTo(StrangerLimit.REQUESTS);
        assertThat(admitted(OFFICE, 1, StrangerLimit.WINDOW_NANOS - 1)).isZero();
        assertThat(admitted(OFFICE, StrangerLimit.REQUESTS + 1, StrangerLimit.WINDOW_NANOS))
                .isEqualTo(StrangerLimit.REQUESTS);
    }

    @ParameterizedTest(name = "{0} and {1} are one source: {2}")
    @CsvSource({
        "203.0.113.7, 203.0.113.8, false",
        "203.0.113.7, 198.51.100.7, false",
        "2001:db8:1:2::3, 2001:db8:1:2:ffff::4, true",
        "2001:db8:1:2::3, 2001:db8:1:3::3, false"
    })
    void aSourceIsAnIpv4AddressOrAnIpv6Slash64(String one, String other, boolean isSame) {
        admitted(IpAddress.parse(one), StrangerLimit.REQUESTS, 0);

        assertThat(admitted(IpAddress.parse(other), 1, 0)).isEqualTo(isSame ? 0 : 1);
    }

    @Test
    void aFloodOfSpoofedSourcesTakesNothingFromAGoodOne() {
        Random random = new Random(13);
        for (int i = 0; i < 2_000_000; i++) {
            limit.admits(0, IpAddress.lowOfV4(random.nextInt()), 0);
        }

        assertThat(admitted(OFFICE, 20_000, 0)).isEqualTo(20_000);
    }

    @Test
    void loopsShareTheLimitButOneSocketAlwaysGetsSome() {
        StrangerLimit ofMany = new StrangerLimit(64, 0);
        int admitted = 0;
        for (int i = 0; i < StrangerLimit.REQUESTS; i++) {
            admitted += ofMany.admits(OFFICE.high(), OFFICE.low(), 0) ? 1 : 0;
        }

        assertThat(admitted).isEqualTo(2_000);
    }

    @Test
    void tellsOfItOnceAWindow() {
        assertThat(limit.isFirstRefusal()).isTrue();
        assertThat(limit.isFirstRefusal()).isFalse();
        limit.admits(OFFICE.high(), OFFICE.low(), StrangerLimit.WINDOW_NANOS);
        assertThat(limit.isFirstRefusal()).isTrue();
    }

    private int admitted(IpAddress source, int requests, long nowNanos) {
        int admitted = 0;
        for (int i = 0; i < requests; i++) {
            admitted += limit.admits(source.high(), source.low(), nowNanos) ? 1 : 0;
        }
        return admitted;
    }
}
