package io.callgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.callgate.wire.socks5.UdpHeader;
import io.callgate.wire.stun.AttributeCursor;
import io.callgate.wire.stun.AttributeType;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.XorAddress;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.DataIndication;
import io.callgate.wire.turn.StreamFramer;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// What runs once per packet allocates nothing, counted by the JVM itself, interpreter included.
class HotPathAllocationTest {
    private static final int ROUNDS = 20_000;
    private static final int SEND = 0;
    private static final int CHANNEL_DATA = 1000;
    private static final int FRAME = 2000;
    private static final int PAYLOAD = 3000;

    private final ByteBuffer slab = ByteBuffer.allocateDirect(8000);
    private final AttributeCursor cursor = new AttributeCursor();
    private long seen;

    @Test
    void packetsAreReadAndWrittenWithoutAllocation() throws MalformedPacket {
        byte[] send = Packets.read("chromium-send-indication");
        byte[] channelData = Packets.read("chromium-channel-data");
        byte[] frame = Packets.read("chromium-tcp-channel-data");
        slab.put(SEND, send).put(CHANNEL_DATA, channelData).put(FRAME, frame);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        onePacketOfEachKind(send.length, channelData.length, frame.length);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int round = 0; round < ROUNDS; round++) {
            onePacketOfEachKind(send.length, channelData.length, frame.length);
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(seen).isNotZero();
        assertThat(allocated / ROUNDS).as("bytes allocated per round").isZero();
    }

    private void onePacketOfEachKind(int sendBytes, int channelDataBytes, int frameBytes) throws MalformedPacket {
        if (StunHeader.looksLikeStun(slab, SEND, sendBytes)
                && StunHeader.messageType(slab, SEND) == StunHeader.SEND_INDICATION
                && cursor.reset(slab, SEND, sendBytes)) {
            while (cursor.next()) {
                seen += readAttribute();
            }
        }
        if (ChannelData.isValidDatagram(slab, CHANNEL_DATA, channelDataBytes)) {
            seen += ChannelData.channelNumber(slab, CHANNEL_DATA) + ChannelData.payloadBytes(slab, CHANNEL_DATA);
        }
        seen += StreamFramer.frameBytes(slab, FRAME, frameBytes);
        seen += DataIndication.writeAround(slab, PAYLOAD, 1201, 1, seen, 0, 0x0000_FFFF_0A00_0001L, 5000);
        seen += DataIndication.writeAround(slab, PAYLOAD, 1202, 1, seen, seen, seen, 5000);
        ChannelData.writeHeader(slab, PAYLOAD - ChannelData.HEADER_BYTES, 0x4000, 1201);
        int headerBytes = UdpHeader.write(slab, PAYLOAD, seen, seen, 53);
        seen += UdpHeader.headerBytes(slab, PAYLOAD, headerBytes) + UdpHeader.high(slab, PAYLOAD);
    }

    private long readAttribute() {
        int value = cursor.valueOffset();
        if (cursor.type() != AttributeType.XOR_PEER_ADDRESS || !XorAddress.isValid(slab, value, cursor.valueBytes())) {
            return cursor.valueBytes();
        }
        return XorAddress.high(slab, value, SEND) ^ XorAddress.low(slab, value, SEND) ^ XorAddress.port(slab, value);
    }
}
