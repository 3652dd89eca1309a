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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// A client by TCP that takes 1 Mbit/s while 3 Mbit/s of media come for it, over real sockets in real time.
class SlowReaderTest {
    private static final int CHANNEL = 0x4000;
    private static final int RECEIVE_BUFFER_BYTES = Integer.getInteger("slow.rcvbuf", 8 << 10);
    private static final long READ_BYTES_PER_SECOND = 1_000_000 / 8;
    private static final int PAYLOAD_BYTES = 1000;
    private static final long SEND_BYTES_PER_SECOND = 3_000_000 / 8;
    private static final long TICK_NANOS = 5_000_000;
    private static final long SECONDS = 6;

    /// The tail of a message by which its corruption would show: sequence number, time and noise before it.
    private static final int CHECKSUM_BYTES = 8;

    @Test
    void theNewestPacketIsYoungerThan400MillisecondsAndEveryOtherIsCounted() {
        try (RelayFixture relay = RelayFixture.startInRealTime(new RelayFixture.State(), IoKind.best());
                StreamPeer stream = new StreamPeer(relay.v4(), RECEIVE_BUFFER_BYTES);
                TurnClient client = new TurnClient(stream, relay.v4(), relay.login("bob"));
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.bind(CHANNEL, peer.address());

            Sender sender = new Sender(peer, relayed);
            Reader reader = new Reader(stream);
            ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(2);
            clockwork.scheduleAtFixedRate(sender, 0, TICK_NANOS, TimeUnit.NANOSECONDS);
            clockwork.scheduleAtFixedRate(reader, 0, TICK_NANOS, TimeUnit.NANOSECONDS);
            try { clockwork.awaitTermination(SECONDS, TimeUnit.SECONDS); } catch (InterruptedException e) { throw new AssertionError(e); }
            sender.stop = true;
            reader.perSecond = Long.MAX_VALUE / 10_000_000_000L;
            long last = -1;
            while (last != reader.count) { last = reader.count;
            try { clockwork.awaitTermination(500, TimeUnit.MILLISECONDS); } catch (InterruptedException e) { throw new AssertionError(e); } }
            clockwork.shutdownNow();
            List<Long> ages = new ArrayList<>(reader.ages);
            List<Long> settled = new ArrayList<>(ages.subList(ages.size() / 4, ages.size() * 95 / 100));
            Collections.sort(settled);
            System.out.printf("rcvbuf %d sent %d received %d late %d full %d  age ms p50 %d p95 %d max %d  %s%n", RECEIVE_BUFFER_BYTES, sender.sent, reader.count, relay.drops(DropReason.LATE_MEDIA), relay.drops(DropReason.QUEUE_FULL),
               settled.get(settled.size()/2), settled.get(settled.size()*95/100), settled.getLast(), reader.badCount);
            assertThat(reader.count + relay.drops(DropReason.LATE_MEDIA)).isEqualTo(sender.sent);
        }
    }

    static final class Sender implements Runnable {
        final UdpPeer peer; final InetSocketAddress to; long sent; volatile boolean stop; final long start = System.nanoTime(); final Random random = new Random(1);
        Sender(UdpPeer peer, InetSocketAddress to) { this.peer = peer; this.to = to; }
        @Override public void run() {
            if (stop) return;
            long due = (System.nanoTime() - start) / 1000 * SEND_BYTES_PER_SECOND / 1_000_000 / PAYLOAD_BYTES;
            while (sent < due) {
                byte[] p = new byte[PAYLOAD_BYTES]; random.nextBytes(p);
                ByteBuffer b = ByteBuffer.wrap(p); b.putLong(0, sent); b.putLong(8, System.nanoTime());
                CRC32 crc = new CRC32(); crc.update(p, 0, p.length - CHECKSUM_BYTES); b.putLong(p.length - 8, crc.getValue());
                peer.send(to, p); sent++;
            }
        }
    }

    static final class Reader implements Runnable {
        final StreamPeer stream; volatile long perSecond = READ_BYTES_PER_SECOND; long lastNanos = System.nanoTime(); double budget; volatile long count; long badCount;
        final List<Long> ages = Collections.synchronizedList(new ArrayList<>());
        ByteBuffer acc = ByteBuffer.allocate(1 << 20);
        long lastSeq = -1;
        Reader(StreamPeer stream) { this.stream = stream; }
        @Override public void run() {
            try {
            long now = System.nanoTime();
            budget = Math.min(budget + (now - lastNanos) * 1e-9 * perSecond, perSecond / 20.0);
            lastNanos = now;
            int n = (int) Math.min(Math.min(budget, stream.input().available()), acc.remaining());
            if (n <= 0) return;
            byte[] x = stream.input().readNBytes(n); budget -= n; acc.put(x); acc.flip();
            long age = -1;
            while (acc.remaining() >= 4) {
                int len = ChannelData.paddedStreamBytes(acc.getShort(acc.position() + 2));
                if (acc.remaining() < len) break;
                byte[] p = new byte[PAYLOAD_BYTES]; acc.get(acc.position() + 4, p);
                CRC32 crc = new CRC32(); crc.update(p, 0, p.length - 8);
                ByteBuffer b = ByteBuffer.wrap(p);
                if (crc.getValue() != b.getLong(p.length - 8) || b.getLong(0) <= lastSeq) badCount++;
                lastSeq = b.getLong(0);
                age = System.nanoTime() - b.getLong(8);
                count++;
                acc.position(acc.position() + len);
            }
            acc.compact();
            if (age >= 0) ages.add(age / 1_000_000);
            } catch (IOException e) { throw new UncheckedIOException(e); }
        }
    }
}
