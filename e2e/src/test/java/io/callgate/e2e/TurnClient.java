package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.StreamFramer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/// A blocking TURN client with one allocation: for what the clients of others cannot be made to do. Asks once and
/// retransmits nothing; an answer that does not come within 10 s is an error.
final class TurnClient implements AutoCloseable {
    static final int UNAUTHORIZED = 401;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int LARGEST_BYTES = 65_536;

    private final Transport transport;
    private final Login login;
    private String realm = "";
    private String nonce = "";

    /// Whole messages, over datagrams or a stream.
    private interface Transport {
        void send(byte[] message) throws IOException;

        byte[] receive() throws IOException;

        void close() throws IOException;
    }

    private record Datagrams(DatagramSocket socket) implements Transport {
        @Override
        public void send(byte[] message) throws IOException {
            socket.send(new DatagramPacket(message, message.length));
        }

        @Override
        public byte[] receive() throws IOException {
            DatagramPacket packet = new DatagramPacket(new byte[LARGEST_BYTES], LARGEST_BYTES);
            socket.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private record Stream(Socket socket) implements Transport {
        @Override
        public void send(byte[] message) throws IOException {
            socket.getOutputStream().write(message);
        }

        @Override
        public byte[] receive() throws IOException {
            InputStream in = socket.getInputStream();
            byte[] read = new byte[LARGEST_BYTES];
            for (int bytes = 0; ; ) {
                int next = in.read();
                if (next < 0) throw new EOFException("relay ended the stream after " + bytes + " bytes of a message");
                read[bytes++] = (byte) next;
                try {
                    if (StreamFramer.frameBytes(ByteBuffer.wrap(read), 0, bytes) == bytes) {
                        return Arrays.copyOf(read, bytes);
                    }
                } catch (MalformedPacket e) {
                    throw new AssertionError("relay sent no TURN", e);
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private TurnClient(Transport transport, Login login) {
        this.transport = transport;
        this.login = login;
    }

    static TurnClient overUdp(InetSocketAddress relay, Login login) throws IOException {
        return overUdp(new DatagramSocket(), relay, login);
    }

    /// @param socket in whatever network the client is to be; closed with the client
    static TurnClient overUdp(DatagramSocket socket, InetSocketAddress relay, Login login) throws IOException {
        socket.connect(relay);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return new TurnClient(new Datagrams(socket), login);
    }

    /// @param stream at whose other end only TURN is expected from here on
    static TurnClient over(Socket stream, Login login) throws IOException {
        stream.setSoTimeout(PATIENCE_MILLIS);
        return new TurnClient(new Stream(stream), login);
    }

    /// Makes the allocation.
    ///
    /// @return 0 or the code of the error
    int tryAllocate() {
        Message challenge = exchange(
                new Message(MessageClass.REQUEST, Method.ALLOCATE, TransactionId.random(RANDOM), List.of(udp())));
        assertThat(errorOf(challenge)).isEqualTo(UNAUTHORIZED);
        realm = challenge.find(Attribute.Realm.class).orElseThrow().value();
        nonce = challenge.find(Attribute.Nonce.class).orElseThrow().value();
        return request(Method.ALLOCATE, udp());
    }

    void allocate() {
        assertThat(tryAllocate()).as("Allocate").isZero();
    }

    void refresh() {
        assertThat(request(Method.REFRESH)).as("Refresh").isZero();
    }

    void endAllocation() {
        assertThat(request(Method.REFRESH, new Attribute.Lifetime(0)))
                .as("Refresh to 0")
                .isZero();
    }

    void bind(int channel, InetSocketAddress peer) {
        assertThat(request(
                        Method.CHANNEL_BIND,
                        new Attribute.ChannelNumber(channel),
                        new Attribute.XorPeerAddress(TransportAddress.of(peer))))
                .as("ChannelBind")
                .isZero();
    }

    void send(int channel, int number) {
        send(channel, ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    void send(int channel, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(ChannelData.HEADER_BYTES + payload.length);
        ChannelData.writeHeader(packet, 0, channel, payload.length);
        packet.put(ChannelData.HEADER_BYTES, payload);
        transmit(packet.array());
    }

    /// The number in the next ChannelData.
    int receive(int channel) {
        ByteBuffer packet = ByteBuffer.wrap(next());
        assertThat(ChannelData.channelNumber(packet, 0)).isEqualTo(channel);
        return packet.getInt(ChannelData.HEADER_BYTES);
    }

    @Override
    public void close() {
        try {
            transport.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Attribute udp() {
        return new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP);
    }

    private int request(int method, Attribute... attributes) {
        ByteBuffer memory = ByteBuffer.allocate(LARGEST_BYTES);
        MessageEncoder encoder =
                MessageEncoder.begin(memory, 0, MessageClass.REQUEST, method, TransactionId.random(RANDOM));
        Arrays.stream(attributes).forEach(encoder::add);
        encoder.add(new Attribute.Username(login.name()))
                .add(new Attribute.Realm(realm))
                .add(new Attribute.Nonce(nonce))
                .integrity(Integrity.longTermKeyMd5(login.name(), realm, login.password()));
        return errorOf(answerTo(Arrays.copyOf(memory.array(), encoder.finish())));
    }

    private Message exchange(Message request) {
        ByteBuffer memory = ByteBuffer.allocate(LARGEST_BYTES);
        int bytes = MessageEncoder.encode(memory, 0, request);
        return answerTo(Arrays.copyOf(memory.array(), bytes));
    }

    private Message answerTo(byte[] request) {
        transmit(request);
        byte[] packet = next();
        try {
            Message answer = MessageDecoder.decode(ByteBuffer.wrap(packet), 0, packet.length);
            assertThat(answer.id()).isEqualTo(TransactionId.of(ByteBuffer.wrap(request), 0));
            return answer;
        } catch (MalformedPacket e) {
            throw new AssertionError("relay sent a malformed packet", e);
        }
    }

    private void transmit(byte[] message) {
        try {
            transport.send(message);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] next() {
        try {
            return transport.receive();
        } catch (IOException e) {
            throw new UncheckedIOException("no answer of the relay", e);
        }
    }

    private static int errorOf(Message answer) {
        return answer.find(Attribute.ErrorCode.class)
                .map(Attribute.ErrorCode::code)
                .orElse(0);
    }
}
