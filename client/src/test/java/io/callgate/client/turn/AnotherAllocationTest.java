package io.callgate.client.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.RealTime;
import io.callgate.client.net.Trust;
import io.callgate.model.Transport;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
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
    void anotherAllocationNeedsNoChallenge(boolean isSha256) throws InterruptedException {
        if (isSha256) relay.withSha256();
        try (TurnClient first = allocate()) {
            assertThat(next().find(Attribute.Nonce.class)).isEmpty();
            assertThat(next().find(Attribute.Nonce.class)).isPresent();

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
    void anotherAllocationIsChallengedWhereTheNonceIsStale() {
        try (TurnClient first = allocate()) {
            relay.changeNonce();

            try (TurnClient second = another(first)) {
                assertThat(second.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
            }
        }
    }

    @Test
    void anotherAllocationIsChallengedWhereEachConnectionHasItsNonce() {
        relay.withNoncesOfOneConnection();
        try (TurnClient first = allocate();
                TurnClient second = another(first);
                TurnClient third = another(second)) {
            assertThat(third.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
            third.open(PEER, patient());
        }
    }

    private TurnClient allocate() {
        Entrance entrance = new Entrance(relay.address(), Transport.UDP, Trust.system());
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
