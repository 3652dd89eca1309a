package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The end of requests and replies: a target, then its port. After an unknown address type no port is read or
/// written.
record AddressAndPort(Target target, int port) {
    static Optional<AddressAndPort> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        Optional<Target> decoded = Target.decode(memory, offset, available);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        Target target = decoded.get();
        if (target instanceof Target.UnknownType) {
            return Optional.of(new AddressAndPort(target, 0));
        }
        int portOffset = target.encodedBytes();
        return available < portOffset + 2
                ? Optional.empty()
                : Optional.of(new AddressAndPort(target, Short.toUnsignedInt(memory.getShort(offset + portOffset))));
    }

    int encodedBytes() {
        return target.encodedBytes() + (target instanceof Target.UnknownType ? 0 : 2);
    }

    void encode(ByteBuffer memory, int offset) {
        target.encode(memory, offset);
        if (!(target instanceof Target.UnknownType)) {
            memory.putShort(offset + target.encodedBytes(), (short) port);
        }
    }
}
