package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.relay.net.IoKind;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.Method;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// TURN over TCP with a real relay.
class TurnOverTcpTest {
    private static final Duration STALLED = Duration.ofSeconds(1);

    /// Requests, 70 MB of them: more than all socket buffers between client and relay hold.
    private static final int MANY = 100_000;

    private RelayFixture relay = RelayFixture.startInRealTime(new RelayFixture.State(), RelayFixture.io());

    @AfterEach
    void stop() {
        relay.close();
    }

    @ParameterizedTest
    @EnumSource(IoKind.class)
    void mediaAndAnswersGoBothWays(IoKind io) {
        relay.close();
        relay = RelayFixture.startInRealTime(new RelayFixture.State(), io);
        try (TurnClient client = new TurnClient(new StreamPeer(relay.v4(), 0), relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.permit(peer.address());
            for (int i = 1; i <= 50; i++) { // of every length behind the padding
                peer.send(relayed, "x".repeat(i));
                assertThat(client.receive().text()).isEqualTo("x".repeat(i));
            }
            client.bind(0x4000, peer.address());
            for (int i = 1; i <= 50; i++) {
                peer.send(relayed, "y".repeat(i));
                TurnClient.Incoming media = client.receive();
                assertThat(media.channel()).isEqualTo(0x4000);
                assertThat(media.text()).isEqualTo("y".repeat(i));
                client.sendOn(0x4000, media.payload());
                assertThat(peer.receive().text()).isEqualTo("y".repeat(i));
            }
        }
    }

    /// Answers are never dropped: so who reads none is not read from any more, and loses none.
    @Test
    void aClientThatReadsNoAnswersIsNotReadFromUntilItDoes() throws InterruptedException {
        byte[] request = TurnClient.message(
                MessageClass.REQUEST, Method.BINDING, TurnClient.newId(), new Attribute.Software("x".repeat(700)));
        try (StreamPeer stream = new StreamPeer(relay.v4(), 8 << 10);
                TurnClient client = new TurnClient(stream, relay.v4(), relay.login("bob"))) {
            client.allocate();
            AtomicInteger sent = new AtomicInteger();
            AtomicBoolean isEnough = new AtomicBoolean();
            Thread writer = Thread.ofVirtual().start(() -> {
                while (!isEnough.get() && sent.get() < MANY) {
                    client.send(request);
                    sent.incrementAndGet();
                }
            });
            int before = -1;
            while (before != sent.get()) {
                before = sent.get();
                assertThat(writer.join(STALLED))
                        .as("took all of %,d requests", MANY)
                        .isFalse();
            }

            isEnough.set(true);
            int answered = 0;
            while (writer.isAlive() || answered < sent.get()) {
                TurnClient.decode(stream.receive().bytes());
                answered++;
            }
            assertThat(answered).isEqualTo(sent.get());
        }
    }
}
