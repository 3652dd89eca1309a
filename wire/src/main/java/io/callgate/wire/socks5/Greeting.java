package io.callgate.wire.socks5;

import io.callgate.wire.MalformedPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The client's first message: the methods it can use (RFC 1928 §3).
///
/// @param methods 1..255 of [AuthMethod] or other numbers
public record Greeting(List<Integer> methods) {
    public Greeting {
        methods = List.copyOf(methods);
        if (methods.isEmpty() || methods.size() > 0xFF) {
            throw new IllegalArgumentException(methods.size() + " SOCKS methods outside 1..255");
        }
        methods.forEach(method -> Socks5.check8Bits("SOCKS method", method));
    }

    public static Optional<Greeting> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket {
        if (available < 1) {
            return Optional.empty();
        }
        Socks5.requireVersion(Socks5.VERSION, memory, offset);
        if (available < 2) {
            return Optional.empty();
        }
        int count = Socks5.unsigned(memory, offset + 1);
        if (count == 0) {
            throw new MalformedPacket("SOCKS greeting with 0 methods");
        }
        if (available < 2 + count) {
            return Optional.empty();
        }
        List<Integer> methods = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            methods.add(Socks5.unsigned(memory, offset + 2 + i));
        }
        return Optional.of(new Greeting(methods));
    }

    public int encodedBytes() {
        return 2 + methods.size();
    }

    public void encode(ByteBuffer memory, int offset) {
        memory.put(offset, (byte) Socks5.VERSION);
        memory.put(offset + 1, (byte) methods.size());
        for (int i = 0; i < methods.size(); i++) {
            memory.put(offset + 2 + i, methods.get(i).byteValue());
        }
    }
}
