package io.callgate.relay.net;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Where a loop's datagrams are received: places for as many messages as one recvmmsg fills, each long enough for
/// what the kernel may join to one (`UDP_GRO`). A place is taken until [#free]: what is sent on lies there.
/// Confined to one loop.
final class Inbox {
    /// Messages received until [#free].
    static final int PLACES = 64;

    /// The kernel joins 64 datagrams at most and lets a sender on this host join 128.
    private static final int MAX_SEGMENTS = 128;

    private static final int MARGIN_BYTES = PacketBatch.HEADROOM_BYTES + PacketBatch.TAILROOM_BYTES;
    private static final int MAX_MESSAGE_BYTES = 65_536;
    private static final int PLACE_BYTES = MAX_MESSAGE_BYTES + (MAX_SEGMENTS + 1) * MARGIN_BYTES;
    private static final int RETRIES = 4;
    private static final int BATCH_PACKETS = 2 * MAX_SEGMENTS;

    static {
        // A power of two would put the beginnings of all places into the same few lines of the processor's caches.
        assert Integer.bitCount(PLACE_BYTES) > 2;
    }

    private final LinuxCalls calls;
    private final MemorySegment memory = Arena.ofAuto().allocate((long) PLACES * PLACE_BYTES, 64);
    private final MessageHeaders headers = new MessageHeaders(PLACES, PLACES);
    private final PacketBatch batch = new PacketBatch(memory.asByteBuffer(), BATCH_PACKETS);
    private int taken;

    Inbox(LinuxCalls calls) {
        this.calls = calls;
        for (int i = 0; i < PLACES; i++) {
            headers.vector(i, memory.address() + start(i), MAX_MESSAGE_BYTES);
            headers.vectors(i, i, 1);
            headers.expect(i);
        }
    }

    private static int start(int place) {
        return place * PLACE_BYTES + PacketBatch.HEADROOM_BYTES;
    }

    /// What was unpacked last.
    PacketBatch batch() {
        return batch;
    }

    /// Where [PacketBatch#memory] begins, for the kernel.
    long address() {
        return memory.address();
    }

    int freePlaces() {
        return PLACES - taken;
    }

    /// Gives all places back: nothing that lies there is needed any more.
    void free() {
        taken = 0;
    }

    /// Receives what is there, up to [#freePlaces] messages.
    ///
    /// @return how many came; their first is [#firstOf] that number
    int receive(int descriptor) {
        int received = calls.receive(descriptor, headers.address(taken), freePlaces(), 0);
        for (int again = 0; received < 0 && received != -LinuxCalls.EAGAIN && again < RETRIES; again++) {
            // What ICMP said of an earlier datagram is told once, in the place of what has come.
            received = calls.receive(descriptor, headers.address(taken), freePlaces(), 0);
        }
        if (received < 0) {
            return 0;
        }
        taken += received;
        return received;
    }

    /// The place of the first of the messages that came last.
    int firstOf(int received) {
        return taken - received;
    }

    /// How many datagrams a message is made of.
    int datagrams(int place) {
        int segmentBytes = headers.segmentBytes(place);
        return segmentBytes == 0 ? 1 : (headers.bytes(place) + segmentBytes - 1) / segmentBytes;
    }

    /// Adds the datagrams of a message to the batch, which has room for them.
    ///
    /// @return how many could not be added: too long, or from port 0
    int unpack(int place) {
        int bytes = headers.bytes(place);
        int segmentBytes = headers.segmentBytes(place);
        long high = headers.senderHigh(place);
        long low = headers.senderLow(place);
        int port = headers.senderPort(place);
        int fields = IpFields.ofTos(headers.tos(place));
        int datagrams = datagrams(place);
        headers.expect(place);

        if (port == 0 || datagrams > MAX_SEGMENTS) {
            return datagrams;
        }
        boolean isSpread = segmentBytes <= PacketBatch.MAX_PACKET_BYTES;
        if (datagrams > 1 && isSpread) {
            spread(place, bytes, segmentBytes, datagrams);
        }
        int stride = segmentBytes + (isSpread ? MARGIN_BYTES : 0);
        int tooLong = 0;
        for (int i = 0; i < datagrams; i++) {
            int length = i < datagrams - 1 ? segmentBytes : bytes - i * segmentBytes;
            if (length <= PacketBatch.MAX_PACKET_BYTES) {
                batch.add(start(place) + i * stride, length, high, low, port, fields);
            } else {
                tooLong++;
            }
        }
        return tooLong;
    }

    /// Moves joined datagrams apart, the last one first, so that each has its margins.
    private void spread(int place, int bytes, int segmentBytes, int datagrams) {
        int start = start(place);
        for (int i = datagrams - 1; i > 0; i--) {
            int from = start + i * segmentBytes;
            int length = Math.min(segmentBytes, bytes - i * segmentBytes);
            MemorySegment.copy(memory, from, memory, from + (long) i * MARGIN_BYTES, length);
        }
    }
}
