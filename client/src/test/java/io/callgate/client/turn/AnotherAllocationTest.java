package io.callgate.client.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.RealTime;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.Transport;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransportAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a first allocation has learned of its relay serves the next one (RFC 8489 §9.2.3.2).
@Timeout(60)
class AnotherAllocationTest implements DatagramTunnel.Receiver {
    private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.9", 40_000);

    private final FakeRelay relay = new FakeRelay();

    @AfterEach
    void stop() {
        relay.close();
    }

    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

    @Override
    public void onEnded(Failure failure) {}

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void needsNoChallenge(boolean isSha256) throws InterruptedException {
        if (isSha256) relay.withSha256();
        try (TurnClient first = allocate()) {
            lastNonce();

            try (TurnClient second = another(first)) {
                assertThat(second.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
                assertThat(second.mappedAddress()).isNotEqualTo(first.mappedAddress());
                Message only = next();
                assertThat(only.method()).isEqualTo(Method.ALLOCATE);
                assertThat(only.find(Attribute.Nonce.class)).isPresent();
                assertThat(relay.requests()).isEmpty();
            }
        }
    }

    @Test
    void isChallengedWhereTheNonceIsStale() throws InterruptedException {
        try (TurnClient first = allocate()) {
            String old = lastNonce();
            relay.changeNonce();

            try (TurnClient second = another(first)) {
                assertThat(second.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
                assertThat(nonce()).contains(old);
                assertThat(nonce()).isPresent().isNotEqualTo(Optional.of(old));
                assertThat(relay.requests()).isEmpty();
            }
        }
    }

    @Test
    void isChallengedWhereEachConnectionHasItsNonce() throws InterruptedException {
        relay.withNoncesOfOneConnection();
        try (TurnClient first = allocate()) {
            String old = lastNonce();

            try (TurnClient second = another(first)) {
                assertThat(nonce()).contains(old);
                assertThat(nonce()).isPresent().isNotEqualTo(Optional.of(old));
                second.open(PEER, patient());
            }
        }
    }

    @Test
    void twoRefusalsAreTheLastWord() throws InterruptedException {
        relay.withNoncesOfOneConnection();
        try (TurnClient first = allocate()) {
            lastNonce();
            relay.refuses(Method.ALLOCATE, 401, "Unauthorized");

            PathException failure = catchThrowableOfType(PathException.class, () -> another(first));

            assertThat(failure.code()).isEqualTo(ErrorCode.CREDENTIAL_REFUSED);
            assertThat(relay.requests()).hasSize(2);
        }
    }

    @Test
    void beginsWithoutANonceWhereAnAllocationIsLeftOver() throws InterruptedException {
        try (TurnClient first = allocate()) {
            lastNonce();
            relay.refuses(Method.ALLOCATE, 437, "Allocation Mismatch");

            try (TurnClient second = another(first)) {
                assertThat(second.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
                assertThat(nonce()).isPresent();
                assertThat(nonce()).isEmpty();
                assertThat(nonce()).isPresent();
            }
        }
    }

    @Test
    void goesWhereTheFirstWasSentAndTakesItsNonceNowhereElse() throws InterruptedException {
        try (FakeRelay sends = new FakeRelay()) {
            sends.refuses(
                    Method.ALLOCATE,
                    300,
                    "Try Alternate",
                    new Attribute.AlternateServer(TransportAddress.of(relay.socketAddress())));
            try (TurnClient first = allocate(sends)) {
                assertThat(nonce()).isEmpty();
                assertThat(nonce()).isPresent();
                sends.requests().clear();

                try (TurnClient second = another(first)) {
                    assertThat(second.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
                    assertThat(nonce()).isPresent();
                    assertThat(sends.requests()).isEmpty();
                }
            }
        }
    }

    /// Of the Allocate that was proven, after the one that was not.
    private String lastNonce() throws InterruptedException {
        assertThat(nonce()).isEmpty();
        return nonce().orElseThrow();
    }

    private Optional<String> nonce() throws InterruptedException {
        return next().find(Attribute.Nonce.class).map(Attribute.Nonce::value);
    }

    private TurnClient allocate() {
        return allocate(relay);
    }

    private TurnClient allocate(FakeRelay at) {
        Entrance entrance = new Entrance(at.address(), Transport.UDP, Trust.system());
        return TurnClient.allocate(entrance, Dialer.direct(), FakeRelay.ALICE, this, new RealTime(), patient());
    }

    private TurnClient another(TurnClient first) {
        return first.another(this, patient());
    }

    private Message next() throws InterruptedException {
        return Objects.requireNonNull(relay.requests().poll(20, TimeUnit.SECONDS), "nothing came within 20 s");
    }

    private static Attempt patient() {
        return Attempt.within(new RealTime(), Duration.ofSeconds(20));
    }
}
