package io.callgate.relay.turn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The chunks in which media waits for the TCP clients of one loop: lent to a client that is behind, and to one
/// that is not for the length of a batch. Confined to the loop.
final class MediaChunks {
    /// 32 MB. Beyond it no client gets a second chunk.
    static final int MAX_LENT = 2048;

    private @Nullable Chunk spare;
    private int lent;

    int lent() {
        return lent;
    }

    boolean isExhausted() {
        return lent >= MAX_LENT;
    }

    /// Lends an empty chunk.
    ///
    /// @param allocator of the channel for which the bytes are meant
    Chunk lend(ByteBufAllocator allocator) {
        Chunk chunk = spare;
        if (chunk == null) {
            chunk = new Chunk();
        } else {
            spare = chunk.next;
            chunk.next = null;
        }
        chunk.bytes = allocator.directBuffer(Chunk.BYTES, Chunk.BYTES);
        lent++;
        return chunk;
    }

    private void takeBack(Chunk chunk) {
        chunk.first = 0;
        chunk.end = 0;
        chunk.next = spare;
        spare = chunk;
        lent--;
    }

    /// Whole messages, one behind the other in one buffer, each with the time of its arrival. Links to the chunk
    /// that was begun after it.
    static final class Chunk {
        /// One TLS record.
        static final int BYTES = 16 << 10;

        static final int MESSAGES = 64;

        @Nullable
        Chunk next;

        private final long[] arrivedAtNanos = new long[MESSAGES];
        private final int[] ends = new int[MESSAGES];
        private ByteBuf bytes = Unpooled.EMPTY_BUFFER; // unless lent
        private int first;
        private int end;

        boolean fits(int messageBytes) {
            return end < MESSAGES && bytes.writableBytes() >= messageBytes;
        }

        void add(ByteBuffer memory, int offset, int length, long nowNanos) {
            memory.limit(offset + length).position(offset);
            bytes.writeBytes(memory);
            memory.clear();
            arrivedAtNanos[end] = nowNanos;
            ends[end] = bytes.writerIndex();
            end++;
        }

        boolean isEmpty() {
            return first == end;
        }

        int messages() {
            return end - first;
        }

        int readableBytes() {
            return bytes.readableBytes();
        }

        long oldestArrivedAtNanos() {
            return arrivedAtNanos[first];
        }

        int oldestBytes() {
            return ends[first] - bytes.readerIndex();
        }

        void skipOldest() {
            bytes.readerIndex(ends[first]);
            first++;
        }

        /// Cuts off the oldest messages.
        ///
        /// @param maxBytes one message is cut off even if it alone is longer
        ByteBuf takeOldest(int maxBytes) {
            int start = bytes.readerIndex();
            int stop = first + 1;
            while (stop < end && ends[stop] - start <= maxBytes) {
                stop++;
            }
            int taken = ends[stop - 1] - start;
            first = stop;
            return bytes.readRetainedSlice(taken);
        }

        /// Takes all that is left, without a copy, and gives the chunk back.
        ByteBuf takeAll(MediaChunks to) {
            ByteBuf all = bytes;
            bytes = Unpooled.EMPTY_BUFFER;
            to.takeBack(this);
            return all;
        }

        /// Gives the chunk back with what is still in it.
        void forget(MediaChunks to) {
            takeAll(to).release();
        }
    }
}
