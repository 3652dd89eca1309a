package io.callgate.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.Failure;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Datagrams without a relay, to a peer on loopback.
@Timeout(30)
class DirectTunnelTest implements DatagramTunnel.Receiver {
    private static final TimeSource TIME = new TimeSource() {
        @Override
        public Instant now() {
            return Instant.now();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<Failure> ended = new LinkedBlockingQueue<>();
    private DatagramSocket peer;
    private DirectTunnel tunnel;
    private boolean isBroken;

    @BeforeEach
    void open() throws IOException {
        peer = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        peer.setSoTimeout(5_000);
        tunnel = new DirectTunnel(this, TIME);
    }

    @AfterEach
    void close() {
        tunnel.close();
        peer.close();
    }

    @Override
    public void onDatagram(InetSocketAddress from, ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        arrived.add(new String(bytes, UTF_8));
        if (isBroken) {
            throw new IllegalStateException("a receiver's defect");
        }
    }

    @Override
    public void onEnded(Failure failure) {
        ended.add(failure);
    }

    private InetSocketAddress address() {
        return (InetSocketAddress) peer.getLocalSocketAddress();
    }

    private static Attempt attempt() {
        return Attempt.within(TIME, Duration.ofSeconds(5));
    }

    private void answer(String text) throws IOException {
        DatagramPacket asked = new DatagramPacket(new byte[100], 100);
        peer.receive(asked);
        peer.send(new DatagramPacket(text.getBytes(UTF_8), text.length(), asked.getSocketAddress()));
    }

    @Test
    void carriesDatagramsOfOpenPeersAndCountsThem() throws Exception {
        assertThat(tunnel.send(address(), ByteBuffer.wrap("early".getBytes(UTF_8))))
                .isFalse();
        tunnel.open(address(), attempt());
        tunnel.open(address(), attempt());

        assertThat(tunnel.send(address(), ByteBuffer.wrap("hello".getBytes(UTF_8))))
                .isTrue();
        answer("you too");

        assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo("you too");
        DatagramTunnel.Statistics counted = tunnel.statistics();
        assertThat(counted.sentDatagrams()).isEqualTo(1);
        assertThat(counted.sentBytes()).isEqualTo(5);
        assertThat(counted.receivedBytes()).isEqualTo(7);
        assertThat(counted.notSent()).isEqualTo(1);
    }

    @Test
    void whatIsTooLargeIsNotSentAndCounted() {
        tunnel.open(address(), attempt());

        assertThat(tunnel.send(address(), ByteBuffer.allocate(70_000))).isFalse();

        assertThat(tunnel.statistics().notSent()).isEqualTo(1);
    }

    @Test
    @NullUnmarked
    void aPeerWithoutAnAddressIsRefusedAndTheTunnelGoesOn() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("sfu.test", 443);
        assertThatThrownBy(() -> tunnel.open(unresolved, attempt())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tunnel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), attempt()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tunnel.open(null, attempt())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> tunnel.send(null, ByteBuffer.allocate(1))).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> tunnel.send(address(), null)).isInstanceOf(NullPointerException.class);

        tunnel.open(address(), attempt());
        assertThat(tunnel.send(address(), ByteBuffer.allocate(1))).isTrue();
    }

    @Test
    void afterCloseNothingIsSentAndNothingTold() {
        tunnel.open(address(), attempt());
        tunnel.close();
        tunnel.close();

        assertThat(tunnel.send(address(), ByteBuffer.allocate(1))).isFalse();
        assertThat(ended).isEmpty();
    }

    @Test
    void endsByNameWhereItsReceiverFails() throws Exception {
        isBroken = true;
        tunnel.open(address(), attempt());
        tunnel.send(address(), ByteBuffer.wrap("hello".getBytes(UTF_8)));
        answer("you too");

        Failure failure = ended.poll(5, TimeUnit.SECONDS);

        assertThat(failure).isNotNull();
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(failure.cause()).contains("a receiver's defect");
    }
}
