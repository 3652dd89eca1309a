package io.callgate.bench;

import io.callgate.wire.Bytes;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelData;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/// What clients send, in direct memory at offset [#OFFSET], as a batch has it.
public final class Packets {
    /// Not 0, so that nothing is faster than it would be in a slab.
    public static final int OFFSET = 64;

    /// A small video packet, or a large audio packet.
    public static final int PAYLOAD_BYTES = 200;

    static final byte[] KEY = Integrity.longTermKeyMd5("1800000000:demo:bob", "callgate", "password");
    static final TransactionId ID = new TransactionId(0x01020304, 0x05060708090A0B0CL);
    static final TransportAddress PEER =
            TransportAddress.of(new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 40_000));

    private static final int MEMORY_BYTES = 4096;

    private Packets() {}

    /// A packet in its memory.
    public record Packet(ByteBuffer memory, int length) {}

    static ByteBuffer memory() {
        return ByteBuffer.allocateDirect(MEMORY_BYTES);
    }

    /// As a browser's first one with a credential.
    static Packet allocateRequest() {
        ByteBuffer memory = memory();
        return new Packet(memory, writeAllocateRequest(memory));
    }

    static int writeAllocateRequest(ByteBuffer memory) {
        return MessageEncoder.begin(memory, OFFSET, MessageClass.REQUEST, Method.ALLOCATE, ID)
                .add(new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP))
                .add(new Attribute.Username("1800000000:demo:bob"))
                .add(new Attribute.Realm("callgate"))
                .add(new Attribute.Nonce("obMatJos2gAAA0123456789abcdef"))
                .integrity(KEY)
                .finish();
    }

    public static Packet channelData() {
        ByteBuffer memory = memory();
        ChannelData.writeHeader(memory, OFFSET, 0x4001, PAYLOAD_BYTES);
        return new Packet(memory, ChannelData.HEADER_BYTES + PAYLOAD_BYTES);
    }

    public static Packet sendIndication() {
        ByteBuffer memory = memory();
        int length = MessageEncoder.begin(memory, OFFSET, MessageClass.INDICATION, Method.SEND, ID)
                .add(new Attribute.XorPeerAddress(PEER))
                .add(new Attribute.Data(Bytes.of(new byte[PAYLOAD_BYTES])))
                .finish();
        return new Packet(memory, length);
    }
}
