package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppUsage;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.net.IoKind;
import io.callgate.wire.turn.ChannelData;
import java.io.IOException;
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
import org.junit.jupiter.api.Test;

/// A client by TCP that takes 1 Mbit/s while 3 Mbit/s of media come for it, over real sockets in real time.
class SlowReaderTest {
    private static final int CHANNEL = 0x4000;
    private static final long READ_BYTES_PER_SECOND = 1_000_000 / 8;
    private static final long SEND_BYTES_PER_SECOND = 3_000_000 / 8;
    private static final int PAYLOAD_BYTES = 1000;
    private static final int MESSAGE_BYTES = ChannelData.HEADER_BYTES + PAYLOAD_BYTES;

    /// What lies here is beyond the relay's reach, as what is on a wire.
    private static final int RECEIVE_BUFFER_BYTES = 8 << 10;

    private static final Duration TICK = Duration.ofMillis(5);
    private static final Duration SETTLING = Duration.ofSeconds(1);
    private static final Duration RUN = Duration.ofSeconds(5);
    private static final long MAX_AGE_MILLIS = 400;

    /// The machine may be busy with other things; what it does to a packet's age is not the relay's doing.
    private static final int TRIES = 3;

    @Test
    void theNewestPacketIsYoungerThan400MillisecondsAndNoneIsUncountedOrCorrupt() throws InterruptedException {
        long age = Long.MAX_VALUE;
        for (int tries = 0; tries < TRIES && age >= MAX_AGE_MILLIS; tries++) {
            age = ageMillisOf19In20();
        }

        assertThat(age).isLessThan(MAX_AGE_MILLIS);
    }

    /// One run; also checks what no load may change.
    private static long ageMillisOf19In20() throws InterruptedException {
        try (RelayFixture relay = RelayFixture.startInRealTime(new RelayFixture.State(), IoKind.best());
                StreamPeer stream = new StreamPeer(relay.v4(), RECEIVE_BUFFER_BYTES);
                TurnClient client = new TurnClient(stream, relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.bind(CHANNEL, peer.address());
            Sender sender = new Sender(peer, relayed);
            Reader reader = new Reader(stream);
            try (ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(2)) {
                clockwork.scheduleAtFixedRate(sender, 0, TICK.toNanos(), TimeUnit.NANOSECONDS);
                clockwork.scheduleAtFixedRate(reader, 0, TICK.toNanos(), TimeUnit.NANOSECONDS);
                assertThat(sender.hasEnded.await(RUN.toSeconds() + 10, TimeUnit.SECONDS))
                        .isTrue();
                reader.isSlow = false;
                clockwork.scheduleAtFixedRate(
                        () -> reader.endAt(relayed(relay) - relay.drops(DropReason.LATE_MEDIA)),
                        0,
                        50,
                        TimeUnit.MILLISECONDS);
                assertThat(reader.hasEnded.await(10, TimeUnit.SECONDS))
                        .as("%s received of %s relayed, %s", reader.received, relayed(relay), relay.drops())
                        .isTrue();
                clockwork.shutdownNow();
            }

            reader.ages.sort(null);
            System.out.printf(
                    "slow reader: sent %d, received %d, dropped as late %d; age p50 %d ms, p95 %d ms, max %d ms%n",
                    sender.sent,
                    reader.received,
                    relay.drops(DropReason.LATE_MEDIA),
                    reader.ageMillis(0.5),
                    reader.ageMillis(0.95),
                    reader.ageMillis(1));
            assertThat(reader.corrupt).isZero();
            assertThat(relay.drops(DropReason.QUEUE_FULL)).isZero();
            assertThat(reader.received + relay.drops(DropReason.LATE_MEDIA)).isEqualTo(relayed(relay));
            assertThat(relay.drops(DropReason.LATE_MEDIA)).isPositive();
            return reader.ageMillis(0.95);
        }
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
        private volatile long sent;

        Sender(UdpPeer peer, InetSocketAddress relayed) {
            this.peer = peer;
            this.relayed = relayed;
        }

        @Override
        public void run() {
            long elapsedNanos = System.nanoTime() - startNanos;
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

    /// Takes what its rate allows since the start, never more.
    private static final class Reader implements Runnable {
        private final StreamPeer stream;
        private final ByteBuffer unparsed = ByteBuffer.allocate(1 << 16);
        private final List<Long> ages = new ArrayList<>();
        private final long startNanos = System.nanoTime();
        private final CountDownLatch hasEnded = new CountDownLatch(1);
        private volatile boolean isSlow = true;
        private volatile long received;
        private long readBytes;
        private long lastSequence = -1;
        private long corrupt;
        private long messages;

        Reader(StreamPeer stream) {
            this.stream = stream;
        }

        @Override
        public void run() {
            long elapsedNanos = System.nanoTime() - startNanos;
            long due = elapsedNanos / 1_000 * READ_BYTES_PER_SECOND / 1_000_000;
            try {
                long now = isSlow ? due - readBytes : Long.MAX_VALUE;
                int count = (int) Math.min(now, Math.min(stream.input().available(), unparsed.remaining()));
                unparsed.put(stream.input().readNBytes(count));
                readBytes += count;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            unparsed.flip();
            long newestSentAtNanos = -1;
            while (unparsed.remaining() >= MESSAGE_BYTES) {
                newestSentAtNanos = takeMessage();
            }
            unparsed.compact();
            received = messages;
            if (newestSentAtNanos >= 0 && isSlow && elapsedNanos > SETTLING.toNanos()) {
                ages.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - newestSentAtNanos));
            }
        }

        private long takeMessage() {
            byte[] payload = new byte[PAYLOAD_BYTES];
            boolean isWhole = ChannelData.channelNumber(unparsed, unparsed.position()) == CHANNEL
                    && ChannelData.payloadBytes(unparsed, unparsed.position()) == PAYLOAD_BYTES;
            unparsed.position(unparsed.position() + ChannelData.HEADER_BYTES).get(payload);
            ByteBuffer fields = ByteBuffer.wrap(payload);
            long sequence = fields.getLong(0);
            if (!isWhole
                    || sequence <= lastSequence
                    || fields.getLong(PAYLOAD_BYTES - Long.BYTES) != checksum(payload)) {
                corrupt++;
            }
            lastSequence = sequence;
            messages++;
            return fields.getLong(8);
        }

        void endAt(long messages) {
            if (received == messages) {
                hasEnded.countDown();
            }
        }

        long ageMillis(double quantile) {
            return ages.get((int) Math.min(ages.size() - 1L, (long) (ages.size() * quantile)));
        }
    }
}
