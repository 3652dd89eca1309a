package io.callgate.relay.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/// Up to [#CAPACITY] datagrams that one socket received together, as places in one slab of direct memory.
///
/// Confined to one event loop and reused: a reader that wants to keep bytes past `onBatch` copies them. In front
/// of each packet lie [#HEADROOM_BYTES] and behind it [#TAILROOM_BYTES] that the reader may overwrite, so that a
/// header is put around a payload without moving it.
///
/// Addresses are 16 bytes as two longs; IPv4 is `::ffff:a.b.c.d` (high 0, low 0x0000FFFFaabbccdd).
public final class PacketBatch {
    /// Enough for the header of a Data indication with an IPv6 peer (RFC 8656 §11.5: 20 + 24 + 4 bytes).
    public static final int HEADROOM_BYTES = 64;

    /// Enough for the padding to a multiple of four.
    public static final int TAILROOM_BYTES = 16;

    /// Longest datagram that is relayed whole. Longer ones are dropped and counted, never cut.
    public static final int MAX_PACKET_BYTES = 2047;

    static final int CAPACITY = 64;
    private static final int SLOT_BYTES = HEADROOM_BYTES + MAX_PACKET_BYTES + 1 + TAILROOM_BYTES;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(SLOT_BYTES * CAPACITY);
    private final int[] lengths = new int[CAPACITY];
    private final long[] highs = new long[CAPACITY];
    private final long[] lows = new long[CAPACITY];
    private final int[] ports = new int[CAPACITY];
    private int count;

    public int count() {
        return count;
    }

    /// The slab; read and write it with absolute indexes only.
    public ByteBuffer memory() {
        return memory;
    }

    /// Where packet `i` begins in [#memory].
    public int offset(int i) {
        return i * SLOT_BYTES + HEADROOM_BYTES;
    }

    public int length(int i) {
        return lengths[i];
    }

    /// The sender's address, upper 8 bytes.
    public long high(int i) {
        return highs[i];
    }

    /// The sender's address, lower 8 bytes.
    public long low(int i) {
        return lows[i];
    }

    /// The sender's port, 1..65535.
    public int port(int i) {
        return ports[i];
    }

    boolean isFull() {
        return count == CAPACITY;
    }

    void clear() {
        count = 0;
    }

    /// Opens the next slot: position and limit of the returned slab stand around the `length` bytes to be filled.
    ByteBuffer nextSlot(int length) {
        int start = offset(count);
        return memory.clear().position(start).limit(start + length);
    }

    /// Closes the slot that [#nextSlot] opened.
    void commit(int length, InetAddress sender, int port) {
        memory.clear();
        byte[] octets = sender.getAddress();
        lengths[count] = length;
        ports[count] = port;
        if (sender instanceof Inet4Address) {
            highs[count] = 0;
            lows[count] = 0x0000_FFFF_0000_0000L | (readInt(octets, 0) & 0xFFFF_FFFFL);
        } else {
            highs[count] = (long) readInt(octets, 0) << 32 | (readInt(octets, 4) & 0xFFFF_FFFFL);
            lows[count] = (long) readInt(octets, 8) << 32 | (readInt(octets, 12) & 0xFFFF_FFFFL);
        }
        count++;
    }

    private static int readInt(byte[] octets, int at) {
        return (octets[at] & 0xFF) << 24
                | (octets[at + 1] & 0xFF) << 16
                | (octets[at + 2] & 0xFF) << 8
                | (octets[at + 3] & 0xFF);
    }
}
