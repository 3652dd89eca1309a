package io.callgate.client.turn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.LocalServer;
import io.callgate.client.net.Login;
import io.callgate.client.net.RealTime;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.Transport;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransportAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TurnClientTest implements DatagramTunnel.Receiver {
    private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.9", 40_000);
    private static final InetSocketAddress OTHER_PORT = new InetSocketAddress("198.51.100.9", 40_001);

    /// What this test's receiver throws at.
    private static final String UNBEARABLE = "unbearable";

    private final FakeRelay relay = new FakeRelay();
    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<Failure> ended = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        relay.close();
    }

    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
        String text = UTF_8.decode(payload).toString();
        if (text.equals(UNBEARABLE)) throw new IllegalStateException(text);
        arrived.add(peer.getPort() + " " + text);
    }

    @Override
    public void onEnded(Failure failure) {
        ended.add(failure);
    }

    @Test
    void allocatesAndSaysUnderWhichAddresses() {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
            assertThat(tunnel.mappedAddress().getAddress().isLoopbackAddress()).isTrue();
        }
    }

    @Test
    void carriesDatagramsAndCountsThem() throws InterruptedException {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            tunnel.open(PEER, patient());
            ByteBuffer payload = text("hello");

            assertThat(tunnel.send(PEER, payload)).isTrue();

            assertThat(payload.remaining()).isEqualTo(5);
            assertThat(next(arrived)).isEqualTo("40000 hello");
            DatagramTunnel.Statistics statistics = tunnel.statistics();
            assertThat(statistics.sentDatagrams()).isEqualTo(1);
            assertThat(statistics.sentBytes()).isEqualTo(5);
            assertThat(statistics.receivedDatagrams()).isEqualTo(1);
            assertThat(statistics.receivedBytes()).isEqualTo(5);
            assertThat(statistics.notSent()).isZero();
        }
    }

    @Test
    void endsByNameWhereItsReceiverFails() throws InterruptedException {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            tunnel.open(PEER, patient());

            tunnel.send(PEER, text(UNBEARABLE));

            assertThat(next(ended).cause()).contains("the receiver of the tunnel", UNBEARABLE);
        }
    }

    @Test
    void sendsNothingToAPeerThatIsNotOpen() {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.send(PEER, text("hello"))).isFalse();

            assertThat(tunnel.statistics().notSent()).isEqualTo(1);
        }
    }

    @Test
    void aPeerWithoutAnAddressIsRefusedAndTheTunnelGoesOn() {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            InetSocketAddress unresolved = InetSocketAddress.createUnresolved("sfu.test", 443);
            assertThatThrownBy(() -> tunnel.open(unresolved, patient())).isInstanceOf(IllegalArgumentException.class);

            tunnel.open(PEER, patient());

            assertThat(tunnel.send(PEER, text("hello"))).isTrue();
        }
    }

    @Test
    void opensAPeerOnce() {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            tunnel.open(PEER, patient());
            tunnel.open(OTHER_PORT, patient());
            tunnel.open(PEER, patient());

            assertThat(relay.requests().stream()
                            .filter(request -> request.method() == Method.CHANNEL_BIND)
                            .map(request -> request.find(Attribute.ChannelNumber.class)
                                    .orElseThrow()
                                    .value()))
                    .containsExactly(0x4000, 0x4001);
        }
    }

    @Test
    void deliversFromAnotherPortOfAnOpenAddress() throws Exception {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            tunnel.open(PEER, patient());

            relay.indicate(tunnel.mappedAddress(), OTHER_PORT, "from afar".getBytes(UTF_8));

            assertThat(next(arrived)).isEqualTo("40001 from afar");
        }
    }

    @Test
    void provesItselfBySha256WhereTheRelayOffersIt() {
        relay.withSha256();
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
        }
    }

    @Test
    void takesNoAnswerThatIsNotProven() {
        relay.withForger();
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
        }
    }

    @Test
    void repeatsWhatTheRelayMissed() {
        relay.misses(Method.ALLOCATE).misses(Method.ALLOCATE);
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
        }
        assertThat(relay.requests().stream()
                        .filter(request -> request.method() == Method.ALLOCATE)
                        .map(Message::id)
                        .distinct())
                .as("the challenge, and one request three times")
                .hasSize(2);
    }

    @Test
    void takesANewNonce() {
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            relay.changeNonce();

            tunnel.open(PEER, patient());

            assertThat(tunnel.send(PEER, text("hello"))).isTrue();
        }
    }

    @Test
    void refreshesBeforeTheLifetimeIsOver() throws InterruptedException {
        relay.withLifetime(2);
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
            Message request = next(relay.requests());
            while (request.method() != Method.REFRESH) request = next(relay.requests());
        }
        assertThat(ended).isEmpty();
    }

    @Test
    void tellsThatTheRelayRefusesARefresh() throws InterruptedException {
        relay.withLifetime(2).refuses(Method.REFRESH, 437, "Allocation Mismatch");
        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            Failure failure = next(ended);

            assertThat(failure.code()).isEqualTo(ErrorCode.RELAY_REFUSED);
            assertThat(failure.cause()).contains("refuses Refresh: 437 Allocation Mismatch");
            assertThat(tunnel.send(PEER, text("late"))).isFalse();
        }
        assertThat(ended).as("told once").isEmpty();
    }

    @Test
    void goesWhereTheRelaySendsIt() {
        try (FakeRelay first = new FakeRelay()) {
            first.refuses(
                    Method.ALLOCATE,
                    300,
                    "Try Alternate",
                    new Attribute.AlternateServer(TransportAddress.of(relay.socketAddress())));
            try (TurnClient tunnel = allocate(first.address(), FakeRelay.ALICE, patient())) {
                assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
            }
        }
        assertThat(relay.requests()).isNotEmpty();
    }

    @Test
    void beginsAnewFromAnotherPortWhereAnAllocationIsLeftOver() {
        relay.refuses(Method.ALLOCATE, 437, "Allocation Mismatch");
        relay.refuses(Method.ALLOCATE, 437, "Allocation Mismatch");

        try (TurnClient tunnel = allocate(FakeRelay.ALICE)) {
            assertThat(tunnel.relayedAddress()).isEqualTo(FakeRelay.RELAYED);
        }
    }

    @Test
    void endsTheAllocationOnClose() throws InterruptedException {
        TurnClient tunnel = allocate(FakeRelay.ALICE);
        relay.requests().clear();

        tunnel.close();
        tunnel.close();

        Message last = next(relay.requests());
        assertThat(last.method()).isEqualTo(Method.REFRESH);
        assertThat(last.find(Attribute.Lifetime.class).orElseThrow().seconds()).isZero();
        assertThat(ended).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"403, DESTINATION_FORBIDDEN", "486, QUOTA_EXCEEDED", "508, RELAY_FULL", "500, RELAY_REFUSED"})
    void namesARefusal(int code, ErrorCode expected) {
        relay.refuses(Method.ALLOCATE, code, "why");

        PathException failure = catchThrowableOfType(PathException.class, () -> allocate(FakeRelay.ALICE));

        assertThat(failure.code()).isEqualTo(expected);
        assertThat(failure.failure().cause()).contains("refuses Allocate: " + code + " why");
    }

    @Test
    void namesAWrongPassword() {
        PathException failure = catchThrowableOfType(PathException.class, () -> allocate(new Login("alice", "wrong")));

        assertThat(failure.code()).isEqualTo(ErrorCode.CREDENTIAL_REFUSED);
    }

    @Test
    void saysThatACredentialHasExpired() {
        PathException failure =
                catchThrowableOfType(PathException.class, () -> allocate(new Login("1700000000:demo:alice", "old")));

        assertThat(failure.failure().cause()).contains("the credential has expired at 2023-11-14T22:13:20Z");
        assertThat(failure.failure().mend()).isEqualTo("get a new one");
    }

    @Test
    void namesBlockedUdp() {
        try (FakeRelay deaf = new FakeRelay()) {
            for (int i = 0; i < 10; i++) deaf.misses(Method.ALLOCATE);
            PathException failure = catchThrowableOfType(
                    PathException.class,
                    () -> allocate(
                            deaf.address(), FakeRelay.ALICE, Attempt.within(new RealTime(), Duration.ofMillis(400))));

            assertThat(failure.code()).isEqualTo(ErrorCode.UDP_BLOCKED);
            assertThat(failure.failure().cause()).contains("gets no answer within");
        }
    }

    @Test
    void namesRejectedUdp() {
        HostPort nobody = relay.address();
        relay.close();

        PathException failure = catchThrowableOfType(
                PathException.class,
                () -> allocate(nobody, FakeRelay.ALICE, Attempt.within(new RealTime(), Duration.ofMillis(400))));

        assertThat(failure.code()).isEqualTo(ErrorCode.UDP_BLOCKED);
        assertThat(failure.failure().cause()).contains("is rejected");
    }

    @Test
    void seesThatAServerSpeaksNoTurn() throws IOException {
        try (LocalServer web = LocalServer.start(socket -> {
            socket.getInputStream().read();
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
            LocalServer.echo(socket);
        })) {
            PathException failure = catchThrowableOfType(
                    PathException.class,
                    () -> TurnClient.allocate(
                            new Entrance(web.address(), Transport.TCP, Trust.system()),
                            Dialer.direct(),
                            FakeRelay.ALICE,
                            this,
                            new RealTime(),
                            patient()));

            assertThat(failure.code()).isEqualTo(ErrorCode.NOT_A_RELAY);
        }
    }

    @Test
    void probesWithoutACredential() {
        try (RelayProbe probe = RelayProbe.open(
                new Entrance(relay.address(), Transport.UDP, Trust.system()),
                Dialer.direct(),
                new RealTime(),
                patient())) {
            probe.challenge(patient());

            assertThat(probe.ping(patient())).isPositive();
        }
    }

    private TurnClient allocate(Login login) {
        return allocate(relay.address(), login, patient());
    }

    private TurnClient allocate(HostPort at, Login login, Attempt attempt) {
        return TurnClient.allocate(
                new Entrance(at, Transport.UDP, Trust.system()), Dialer.direct(), login, this, new RealTime(), attempt);
    }

    private static Attempt patient() {
        return Attempt.within(new RealTime(), Duration.ofSeconds(20));
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        return Objects.requireNonNull(queue.poll(20, TimeUnit.SECONDS), "nothing came within 20 s");
    }
}
