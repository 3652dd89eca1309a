package io.callgate.wire.socks5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.Packets;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The handshake on TCP, both directions (RFC 1928 §3 to §6, RFC 1929).
class HandshakeTest {
    private static final int OFFSET = 3;

    /// One kind of message: what its record does, for tables over all of them.
    record Codec<T>(Decoder<T> decoder, Encoder<T> encoder, Sizer<T> sizer) {
        interface Decoder<T> {
            Optional<T> decode(ByteBuffer memory, int offset, int available) throws MalformedPacket;
        }

        interface Encoder<T> {
            void encode(T value, ByteBuffer memory, int offset);
        }

        interface Sizer<T> {
            int bytes(T value);
        }

        Sample of(T value) {
            return new Sample(this, value, Bytes.of(encoded(value)));
        }

        private byte[] encoded(T value) {
            ByteBuffer memory = ByteBuffer.allocate(sizer.bytes(value));
            encoder.encode(value, memory, 0);
            return memory.array();
        }
    }

    record Sample(Codec<?> codec, Object value, Bytes encoded) {
        byte[] bytes() {
            return encoded.toArray();
        }

        @Override
        public String toString() {
            return value.toString();
        }
    }

    private static final Codec<Greeting> GREETING =
            new Codec<>(Greeting::decode, Greeting::encode, Greeting::encodedBytes);
    private static final Codec<MethodSelection> METHOD =
            new Codec<>(MethodSelection::decode, MethodSelection::encode, MethodSelection::encodedBytes);
    private static final Codec<UsernamePassword> PASSWORD =
            new Codec<>(UsernamePassword::decode, UsernamePassword::encode, UsernamePassword::encodedBytes);
    private static final Codec<AuthStatus> STATUS =
            new Codec<>(AuthStatus::decode, AuthStatus::encode, AuthStatus::encodedBytes);
    private static final Codec<Request> REQUEST = new Codec<>(Request::decode, Request::encode, Request::encodedBytes);
    private static final Codec<Reply> REPLY = new Codec<>(Reply::decode, Reply::encode, Reply::encodedBytes);

    static Stream<Sample> samples() {
        Random random = new Random(1928);
        return Stream.concat(
                Stream.of(
                        GREETING.of(new Greeting(List.of(AuthMethod.NONE))),
                        GREETING.of(new Greeting(List.of(AuthMethod.NONE, AuthMethod.GSSAPI, 2, 0x80, 0xFE))),
                        GREETING.of(new Greeting(IntStream.range(0, 255).boxed().toList())),
                        METHOD.of(new MethodSelection(AuthMethod.USERNAME_PASSWORD)),
                        METHOD.of(new MethodSelection(AuthMethod.NO_ACCEPTABLE)),
                        PASSWORD.of(new UsernamePassword("1893456000:demo:alice", "kU0eEZ0bDq1cv1QUAGs=")),
                        PASSWORD.of(new UsernamePassword("x".repeat(255), "\u00E9".repeat(127))),
                        PASSWORD.of(new UsernamePassword("", "")),
                        STATUS.of(AuthStatus.SUCCESS),
                        STATUS.of(AuthStatus.FAILURE),
                        STATUS.of(new AuthStatus(255)),
                        REQUEST.of(new Request(Command.UDP_ASSOCIATE, new Target.Ipv4(0), 0)),
                        REQUEST.of(new Request(0x77, new Target.Domain("x"), 1)),
                        REQUEST.of(new Request(Command.CONNECT, new Target.UnknownType(9), 0)),
                        REPLY.of(Reply.refused(Reply.NOT_ALLOWED)),
                        REPLY.of(new Reply(0xFF, new Target.Ipv6(0, 1), 65535))),
                IntStream.range(0, 60).boxed().flatMap(i -> {
                    Target target = target(random);
                    int port = random.nextInt(0x10000);
                    return Stream.of(
                            REQUEST.of(new Request(random.nextInt(1, 4), target, port)),
                            REPLY.of(new Reply(random.nextInt(9), target, port)));
                }));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void comesBackAsItWasAndLeavesWhatFollows(Sample sample) throws MalformedPacket {
        byte[] message = sample.bytes();
        ByteBuffer memory = Packets.amid(message, OFFSET, 5);

        Optional<?> decoded = sample.codec().decoder().decode(memory, OFFSET, message.length + 5);

        assertThat((Object) decoded).isEqualTo(Optional.of(sample.value()));
        assertThat(memory.position()).isZero();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyProperPrefixNeedsMore(Sample sample) throws MalformedPacket {
        byte[] message = sample.bytes();
        for (int available = 0; available < message.length; available++) {
            ByteBuffer prefix = ByteBuffer.allocate(available).put(0, message, 0, available);

            assertThat((Object) sample.codec().decoder().decode(prefix, 0, available))
                    .isEqualTo(Optional.empty());
        }
    }

    /// One byte is enough to see that this is another protocol.
    @ParameterizedTest
    @MethodSource("samples")
    void otherVersionIsMalformedAtItsFirstByte(Sample sample) {
        int right = sample.bytes()[0];
        for (int version = 0; version < 256; version++) {
            ByteBuffer memory = ByteBuffer.allocate(1).put(0, (byte) version);
            if (version != right) {
                assertThatThrownBy(() -> sample.codec().decoder().decode(memory, 0, 1))
                        .isInstanceOf(MalformedPacket.class)
                        .hasMessageContaining("version");
            }
        }
    }

    @Test
    void greetingWithoutMethodsIsMalformed() {
        assertMalformed(GREETING, "0500", "0 methods");
    }

    @ParameterizedTest
    @CsvSource({
        "05010003000050, 0 characters",
        "050100030261e90050, printable ASCII", // a Latin-1 letter
        "0501000301200050, printable ASCII", // a space
        "0501000301000050, printable ASCII", // NUL
        "05010003020d0a0050, printable ASCII", // CR LF
    })
    void badDomainsAreMalformed(String hex, String message) {
        assertMalformed(REQUEST, hex, message);
    }

    @ParameterizedTest
    @CsvSource({"0101ff0161, username of 1 bytes is not UTF-8", "01016102c328, password of 2 bytes is not UTF-8"})
    void credentialsMustBeUtf8(String hex, String message) {
        assertMalformed(PASSWORD, hex, message);
    }

    @Test
    void reservedByteIsIgnored() throws MalformedPacket {
        ByteBuffer memory = ByteBuffer.wrap(HexFormat.of().parseHex("0501ff01c00002010050"));

        assertThat(Request.decode(memory, 0, 10))
                .contains(new Request(Command.CONNECT, new Target.Ipv4(0xC0000201), 80));
    }

    /// The answer is REP 8; nothing behind the type can be understood.
    @Test
    void unknownAddressTypeIsDecodedAtOnce() throws MalformedPacket {
        ByteBuffer memory = ByteBuffer.wrap(HexFormat.of().parseHex("05010002"));

        assertThat(Request.decode(memory, 0, 4)).contains(new Request(Command.CONNECT, new Target.UnknownType(2), 0));
    }

    static Stream<Arguments> captures() {
        Greeting anyOfThree = new Greeting(List.of(AuthMethod.NONE, AuthMethod.GSSAPI, AuthMethod.USERNAME_PASSWORD));
        Greeting noneOrGssapi = new Greeting(List.of(AuthMethod.NONE, AuthMethod.GSSAPI));
        Greeting none = new Greeting(List.of(AuthMethod.NONE)); // Chromium never offers a password
        return Stream.of(
                arguments("socks5-curl-password-greeting", GREETING, anyOfThree),
                arguments(
                        "socks5-curl-password-username-password", PASSWORD, new UsernamePassword("alice", "swordfish")),
                arguments("socks5-curl-password-request", REQUEST, connect(new Target.Domain("sfu.example.com"), 443)),
                arguments("socks5-curl-ipv4-greeting", GREETING, noneOrGssapi),
                arguments("socks5-curl-ipv4-request", REQUEST, connect(new Target.Ipv4(0xC0000201), 80)),
                arguments("socks5-curl-ipv6-request", REQUEST, connect(new Target.Ipv6(0x20010DB8_00000000L, 1), 80)),
                arguments("socks5-chromium-greeting", GREETING, none),
                arguments("socks5-chromium-request", REQUEST, connect(new Target.Domain("clients2.google.com"), 80)));
    }

    @ParameterizedTest
    @MethodSource("captures")
    void readsCapturedPackets(String name, Codec<?> codec, Object value) throws MalformedPacket {
        byte[] packet = Packets.read(name);

        assertThat((Object) codec.decoder().decode(ByteBuffer.wrap(packet), 0, packet.length))
                .isEqualTo(Optional.of(value));
    }

    @Test
    void passwordIsNotShown() {
        assertThat(new UsernamePassword("alice", "swordfish")).hasToString("UsernamePassword[alice, hidden]");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void portsOutsideTheirRangeAreRefused(int port) {
        assertThatThrownBy(() -> new Request(Command.CONNECT, new Target.Ipv4(1), port))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Reply(0, new Target.Ipv4(1), port)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void impossibleValuesAreRefused() {
        assertThatThrownBy(() -> new Greeting(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Greeting(List.of(256))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UsernamePassword("x".repeat(256), ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Target.Domain("x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
        assertThat(new Target.Ipv4(0xC0000201)).hasToString("192.0.2.1");
    }

    private static Request connect(Target target, int port) {
        return new Request(Command.CONNECT, target, port);
    }

    private static Target target(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Target.Ipv4(random.nextInt());
            case 1 -> new Target.Ipv6(random.nextLong(), random.nextLong());
            default -> new Target.Domain("a".repeat(random.nextInt(1, 256)));
        };
    }

    private static void assertMalformed(Codec<?> codec, String hex, String message) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThatThrownBy(() -> codec.decoder().decode(ByteBuffer.wrap(bytes), 0, bytes.length))
                .isInstanceOf(MalformedPacket.class)
                .hasMessageContaining(message);
    }
}
