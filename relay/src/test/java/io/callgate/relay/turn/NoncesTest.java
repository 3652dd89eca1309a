package io.callgate.relay.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import io.callgate.wire.stun.SecurityFeatures;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NoncesTest {
    private static final SecurityFeatures FEATURES = new SecurityFeatures(true, false);

    private final FakeClock clock = new FakeClock();
    private final Nonces nonces = new Nonces(Secret.of("key of the fleet"), clock);

    @Test
    void aNonceHas29CharactersAndSaysWhatTheServerCan() {
        String nonce = nonces.mint(FEATURES, 1, 2);

        assertThat(nonce).hasSize(29);
        assertThat(SecurityFeatures.parse(nonce)).contains(FEATURES);
    }

    @Test
    void aNonceIsGoodForAnHour() {
        String nonce = nonces.mint(FEATURES, 1, 2);

        assertThat(nonces.isFresh(nonce, 1, 2)).isTrue();
        clock.advance(Duration.ofSeconds(3_599));
        assertThat(nonces.isFresh(nonce, 1, 2)).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(nonces.isFresh(nonce, 1, 2)).isFalse();
    }

    @Test
    void aNonceIsGoodForTheAddressItWasMadeForAndForNoOther() {
        String nonce = nonces.mint(FEATURES, 1, 2);

        assertThat(nonces.isFresh(nonce, 1, 3)).isFalse();
        assertThat(nonces.isFresh(nonce, 0, 2)).isFalse();
    }

    @Test
    void aNonceIsGoodOnEveryRelayWithTheKeyAndOnNoOther() {
        String nonce = nonces.mint(FEATURES, 1, 2);

        assertThat(new Nonces(Secret.of("key of the fleet"), clock).isFresh(nonce, 1, 2))
                .isTrue();
        assertThat(new Nonces(Secret.of("another key"), clock).isFresh(nonce, 1, 2))
                .isFalse();
    }

    @Test
    void aNonceWithOneChangedCharacterIsNone() {
        String nonce = nonces.mint(FEATURES, 1, 2);
        for (int i = 0; i < nonce.length(); i++) {
            for (char other : "A z-_\u20ac\u0000".toCharArray()) {
                String forged = nonce.substring(0, i) + other + nonce.substring(i + 1);
                assertThat(nonces.isFresh(forged, 1, 2)).as(forged).isEqualTo(forged.equals(nonce));
            }
        }
    }

    @Test
    void textOfAnyOtherLengthIsNone() {
        String nonce = nonces.mint(FEATURES, 1, 2);

        assertThat(nonces.isFresh("", 1, 2)).isFalse();
        assertThat(nonces.isFresh(nonce.substring(1), 1, 2)).isFalse();
        assertThat(nonces.isFresh(nonce + "A", 1, 2)).isFalse();
    }

    @Test
    void aNonceOfTheFutureIsNone() {
        FakeClock ahead = new FakeClock();
        ahead.advance(Duration.ofMinutes(1));
        String nonce = new Nonces(Secret.of("key of the fleet"), ahead).mint(FEATURES, 1, 2);

        assertThat(nonces.isFresh(nonce, 1, 2)).isFalse();
    }
}
