package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.AppUsage;
import io.callgate.relay.grant.DropReason;
import io.callgate.testkit.MachineLoad;
import io.callgate.testkit.TestIdentity;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A client by TCP or TLS that takes 1 Mbit/s while 3 Mbit/s of media come for it, over real sockets in real time.
class SlowReaderTest {
    private static final int CHANNEL = 0x4000;
    private static final long READ_BYTES_PER_SECOND = 1_000_000 / 8;
    private static final long SEND_BYTES_PER_SECOND = 3_000_000 / 8;
    private static final int PAYLOAD_BYTES = 1000;

    /// What lies here is beyond the relay's reach, as what is on a wire.
    private static final int RECEIVE_BUFFER_BYTES = 8 << 10;

    private static final Duration TICK = Duration.ofMillis(5);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Duration RUN = Duration.ofSeconds(5);
    private static final long MAX_AGE_MILLIS = 400;
    private static final long AWAIT_TRIES = Duration.ofSeconds(10).dividedBy(TICK);

    /// The machine may be busy with other things; what it does to a packet's age is not the relay's doing.
    private static final int TRIES = 3;

    enum Kind {
        TCP,
        TLS
    }

    @ParameterizedTest
    @EnumSource
    void theNewestPacketIsAlwaysYoungerThan400MillisecondsAndNoneIsUncountedOrCorrupt(Kind kind)
            throws InterruptedException {
        MachineLoad before = MachineLoad.now();
        Run best = run(kind);
        for (int tries = 1; tries < TRIES && best.byRelayMillis() >= MAX_AGE_MILLIS; tries++) {
            Run next = run(kind);
            best = next.byRelayMillis() < best.byRelayMillis() ? next : best;
        }

        Run run = best;
        assumeTrue(
                run.byRelayMillis() < MAX_AGE_MILLIS || !MachineLoad.wasBusySince(before),
                () -> "INVALID, the machine was busy: " + run);
        assertThat(run.byRelayMillis()).as("%s", run).isLessThan(MAX_AGE_MILLIS);
    }

    /// @param oldestMillis the greatest age at which a packet came that was the newest then, as all are
    /// @param stallMillis by how much the sender's clockwork was late at worst: the machine's doing
    private record Run(long oldestMillis, long stallMillis) {
        /// Without what the machine has added: no stall excuses more than its own length.
        long byRelayMillis() {
            return oldestMillis - stallMillis;
        }
    }

    /// One run; also checks what no load may change.
    private static Run run(Kind kind) throws InterruptedException {
        try (RelayFixture relay = RelayFixture.startInRealTime(
                        new RelayFixture.State().tls(TestIdentity.ec()), RelayFixture.io());
                StreamPeer stream = new StreamPeer(relay.v4(), RECEIVE_BUFFER_BYTES);
                TurnClient client =
                        new TurnClient(kind == Kind.TLS ? stream.startTls() : stream, relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.bind(CHANNEL, peer.address());
            Sender sender = new Sender(peer, relayed);
            Reader reader = new Reader(client);
            stream.pace(READ_BYTES_PER_SECOND);
            Thread reading = Thread.ofPlatform().start(reader);
            try (ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor()) {
                clockwork.scheduleAtFixedRate(sender, 0, TICK.toNanos(), TimeUnit.NANOSECONDS);
                assertThat(sender.hasEnded.await(RUN.toSeconds() + 10, TimeUnit.SECONDS))
                        .isTrue();
                clockwork.shutdownNow();
            }
            stream.pace(Long.MAX_VALUE);
            for (long left = AWAIT_TRIES; left > 0 && reader.received != expected(relay); left--) {
                assertThat(reading.join(TICK)).isFalse();
            }
            List<Long> ages = reader.sortedAges();
            Run run = new Run(ages.getLast(), TimeUnit.NANOSECONDS.toMillis(sender.longestTickNanos - TICK.toNanos()));
            System.out.printf(
                    "%s client at 1 Mbit/s: sent %d, received %d, dropped as late %d; age p50 %d ms, p95 %d ms, max %d"
                            + " ms; machine stalled %d ms at most%n",
                    kind,
                    sender.sent,
                    reader.received,
                    relay.drops(DropReason.LATE_MEDIA),
                    quantile(ages, 0.5),
                    quantile(ages, 0.95),
                    run.oldestMillis(),
                    run.stallMillis());
            assertThat(reader.received).as("%s", relay.drops()).isEqualTo(expected(relay));
            assertThat(relay.drops(DropReason.QUEUE_FULL)).isZero();
            assertThat(relay.drops(DropReason.LATE_MEDIA)).isPositive();
            assertThat(reader.corrupt).isZero();
            return run;
        }
    }

    /// What the relay took from its socket, without what it dropped.
    private static long expected(RelayFixture relay) {
        return relayed(relay) - relay.drops(DropReason.LATE_MEDIA);
    }

    private static long quantile(List<Long> sorted, double quantile) {
        return sorted.get((int) (sorted.size() * quantile));
    }

    /// Packets of the peer that the relay took from its socket.
    private static long relayed(RelayFixture relay) {
        return relay.snapshot().usage().apps().stream()
                .mapToLong(AppUsage::packetsToClient)
                .sum();
    }

    /// Sequence number, time, noise and a checksum of all of it; as many as are due.
    private static final class Sender implements Runnable {
        private final UdpPeer peer;
        private final InetSocketAddress relayed;
        private final Random noise = new Random(1);
        private final long startNanos = System.nanoTime();
        private final CountDownLatch hasEnded = new CountDownLatch(1);
        private long lastTickNanos = startNanos; // of the clockwork's thread
        private volatile long longestTickNanos;
        private volatile long sent;

        Sender(UdpPeer peer, InetSocketAddress relayed) {
            this.peer = peer;
            this.relayed = relayed;
        }

        @Override
        public void run() {
            long nowNanos = System.nanoTime();
            longestTickNanos = Math.max(longestTickNanos, nowNanos - lastTickNanos);
            lastTickNanos = nowNanos;
            long elapsedNanos = nowNanos - startNanos;
            if (elapsedNanos > RUN.toNanos()) {
                hasEnded.countDown();
                return;
            }
            long due = elapsedNanos / 1_000 * SEND_BYTES_PER_SECOND / 1_000_000 / PAYLOAD_BYTES;
            for (long next = sent; next < due; next++) {
                byte[] payload = new byte[PAYLOAD_BYTES];
                noise.nextBytes(payload);
                ByteBuffer fields = ByteBuffer.wrap(payload).putLong(0, next).putLong(8, System.nanoTime());
                fields.putLong(PAYLOAD_BYTES - Long.BYTES, checksum(payload));
                peer.send(relayed, payload);
                sent = next + 1;
            }
        }
    }

    private static long checksum(byte[] payload) {
        CRC32 sum = new CRC32();
        sum.update(payload, 0, PAYLOAD_BYTES - Long.BYTES);
        return sum.getValue();
    }

    /// Checks what comes, until the connection ends.
    private static final class Reader implements Runnable {
        private final TurnClient client;
        private final List<Long> agesMillis = new ArrayList<>();
        private final long startNanos = System.nanoTime();
        private volatile long received;
        private volatile long corrupt;

        Reader(TurnClient client) {
            this.client = client;
        }

        @Override
        public void run() {
            long lastSequence = -1;
            long taken = 0;
            long wrong = 0;
            try {
                while (true) {
                    TurnClient.Incoming media = client.receive();
                    long now = System.nanoTime();
                    ByteBuffer payload = ByteBuffer.wrap(media.payload());
                    if (media.channel() != CHANNEL
                            || payload.capacity() != PAYLOAD_BYTES
                            || payload.getLong(0) <= lastSequence
                            || payload.getLong(PAYLOAD_BYTES - Long.BYTES) != checksum(media.payload())) {
                        wrong++;
                    }
                    lastSequence = payload.getLong(0);
                    if (now - startNanos > SETTLING.toNanos() && now - startNanos < RUN.toNanos()) {
                        noteAge(now - payload.getLong(8));
                    }
                    corrupt = wrong;
                    received = ++taken;
                }
            } catch (UncheckedIOException end) {
                received = taken; // closed by the test, or by the relay: then what is missing shows it
            }
        }

        private synchronized void noteAge(long nanos) {
            agesMillis.add(TimeUnit.NANOSECONDS.toMillis(nanos));
        }

        synchronized List<Long> sortedAges() {
            return agesMillis.stream().sorted().toList();
        }
    }
}
