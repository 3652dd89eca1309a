package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.client.turn.DatagramTunnel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Datagrams of every length, their content drawn from their number: whoever gets one can tell whether it is
/// whole, and which are missing at the end.
final class PayloadChecker implements DatagramTunnel.Receiver {
    private static final int LARGEST_BYTES = 1200;
    private static final int WINDOW = 32;

    private final int count;
    private final Semaphore window = new Semaphore(WINDOW);
    private final BitSet arrived = new BitSet(); // guarded by this
    private int wrong; // guarded by this
    private volatile Optional<Failure> end = Optional.empty();

    /// @param count of the datagrams
    PayloadChecker(int count) {
        this.count = count;
    }

    private static ByteBuffer datagram(int number) {
        Random random = new Random(number);
        byte[] content = new byte[Integer.BYTES + random.nextInt(LARGEST_BYTES - Integer.BYTES)];
        random.nextBytes(content);
        return ByteBuffer.wrap(content).putInt(0, number);
    }

    /// Sends all of them, a few under way at a time, and waits for the last.
    void send(DatagramTunnel from, InetSocketAddress to) throws InterruptedException {
        for (int number = 0; number < count; number++) {
            // What is lost gives no leave back: after a while go on without.
            window.tryAcquire(1, TimeUnit.SECONDS);
            assertThat(from.send(to, datagram(number))).isTrue();
        }
        for (int left = WINDOW; left > 0 && window.tryAcquire(1, TimeUnit.SECONDS); left--) {
            assertThat(left).isPositive();
        }
        assertThat(end).as("the tunnel has ended meanwhile").isEmpty();
    }

    @Override
    public synchronized void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
        int number = payload.getInt(payload.position());
        if (!payload.equals(datagram(number)) || arrived.get(number)) wrong++;
        arrived.set(number);
        window.release();
    }

    @Override
    public void onEnded(Failure failure) {
        end = Optional.of(failure);
    }

    synchronized int arrivedCount() {
        return arrived.cardinality();
    }

    /// Changed on the way, or there twice.
    synchronized int wrongCount() {
        return wrong;
    }
}
