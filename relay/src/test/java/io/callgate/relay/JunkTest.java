package io.callgate.relay;

import static io.callgate.relay.TurnClient.errorOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.callgate.model.Limits;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.Method;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What strangers and broken clients send: counted exactly, logged never, and nothing is kept of it.
class JunkTest {
    /// Sources between two fences: so few that no datagram is lost in the listener's socket.
    private static final int SOURCES_AT_ONCE = 8;

    /// Each sends one packet of every shape: `-Dspoofed=60000` are a million packets, a minute and more.
    private static final int SPOOFED = Integer.getInteger("spoofed", 10_000);
    private static final long HEAP_SLACK_BYTES = 512 << 10;

    private final RelayFixture relay = RelayFixture.start();
    private final TurnClient client = relay.client("bob");

    @AfterEach
    void stop() {
        client.close();
        relay.close();
    }

    /// First packets of unproven sources, with the reason under which each is counted; null for an answered
    /// Binding.
    private static Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("Binding", Shape.of(request(Method.BINDING), null));
        for (int method : List.of(Method.ALLOCATE, Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND)) {
            shapes.put("request " + method, Shape.of(request(method), DropReason.NO_CREDENTIAL));
            shapes.put(
                    "signed request " + method,
                    Shape.of(
                            request(
                                    method,
                                    new Attribute.Username("1799999999:demo:bob"),
                                    new Attribute.Realm("callgate"),
                                    new Attribute.Nonce("obMatJos2gAAA0123456789abcdef"),
                                    new Attribute.MobilityTicket(Bytes.of(new byte[32])),
                                    new Attribute.MessageIntegrity(Bytes.of(new byte[20]))),
                            DropReason.STALE_NONCE));
        }
        shapes.put("Connect", Shape.of(request(Method.CONNECT), DropReason.UNEXPECTED_MESSAGE));
        shapes.put("ConnectionBind", Shape.of(request(Method.CONNECTION_BIND), DropReason.UNEXPECTED_MESSAGE));
        shapes.put(
                "Send",
                Shape.of(
                        TurnClient.message(MessageClass.INDICATION, Method.SEND, TurnClient.newId()),
                        DropReason.NO_ALLOCATION));
        shapes.put("ChannelData", Shape.of(new byte[] {0x40, 0, 0, 1, 1}, DropReason.NO_ALLOCATION));
        shapes.put(
                "SOCKS5 UDP",
                Shape.of(new byte[] {0, 0, 0, 1, 10, 0, 0, 1, 0, 53, 1}, DropReason.SOCKS5_UDP_UNSUPPORTED));
        shapes.put("DTLS", Shape.of(new byte[] {22, (byte) 0xFE, (byte) 0xFD, 0, 0}, DropReason.DTLS_UNSUPPORTED));
        shapes.put("QUIC", Shape.of(new byte[] {(byte) 0xC3, 0, 0, 0, 1}, DropReason.QUIC_UNSUPPORTED));
        shapes.put("no protocol", Shape.of(new byte[] {(byte) 0x85, 1, 2, 3}, DropReason.UNKNOWN_PROTOCOL));
        shapes.put("empty", Shape.of(new byte[0], DropReason.UNKNOWN_PROTOCOL));
        return shapes;
    }

    private record Shape(Bytes content, @Nullable DropReason reason) {
        static Shape of(byte[] packet, @Nullable DropReason reason) {
            return new Shape(Bytes.of(packet), reason);
        }

        byte[] packet() {
            return content.toArray();
        }
    }

    private static byte[] request(int method, Attribute... attributes) {
        return TurnClient.message(MessageClass.REQUEST, method, TurnClient.newId(), attributes);
    }

    @Test
    void s11AndP20SpoofedFirstPacketsOfEveryShapeAreCountedLogNothingAndLeaveNothing() throws IOException {
        Map<String, Shape> shapes = shapes();
        Map<DropReason, Long> perSource = new LinkedHashMap<>();
        shapes.values().forEach(shape -> {
            if (shape.reason() != null) {
                perSource.merge(shape.reason(), 1L, Long::sum);
            }
        });
        try (Logs logs = Logs.record()) {
            sendFromStrangers(shapes, 2_000); // warm: pools and caches have their size
            long filesBefore = openFiles();
            long memoryBefore = memory();

            sendFromStrangers(shapes, SPOOFED);

            long memoryAfter = memory();
            System.out.printf(
                    "S11: %,d sources x %d shapes: memory %+,d bytes, descriptors %+d%n",
                    SPOOFED, shapes.size(), memoryAfter - memoryBefore, openFiles() - filesBefore);
            assertThat(openFiles()).isEqualTo(filesBefore);
            assertThat(memoryAfter - memoryBefore).isLessThan(HEAP_SLACK_BYTES);
            perSource.forEach((reason, count) ->
                    assertThat(relay.drops(reason)).as("%s", reason).isEqualTo(count * (2_000 + SPOOFED)));
            assertThat(logs.events()).isEmpty();
        }
        RelaySnapshot after = relay.snapshot();
        assertThat(after.sessions()).isZero();
        assertThat(after.takenPorts()).isZero();
    }

    /// Every source is a socket of its own on another loopback address, and closed before the next one is opened.
    private void sendFromStrangers(Map<String, Shape> shapes, int sources) throws IOException {
        for (int i = 0; i < sources; i++) {
            InetSocketAddress source =
                    new InetSocketAddress("127.%d.%d.%d".formatted(1 + i / 62_500, i / 250 % 250, 1 + i % 250), 0);
            try (DatagramChannel stranger = DatagramChannel.open()) {
                stranger.bind(source);
                for (Shape shape : shapes.values()) {
                    stranger.send(ByteBuffer.wrap(shape.packet()), relay.v4());
                }
            }
            if (i % SOURCES_AT_ONCE == SOURCES_AT_ONCE - 1) {
                client.settle();
            }
        }
        client.settle();
    }

    private static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    /// Heap in use after a collection, with direct memory.
    static long memory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        long pooled = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + direct + pooled;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void s17RandomMutatedAndTruncatedPacketsNeverThrowAndAreAllCounted(long seed) {
        Random random = new Random(seed);
        try (Logs logs = Logs.record();
                UdpPeer peer = UdpPeer.v4()) {
            InetSocketAddress relayed = client.allocate();
            client.bind(0x4000, peer.address());
            List<byte[]> valid = validPackets(peer);
            for (int i = 0; i < 4_000; i++) {
                byte[] packet = junk(random, valid);
                client.send(packet); // on a live five-tuple
                if (i % 4 == 0) {
                    peer.send(relay.v4(), packet); // of a stranger
                }
                if (i % 64 == 0) {
                    client.settle();
                }
            }
            client.settle();

            assertThat(logs.warnings()).isEmpty();
            assertThat(relay.drops(DropReason.SEND_FAILED)).isZero();
            assertThat(relay.drops(DropReason.MALFORMED)).isGreaterThan(500);
            try (TurnClient next = relay.client("eve")) {
                InetSocketAddress other = next.allocate();
                assertThat(other).isNotEqualTo(relayed);
            }
        }
    }

    private List<byte[]> validPackets(UdpPeer peer) {
        List<byte[]> packets = new ArrayList<>();
        for (int method : List.of(Method.CREATE_PERMISSION, Method.CHANNEL_BIND, Method.REFRESH)) {
            packets.add(client.signed(
                    method,
                    TurnClient.newId(),
                    new Attribute.ChannelNumber(0x4001),
                    TurnClient.peer(peer.address()),
                    new Attribute.Lifetime(700)));
        }
        packets.add(client.signed(
                Method.ALLOCATE,
                TurnClient.newId(),
                TurnClient.allocateAttributes(
                        new Attribute.EvenPort(true), new Attribute.ReservationToken(5), new Attribute.Lifetime(1))));
        packets.add(TurnClient.message(
                MessageClass.INDICATION,
                Method.SEND,
                TurnClient.newId(),
                TurnClient.peer(peer.address()),
                new Attribute.Data(Bytes.of("payload".getBytes(StandardCharsets.UTF_8)))));
        packets.add(request(Method.BINDING, new Attribute.Software("x"), new Attribute.Priority(1)));
        packets.add(new byte[] {0x40, 0, 0, 3, 1, 2, 3});
        return packets;
    }

    private static byte[] junk(Random random, List<byte[]> valid) {
        byte[] base = valid.get(random.nextInt(valid.size())).clone();
        return switch (random.nextInt(5)) {
            case 0 -> { // noise
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                yield noise;
            }
            case 1 -> { // noise behind a right header
                byte[] noise = new byte[20 + 4 * random.nextInt(40)];
                random.nextBytes(noise);
                System.arraycopy(base, 0, noise, 0, Math.min(base.length, 8));
                ByteBuffer.wrap(noise).putShort(2, (short) (noise.length - 20));
                yield noise;
            }
            case 2 -> { // cut
                byte[] cut = new byte[random.nextInt(base.length)];
                System.arraycopy(base, 0, cut, 0, cut.length);
                yield cut;
            }
            case 3 -> { // cut at an attribute's place, with a mended length
                int length = Math.min(base.length, 20 + 4 * random.nextInt(20)) & ~3;
                byte[] cut = new byte[Math.max(4, length)];
                System.arraycopy(base, 0, cut, 0, Math.min(cut.length, base.length));
                ByteBuffer.wrap(cut).putShort(2, (short) (cut.length - 20));
                yield cut;
            }
            default -> {
                for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                    base[random.nextInt(base.length)] = (byte) random.nextInt(256);
                }
                yield base;
            }
        };
    }

    @Test
    void aListenerThatWasFloodedWithJunkStillServes() {
        for (int i = 0; i < 2_000; i++) {
            client.send(new byte[] {(byte) 0x90, (byte) i});
        }

        // Some may be lost in the socket before the relay sees them; what is served afterwards counts.
        try (TurnClient next = relay.client("eve")) {
            assertThat(errorOf(next.tryAllocate())).isZero();
        }
    }

    @Test
    void memoryOfAnIdleAllocationIsAtMost8Kilobytes() {
        int allocations = 2_000;
        List<TurnClient> clients = new ArrayList<>();
        RelayFixture.State state = new RelayFixture.State()
                .apps(RelayFixture.app(
                        "demo", RelayFixture.SECRET, new Limits(5_000, 5_000, 0, 256, 256, 5_000, 10), "127.0.0.0/8"));
        try (RelayFixture big = RelayFixture.start(state);
                UdpPeer peer = UdpPeer.v4()) {
            allocateAll(big, clients, 200, peer); // warm
            for (int i = 200; i < allocations + 200; i++) {
                clients.add(big.client("bob" + i % 200));
                clients.getLast().settle();
                clients.getLast().signed(Method.ALLOCATE, TurnClient.newId());
            }
            long before = memory();

            for (TurnClient each : clients.subList(200, allocations + 200)) {
                each.allocate();
                each.permit(peer.address());
                each.bind(0x4000, peer.address());
            }

            long each = (memory() - before) / allocations;
            System.out.printf(
                    "memory per idle allocation with a permission and a channel: %,d bytes (heap and direct, %,d"
                            + " allocations)%n",
                    each, allocations);
            assertThat(big.snapshot().allocations()).isEqualTo(allocations + 200);
            assertThat(each).isLessThanOrEqualTo(8 << 10);
        } finally {
            clients.forEach(TurnClient::close);
        }
    }

    private static void allocateAll(RelayFixture big, List<TurnClient> clients, int count, UdpPeer peer) {
        for (int i = 0; i < count; i++) {
            TurnClient next = big.client("bob" + i % 200);
            clients.add(next);
            next.allocate();
            next.bind(0x4000, peer.address());
        }
    }
}
