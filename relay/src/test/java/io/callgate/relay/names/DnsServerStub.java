package io.callgate.relay.names;

import io.callgate.model.IpAddress;
import io.callgate.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A DNS server on a loopback port that knows what it is told (RFC 1035 §4), and says no such name of the rest; of
/// names under `hanging.test` it says nothing until it is told to.
final class DnsServerStub implements AutoCloseable {
    private static final String HANGING = ".hanging.test";
    private static final int FIRST_LABEL = 12;
    private static final int TYPE_A = 1;
    private static final int TYPE_AAAA = 28;
    private static final int NO_SUCH_NAME = 3;

    private final DatagramSocket socket;
    private final Map<String, Zone> zones = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<Query> hanging = new ArrayList<>(); // with the lock on this
    private boolean answersAll;

    private record Query(Bytes packet, SocketAddress from) {}

    private record Zone(List<IpAddress> addresses, int ttlSeconds) {}

    DnsServerStub() {
        try {
            socket = new DatagramSocket(
                    new InetSocketAddress(IpAddress.parse("127.0.0.1").toInetAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::answerAll);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /// Queries so far: two a look-up, one for each family.
    int asked() {
        return asked.get();
    }

    void knows(String host, int ttlSeconds, String... addresses) {
        zones.put(
                host, new Zone(List.of(addresses).stream().map(IpAddress::parse).toList(), ttlSeconds));
    }

    private void answerAll() {
        byte[] memory = new byte[4096];
        while (!socket.isClosed()) {
            DatagramPacket packet = new DatagramPacket(memory, memory.length);
            try {
                socket.receive(packet);
                take(new Query(
                        Bytes.copyOf(ByteBuffer.wrap(memory), 0, packet.getLength()), packet.getSocketAddress()));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private synchronized void take(Query query) throws IOException {
        asked.incrementAndGet();
        if (!answersAll && hostOf(query.packet().asBuffer()).endsWith(HANGING)) {
            hanging.add(query);
        } else {
            answer(query);
        }
    }

    /// What hangs is answered, and no other query hangs any more.
    synchronized void answerAllThatHang() throws IOException {
        answersAll = true;
        for (Query query : hanging) {
            answer(query);
        }
    }

    private void answer(Query query) throws IOException {
        byte[] answer = answer(query.packet().asBuffer());
        socket.send(new DatagramPacket(answer, answer.length, query.from()));
    }

    private static String hostOf(ByteBuffer query) {
        int offset = FIRST_LABEL;
        StringBuilder host = new StringBuilder();
        for (int length = query.get(offset); length > 0; length = query.get(offset)) {
            byte[] label = new byte[length];
            query.get(offset + 1, label);
            host.append(host.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
            offset += 1 + length;
        }
        return host.toString().toLowerCase(Locale.ROOT);
    }

    private byte[] answer(ByteBuffer query) {
        String host = hostOf(query);
        int offset = FIRST_LABEL + host.length() + 1; // the last label is empty
        int type = query.getShort(offset + 1);
        Zone zone = zones.get(host);
        List<IpAddress> found = zone == null
                ? List.of()
                : zone.addresses().stream()
                        .filter(it -> it.isV4() ? type == TYPE_A : type == TYPE_AAAA)
                        .toList();
        int questionEnd = offset + 5;
        ByteBuffer answer = ByteBuffer.allocate(4096);
        answer.putShort(query.getShort(0));
        answer.putShort((short) (0x8580 | (zone == null ? NO_SUCH_NAME : 0))); // authoritative, recursion as asked
        answer.putShort((short) 1)
                .putShort((short) found.size())
                .putShort((short) 0)
                .putShort((short) 0);
        for (int i = 12; i < questionEnd; i++) {
            answer.put(query.get(i));
        }
        for (IpAddress address : found) {
            byte[] bytes = address.toInetAddress().getAddress();
            answer.putShort((short) 0xC00C).putShort((short) type).putShort((short) 1);
            answer.putInt(zone == null ? 0 : zone.ttlSeconds())
                    .putShort((short) bytes.length)
                    .put(bytes);
        }
        byte[] packet = new byte[answer.position()];
        answer.get(0, packet);
        return packet;
    }

    @Override
    public void close() {
        socket.close();
    }
}
