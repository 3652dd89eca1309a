package io.callgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What becomes of a tunnel's peers when it moves from one path to the next.
class CloudTunnelTest {
    private static final TimeSource TIME = new TimeSource() {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanos() {
            return 0;
        }
    };
    private static final InetSocketAddress FIRST = peer(1);

    private final AtomicInteger losses = new AtomicInteger();
    private final CloudTunnel tunnel =
            new CloudTunnel(new NoReceiver(), TIME, losses::incrementAndGet, losses::incrementAndGet);

    /// What carries the tunnel on one path.
    private static class Carrier implements DatagramTunnel {
        final Set<InetSocketAddress> open = new HashSet<>();
        boolean closed;

        @Override
        public InetSocketAddress relayedAddress() {
            return peer(50_000);
        }

        @Override
        public InetSocketAddress mappedAddress() {
            return peer(40_000);
        }

        @Override
        public void open(InetSocketAddress peer, Attempt attempt) {
            open.add(peer);
        }

        @Override
        public boolean send(InetSocketAddress peer, ByteBuffer payload) {
            return open.contains(peer);
        }

        @Override
        public Statistics statistics() {
            return new Statistics(0, 0, 0, 0, 0, 0);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class NoReceiver implements DatagramTunnel.Receiver {
        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

        @Override
        public void onEnded(Failure failure) {}
    }

    private static InetSocketAddress peer(int port) {
        return new InetSocketAddress("192.0.2.1", port);
    }

    /// So many that some come to lie where a walk over the set has been, and some where it has not.
    private static List<InetSocketAddress> others() {
        List<InetSocketAddress> others = new ArrayList<>();
        for (int port = 2; port < 12; port++) {
            others.add(peer(port));
        }
        return others;
    }

    private static Attempt attempt() {
        return Attempt.within(TIME, Duration.ofSeconds(5));
    }

    private Carrier carried() {
        Carrier carrier = new Carrier();
        tunnel.moveTo((receiver, attempt) -> carrier);
        tunnel.open(FIRST, attempt());
        return carrier;
    }

    /// Opens the others by the path before, while the first peer is reopened.
    private class Busy extends Carrier {
        @Override
        public void open(InetSocketAddress peer, Attempt attempt) {
            super.open(peer, attempt);
            if (peer.equals(FIRST)) {
                others().forEach(other -> tunnel.open(other, attempt));
            }
        }
    }

    /// As [Busy], and once the tunnel is on it, it takes no peer any more.
    private final class Silent extends Busy {
        @Override
        public InetSocketAddress relayedAddress() {
            return peer(50_001);
        }

        @Override
        public void open(InetSocketAddress peer, Attempt attempt) {
            if (tunnel.relayedAddress().equals(relayedAddress())) {
                throw new PathException(ErrorCode.RELAY_SILENT, "it says nothing", "use another");
            }
            super.open(peer, attempt);
        }
    }

    @Test
    void aPeerThatIsOpenedDuringAMoveIsOpenAfterIt() {
        Carrier before = carried();
        Carrier after = new Busy();

        assertThat(tunnel.moveTo((receiver, attempt) -> after)).contains(before);

        assertThat(after.open).contains(FIRST).containsAll(others());
        assertThat(tunnel.send(others().get(0), ByteBuffer.allocate(1))).isTrue();
        assertThat(losses).hasValue(0);
    }

    @Test
    void aPathThatFailsAtTheEndOfAMoveIsLeftForAnother() {
        Carrier before = carried();
        Carrier silent = new Silent();
        Carrier after = new Carrier();

        assertThat(tunnel.moveTo((receiver, attempt) -> silent)).contains(before);
        assertThat(tunnel.isAttached()).isFalse();
        assertThat(losses).hasValue(1);
        assertThat(silent.closed).isTrue();

        tunnel.moveTo((receiver, attempt) -> after);
        assertThat(after.open).contains(FIRST).containsAll(others());
    }

    @Test
    void aPathThatEndsBeforeTheMoveToItIsOverIsNotTakenForOneThatCarries() {
        carried();

        tunnel.moveTo((receiver, attempt) -> {
            receiver.onEnded(new Failure(ErrorCode.RELAY_SILENT, "says nothing", "another"));
            return new Carrier();
        });

        assertThat(tunnel.isAttached()).isFalse();
        assertThat(losses).hasValue(1);
    }
}
