package io.callgate.relay.net;

import java.nio.ByteBuffer;

/// Datagrams that one socket received together, as places in one slab of direct memory.
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

    private final ByteBuffer memory;
    private final int[] offsets;
    private final int[] lengths;
    private final long[] highs;
    private final long[] lows;
    private final int[] ports;
    private final int[] fields;
    private int count;

    /// @param memory direct
    /// @param capacity packets
    PacketBatch(ByteBuffer memory, int capacity) {
        this.memory = memory;
        this.offsets = new int[capacity];
        this.lengths = new int[capacity];
        this.highs = new long[capacity];
        this.lows = new long[capacity];
        this.ports = new int[capacity];
        this.fields = new int[capacity];
    }

    public int count() {
        return count;
    }

    /// The slab; read and write it with absolute indexes only.
    public ByteBuffer memory() {
        return memory;
    }

    /// Where packet `i` begins in [#memory].
    public int offset(int i) {
        return offsets[i];
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

    /// What of its IP header goes on with it: [IpFields].
    public int fields(int i) {
        return fields[i];
    }

    /// How many packets may still be added.
    int room() {
        return offsets.length - count;
    }

    void clear() {
        count = 0;
    }

    void add(int offset, int length, long high, long low, int port, int ipFields) {
        offsets[count] = offset;
        lengths[count] = length;
        highs[count] = high;
        lows[count] = low;
        ports[count] = port;
        fields[count] = ipFields;
        count++;
    }
}
