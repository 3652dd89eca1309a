package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The measure of the other tests.
@Timeout(60)
class SteadyCallTest {
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile boolean blocks;

    /// Gives everything back at once, or blocks.
    private final class Tunnel implements DatagramTunnel {
        private final Receiver receiver;

        Tunnel(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public InetSocketAddress relayedAddress() {
            return new InetSocketAddress("192.0.2.1", 50_000);
        }

        @Override
        public InetSocketAddress mappedAddress() {
            return new InetSocketAddress("192.0.2.1", 40_000);
        }

        @Override
        public void open(InetSocketAddress peer, Attempt attempt) {}

        @Override
        public boolean send(InetSocketAddress peer, ByteBuffer payload) {
            if (blocks) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            receiver.onDatagram(peer, payload);
            return true;
        }

        @Override
        public Statistics statistics() {
            return new Statistics(0, 0, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            released.countDown();
        }
    }

    @Test
    void aTunnelThatBlocksHoldsUpNothingButItself() throws Exception {
        try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SteadyCall call = new SteadyCall(Tunnel::new, (InetSocketAddress) peer.getLocalSocketAddress())) {
            peer.setSoTimeout(20_000);

            blocks = true;

            DatagramPacket past = new DatagramPacket(new byte[1500], 1500);
            for (int i = 0; i < 100; i++) {
                peer.receive(past); // more than can have been under way
            }
            released.countDown();
            blocks = false;
            call.awaitEchoes(5);
            assertThat(call.end()).isEmpty();
        }
    }
}
