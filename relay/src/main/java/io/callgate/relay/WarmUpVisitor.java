package io.callgate.relay;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.ChannelNumber;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;

/// A client that allocates, sends its peer two packets and gets them back, and leaves. It is its own peer, too.
/// Blocks; its relay is in the same process.
final class WarmUpVisitor implements AutoCloseable {
    private static final int BUFFER_BYTES = 2048;
    private static final int PAYLOAD_BYTES = 160; // 20 ms of G.711

    private final WarmUpLine line;
    private final Login login;
    private final DatagramSocket peer;
    private final Random ids = new Random(); // nobody can forge answers on loopback but who owns the machine
    private final ByteBuffer memory = ByteBuffer.allocate(BUFFER_BYTES);

    record Login(String username, String password) {
        @Override
        public String toString() {
            return username + ", password hidden";
        }
    }

    /// @param line which it closes
    /// @param peer where what it sends arrives; stays open
    WarmUpVisitor(WarmUpLine line, Login login, DatagramSocket peer) {
        this.line = line;
        this.login = login;
        this.peer = peer;
    }

    /// @param isSha256 whether it knows the algorithms of RFC 8489
    /// @throws IOException if it is not served
    void visit(boolean isSha256) throws IOException, MalformedPacket {
        Attribute transport = new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP);
        Message challenge = answer(begin(Method.ALLOCATE).add(transport));
        Proof proof = new Proof(login, challenge, isSha256);
        accepted(answer(proof.seal(begin(Method.ALLOCATE).add(transport))));
        Attribute there = new Attribute.XorPeerAddress(
                TransportAddress.of(new InetSocketAddress(peer.getLocalAddress(), peer.getLocalPort())));
        accepted(answer(proof.seal(begin(Method.CREATE_PERMISSION).add(there))));
        echoByIndications(there);
        Attribute channel = new Attribute.ChannelNumber(ChannelNumber.FIRST);
        accepted(answer(proof.seal(begin(Method.CHANNEL_BIND).add(channel).add(there))));
        echoByChannel();
        accepted(answer(proof.seal(begin(Method.REFRESH).add(new Attribute.Lifetime(0)))));
    }

    private void echoByIndications(Attribute there) throws IOException, MalformedPacket {
        Attribute payload = new Attribute.Data(Bytes.of(new byte[PAYLOAD_BYTES]));
        MessageEncoder sent =
                MessageEncoder.begin(memory, 0, MessageClass.INDICATION, Method.SEND, TransactionId.random(ids));
        line.send(memory.array(), sent.add(there).add(payload).finish());
        sendBack();
        Message came = MessageDecoder.decode(memory, 0, line.receive(memory.array()));
        if (came.method() != Method.DATA) {
            throw new IOException("no Data indication: " + came);
        }
    }

    private void echoByChannel() throws IOException, MalformedPacket {
        ChannelData.writeHeader(memory, 0, ChannelNumber.FIRST, PAYLOAD_BYTES);
        line.send(memory.array(), ChannelData.HEADER_BYTES + PAYLOAD_BYTES);
        sendBack();
        line.receive(memory.array());
        if (ChannelData.channelNumber(memory, 0) != ChannelNumber.FIRST) {
            throw new IOException("no ChannelData");
        }
    }

    /// What the peer does.
    private void sendBack() throws IOException {
        DatagramPacket packet = new DatagramPacket(memory.array(), BUFFER_BYTES);
        peer.receive(packet);
        peer.send(packet);
    }

    /// What a challenge asks for.
    private record Proof(
            String username,
            Attribute.Realm realm,
            Attribute.Nonce nonce,
            Attribute.PasswordAlgorithms offered,
            boolean isSha256,
            Bytes key) {
        Proof(Login login, Message challenge, boolean isSha256) throws IOException {
            this(
                    login.username(),
                    wanted(challenge, Attribute.Realm.class),
                    wanted(challenge, Attribute.Nonce.class),
                    wanted(challenge, Attribute.PasswordAlgorithms.class),
                    isSha256,
                    keyOf(login, wanted(challenge, Attribute.Realm.class).value(), isSha256));
        }

        private static Bytes keyOf(Login login, String realm, boolean isSha256) {
            byte[] key = isSha256
                    ? Integrity.longTermKeySha256(login.username(), realm, login.password())
                    : Integrity.longTermKeyMd5(login.username(), realm, login.password());
            return Bytes.of(key);
        }

        MessageEncoder seal(MessageEncoder request) {
            request.add(new Attribute.Username(username)).add(realm).add(nonce);
            return isSha256
                    ? request.add(offered).add(PasswordAlgorithm.SHA256).integritySha256(key.toArray())
                    : request.integrity(key.toArray());
        }
    }

    private static <T extends Attribute> T wanted(Message answer, Class<T> kind) throws IOException {
        return answer.find(kind).orElseThrow(() -> new IOException("no " + kind.getSimpleName() + " in " + answer));
    }

    private static void accepted(Message answer) throws IOException {
        if (answer.type() != MessageClass.SUCCESS) {
            throw new IOException("refused: " + answer);
        }
    }

    private MessageEncoder begin(int method) {
        return MessageEncoder.begin(memory, 0, MessageClass.REQUEST, method, TransactionId.random(ids));
    }

    private Message answer(MessageEncoder request) throws IOException, MalformedPacket {
        line.send(memory.array(), request.finish());
        return MessageDecoder.decode(memory, 0, line.receive(memory.array()));
    }

    @Override
    public void close() throws IOException {
        line.close();
    }
}
