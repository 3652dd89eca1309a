package io.callgate.relay.turn;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Drops;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// TURN media on its way to one client by TCP or TLS, before encryption (decision 0016). Late media is worthless:
/// what has waited longer than [#MAX_AGE_NANOS] is dropped, oldest first and whole, but for the youngest
/// [#FLOOR_BYTES].
///
/// Below it, in Netty, TLS and the kernel, nothing can be dropped any more: so it hands over only what is written
/// at once, or all but. Holds memory only while something waits. Confined to the client's loop.
final class MediaQueue {
    static final long MAX_AGE_NANOS = 200_000_000L;
    static final int FLOOR_BYTES = 64 << 10;

    /// 256 kB: what 10 Mbit/s bring in the time that media may wait.
    static final int MAX_CHUNKS = 16;

    /// While the client is behind, this much may wait below: three full packets.
    static final int STEP_BYTES = 4 << 10;

    private final Channel channel;
    private final MediaChunks chunks;
    private final Drops drops;
    private MediaChunks.@Nullable Chunk oldest;
    private MediaChunks.@Nullable Chunk youngest;
    private int chunkCount;
    private int waitingBytes;
    private boolean isBehind;
    private boolean isFlushing;
    private boolean isClosed;

    /// @param channel whose high-water mark is a packet or so, and which takes more again when nothing waits in it
    /// @param chunks of the channel's loop, as `drops`
    MediaQueue(Channel channel, MediaChunks chunks, Drops drops) {
        this.channel = channel;
        this.chunks = chunks;
        this.drops = drops;
    }

    int waitingBytes() {
        return waitingBytes;
    }

    /// Copies a whole message to the end of the queue. If there is no room, the oldest ones give way.
    ///
    /// @param length padding included
    /// @return false if the client is gone
    boolean add(ByteBuffer memory, int offset, int length, long nowNanos) {
        if (isClosed) {
            return false;
        }
        if (youngest != null && !youngest.fits(length)) {
            flush(nowNanos);
        }
        MediaChunks.Chunk chunk = youngest == null || !youngest.fits(length) ? addChunk() : youngest;
        chunk.add(memory, offset, length, nowNanos);
        waitingBytes += length;
        return true;
    }

    private MediaChunks.Chunk addChunk() {
        if (chunkCount == MAX_CHUNKS || (chunkCount > 0 && chunks.isExhausted())) {
            dropOldestChunk();
        }
        MediaChunks.Chunk added = chunks.lend(channel.alloc());
        if (youngest == null) {
            oldest = added;
        } else {
            youngest.next = added;
        }
        youngest = added;
        chunkCount++;
        return added;
    }

    /// Drops what is late and hands over what the channel takes. Called at the end of a batch, and when the
    /// channel takes more again.
    void flush(long nowNanos) {
        if (isFlushing) {
            return; // the channel took something and says so while we hand over: the loop below goes on
        }
        isFlushing = true;
        dropLate(nowNanos);
        while (oldest != null && channel.isWritable()) {
            channel.write(take(oldest), channel.voidPromise());
            channel.flush();
        }
        isBehind = oldest != null;
        isFlushing = false;
    }

    private void dropLate(long nowNanos) {
        while (oldest != null
                && nowNanos - oldest.oldestArrivedAtNanos() > MAX_AGE_NANOS
                && waitingBytes - oldest.oldestBytes() >= FLOOR_BYTES) {
            waitingBytes -= oldest.oldestBytes();
            oldest.skipOldest();
            drops.count(DropReason.LATE_MEDIA);
            if (oldest.isEmpty()) {
                MediaChunks.Chunk emptied = unlink(oldest);
                emptied.forget(chunks);
            }
        }
    }

    private ByteBuf take(MediaChunks.Chunk from) {
        ByteBuf taken;
        if (!isBehind || from.readableBytes() <= STEP_BYTES) {
            taken = unlink(from).takeAll(chunks);
        } else {
            taken = from.takeOldest(STEP_BYTES);
            if (from.isEmpty()) { // one message, longer than a step
                unlink(from).forget(chunks);
            }
        }
        waitingBytes -= taken.readableBytes();
        return taken;
    }

    private void dropOldestChunk() {
        if (oldest != null) {
            MediaChunks.Chunk dropped = unlink(oldest);
            for (int i = dropped.messages(); i > 0; i--) {
                drops.count(DropReason.QUEUE_FULL);
            }
            waitingBytes -= dropped.readableBytes();
            dropped.forget(chunks);
        }
    }

    private MediaChunks.Chunk unlink(MediaChunks.Chunk first) {
        oldest = first.next;
        if (oldest == null) {
            youngest = null;
        }
        first.next = null;
        chunkCount--;
        return first;
    }

    /// The client is gone: forgets, and counts, what waits. Idempotent.
    void close() {
        isClosed = true;
        while (oldest != null) {
            dropOldestChunk();
        }
    }
}
