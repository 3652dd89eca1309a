package io.callgate.client.check;

import io.callgate.client.failure.Failure;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.TimeSource;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Datagrams from one tunnel through the relay to another tunnel of the same client: their time and loss at the
/// pace of a voice call, then how many get through when a window of them is always under way.
final class Measurement implements DatagramTunnel.Receiver {
    /// 50 packets a second for a second, as a voice call sends them.
    static final int CALL_DATAGRAMS = 50;

    private static final long CALL_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int CALL_DATAGRAM_BYTES = 160;
    private static final int BULK_DATAGRAM_BYTES = 1000;
    private static final int WINDOW = 64;
    private static final Duration BULK_TIME = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    /// After so long without any arrival a datagram of the window counts as lost.
    private static final long STALL_MILLIS = 200;

    private static final int CALL = 0x43414C4C;
    private static final int BULK = 0x42554C4B;
    private static final int HEADER_BYTES = 16;

    private final TimeSource time;
    private final AtomicIntegerArray rttMicros = new AtomicIntegerArray(CALL_DATAGRAMS);
    private final Semaphore callArrivals = new Semaphore(0);
    private final Semaphore window = new Semaphore(WINDOW);
    private final LongAdder bulkBytes = new LongAdder();

    Measurement(TimeSource time) {
        this.time = time;
    }

    record Result(double rttMillis, double lossPercent, long kbitPerSecond, int arrived) {}

    /// Blocks about two seconds.
    ///
    /// @param from sends to `to`, which has this object as its receiver; the way between them is open
    Result run(DatagramTunnel from, InetSocketAddress to) {
        long[] arrived = call(from, to);
        double lossPercent = 100.0 * (CALL_DATAGRAMS - arrived.length) / CALL_DATAGRAMS;
        double rttMillis = arrived.length == 0 ? 0 : arrived[arrived.length / 2] / 1000.0;
        return new Result(rttMillis, lossPercent, arrived.length == 0 ? 0 : bulk(from, to), arrived.length);
    }

    private long[] call(DatagramTunnel from, InetSocketAddress to) {
        long nextNanos = time.nanos();
        for (int number = 0; number < CALL_DATAGRAMS; number++) {
            LockSupport.parkNanos(nextNanos - time.nanos());
            from.send(to, datagram(CALL, number, CALL_DATAGRAM_BYTES));
            nextNanos += CALL_PACE_NANOS;
        }
        awaitStragglers();
        long[] all = new long[CALL_DATAGRAMS];
        for (int number = 0; number < CALL_DATAGRAMS; number++) {
            all[number] = rttMicros.get(number);
        }
        return Arrays.stream(all).filter(micros -> micros > 0).sorted().toArray();
    }

    private void awaitStragglers() {
        try {
            callArrivals.tryAcquire(CALL_DATAGRAMS, LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long bulk(DatagramTunnel from, InetSocketAddress to) {
        long beganNanos = time.nanos();
        long endNanos = beganNanos + BULK_TIME.toNanos();
        int number = 0;
        try {
            while (endNanos - time.nanos() > 0) {
                // After a stall one more is sent without leave: what was lost must not narrow the window for good.
                boolean leave = window.tryAcquire(STALL_MILLIS, TimeUnit.MILLISECONDS);
                from.send(to, datagram(BULK, number++, BULK_DATAGRAM_BYTES));
                if (!leave) {
                    window.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        long tookMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(time.nanos() - beganNanos));
        return bulkBytes.sum() * 8 / tookMillis;
    }

    private ByteBuffer datagram(int kind, int number, int bytes) {
        ByteBuffer datagram = ByteBuffer.allocate(bytes);
        datagram.putInt(0, kind).putInt(4, number).putLong(8, time.nanos());
        return datagram;
    }

    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
        if (payload.remaining() < HEADER_BYTES) {
            return;
        }
        int at = payload.position();
        int kind = payload.getInt(at);
        int number = payload.getInt(at + 4);
        if (kind == BULK) {
            bulkBytes.add(payload.remaining());
            window.release();
        } else if (kind == CALL && number >= 0 && number < CALL_DATAGRAMS) {
            long micros = TimeUnit.NANOSECONDS.toMicros(time.nanos() - payload.getLong(at + 8));
            if (rttMicros.compareAndSet(number, 0, (int) Math.max(1, micros))) {
                callArrivals.release();
            }
        }
    }

    /// The sender notices: what it sends arrives no more.
    @Override
    public void onEnded(Failure failure) {}
}
