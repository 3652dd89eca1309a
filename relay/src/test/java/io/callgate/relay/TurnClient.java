package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.wire.Bytes;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Attribute.PasswordAlgorithms;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.MessageDecoder;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.Method;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelData;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A TURN client over one real socket: blocking, and hides nothing: every packet can also be made and sent by
/// hand. Retransmits nothing and retries nothing.
final class TurnClient implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MAX_MESSAGE_BYTES = 65_535;

    private final Wire socket;
    private final InetSocketAddress relay;
    private final Login login;
    private final Deque<byte[]> inbox = new ArrayDeque<>();
    private @Nullable Challenge challenge;

    /// How whole messages go to the relay and come from it.
    interface Wire extends AutoCloseable {
        InetSocketAddress address();

        void send(InetSocketAddress relay, byte[] message);

        UdpPeer.Datagram receive();

        @Override
        void close();
    }

    /// How a client proves itself.
    enum Style {
        /// MESSAGE-INTEGRITY by the MD5 key, as today's browsers.
        RFC5389,
        /// PASSWORD-ALGORITHM SHA-256, MESSAGE-INTEGRITY-SHA256.
        RFC8489,
        /// The same, but USERHASH in the place of USERNAME.
        USERHASH
    }

    record Login(String userName, String password, Style style) {
        static Login of(String userName, String password) {
            return new Login(userName, password, Style.RFC5389);
        }

        Login by(Style other) {
            return new Login(userName, password, other);
        }
    }

    /// What a 401 or 438 brings.
    record Challenge(String realm, String nonce, Optional<PasswordAlgorithms> algorithms) {
        static Challenge of(Message answer) {
            return new Challenge(
                    answer.find(Attribute.Realm.class).orElseThrow().value(),
                    answer.find(Attribute.Nonce.class).orElseThrow().value(),
                    answer.find(PasswordAlgorithms.class));
        }
    }

    /// A payload of a peer.
    ///
    /// @param peer null if it came by a channel
    /// @param channel 0 if it came by a Data indication
    record Incoming(@Nullable InetSocketAddress peer, int channel, Bytes content) {
        byte[] payload() {
            return content.toArray();
        }

        String text() {
            return new String(payload(), StandardCharsets.UTF_8);
        }
    }

    TurnClient(InetSocketAddress relay, Login login) {
        this(UdpPeer.on(relay.getAddress().getHostAddress()), relay, login);
    }

    TurnClient(Wire socket, InetSocketAddress relay, Login login) {
        this.socket = socket;
        this.relay = relay;
        this.login = login;
    }

    InetSocketAddress address() {
        return socket.address();
    }

    // ---------------------------------------------------------------------------------------------- whole procedures

    /// @return the relayed address
    InetSocketAddress allocate(Attribute... more) {
        Message answer = tryAllocate(more);
        assertThat(errorOf(answer)).as("Allocate refused: %s", answer).isZero();
        return relayed(answer).getFirst();
    }

    Message tryAllocate(Attribute... more) {
        return request(Method.ALLOCATE, allocateAttributes(more));
    }

    static Attribute[] allocateAttributes(Attribute... more) {
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP));
        attributes.addAll(Arrays.asList(more));
        return attributes.toArray(Attribute[]::new);
    }

    static List<InetSocketAddress> relayed(Message answer) {
        return answer.findAll(Attribute.XorRelayedAddress.class).stream()
                .map(relayed -> relayed.address().toInetSocketAddress())
                .toList();
    }

    /// @return the lifetime given, in seconds
    long refresh(long seconds) {
        Message answer = request(Method.REFRESH, new Attribute.Lifetime(seconds));
        assertThat(errorOf(answer)).as("Refresh refused: %s", answer).isZero();
        return answer.find(Attribute.Lifetime.class).orElseThrow().seconds();
    }

    void permit(InetSocketAddress peer) {
        Message answer = tryPermit(peer);
        assertThat(errorOf(answer)).as("CreatePermission refused: %s", answer).isZero();
    }

    Message tryPermit(InetSocketAddress... peers) {
        return request(
                Method.CREATE_PERMISSION,
                Arrays.stream(peers).map(TurnClient::peer).toArray(Attribute[]::new));
    }

    void bind(int channel, InetSocketAddress peer) {
        Message answer = tryBind(channel, peer);
        assertThat(errorOf(answer)).as("ChannelBind refused: %s", answer).isZero();
    }

    Message tryBind(int channel, InetSocketAddress peer) {
        return request(Method.CHANNEL_BIND, new Attribute.ChannelNumber(channel), peer(peer));
    }

    void sendTo(InetSocketAddress peer, String text) {
        sendTo(peer, text.getBytes(StandardCharsets.UTF_8));
    }

    void sendTo(InetSocketAddress peer, byte[] payload) {
        indicate(peer(peer), new Attribute.Data(Bytes.of(payload)));
    }

    void indicate(Attribute... attributes) {
        send(message(MessageClass.INDICATION, Method.SEND, newId(), attributes));
    }

    void sendOn(int channel, String text) {
        sendOn(channel, text.getBytes(StandardCharsets.UTF_8));
    }

    void sendOn(int channel, byte[] payload) {
        ByteBuffer packet = ByteBuffer.allocate(ChannelData.HEADER_BYTES + payload.length);
        ChannelData.writeHeader(packet, 0, channel, payload.length);
        packet.put(ChannelData.HEADER_BYTES, payload);
        send(packet.array());
    }

    /// The next payload of a peer; answers to requests are no payloads.
    Incoming receive() {
        byte[] packet = inbox.isEmpty() ? socket.receive().bytes() : inbox.removeFirst();
        ByteBuffer memory = ByteBuffer.wrap(packet);
        if (ChannelData.isValidDatagram(memory, 0, packet.length)) {
            return new Incoming(
                    null,
                    ChannelData.channelNumber(memory, 0),
                    Bytes.copyOf(memory, ChannelData.HEADER_BYTES, ChannelData.payloadBytes(memory, 0)));
        }
        Message indication = decode(packet);
        assertThat(indication.type()).as("%s", indication).isEqualTo(MessageClass.INDICATION);
        assertThat(indication.method()).isEqualTo(Method.DATA);
        return new Incoming(
                indication
                        .find(Attribute.XorPeerAddress.class)
                        .orElseThrow()
                        .address()
                        .toInetSocketAddress(),
                0,
                indication.find(Attribute.Data.class).orElseThrow().value());
    }

    /// When its answer is here, whatever was sent before on this socket has been dealt with.
    Message settle() {
        return exchange(message(MessageClass.REQUEST, Method.BINDING, newId()));
    }

    // ----------------------------------------------------------------------------------------------- single requests

    /// A signed request and its answer, whose integrity is checked.
    Message request(int method, Attribute... attributes) {
        return exchange(signed(method, newId(), attributes));
    }

    /// Asks for a challenge if there is none, and signs.
    byte[] signed(int method, TransactionId id, Attribute... attributes) {
        Challenge known = challenge;
        if (known == null) {
            known = Challenge.of(exchange(message(MessageClass.REQUEST, Method.ALLOCATE, newId())));
            challenge = known;
        }
        return signed(known, method, id, attributes);
    }

    byte[] signed(Challenge by, int method, TransactionId id, Attribute... attributes) {
        ByteBuffer memory = ByteBuffer.allocate(MAX_MESSAGE_BYTES);
        MessageEncoder encoder = MessageEncoder.begin(memory, 0, MessageClass.REQUEST, method, id);
        for (Attribute attribute : attributes) {
            encoder.add(attribute);
        }
        encoder.add(
                login.style() == Style.USERHASH
                        ? new Attribute.UserHash(Bytes.of(Integrity.userHash(login.userName(), by.realm())))
                        : new Attribute.Username(login.userName()));
        encoder.add(new Attribute.Realm(by.realm()));
        encoder.add(new Attribute.Nonce(by.nonce()));
        if (login.style() == Style.RFC5389) {
            encoder.integrity(key(by.realm()));
        } else {
            encoder.add(PasswordAlgorithm.SHA256);
            encoder.add(by.algorithms().orElseThrow());
            encoder.integritySha256(key(by.realm()));
        }
        return Arrays.copyOf(memory.array(), encoder.finish());
    }

    byte[] key(String realm) {
        return login.style() == Style.RFC5389
                ? Integrity.longTermKeyMd5(login.userName(), realm, login.password())
                : Integrity.longTermKeySha256(login.userName(), realm, login.password());
    }

    /// The realm and nonce in use.
    Challenge challenge() {
        Challenge known = challenge;
        assertThat(known).isNotNull();
        return known;
    }

    void challenge(@Nullable Challenge next) {
        challenge = next;
    }

    /// Sends a request and waits for the answer with its transaction id; what else comes is kept for [#receive].
    Message exchange(byte[] packet) {
        send(packet);
        return answerTo(packet);
    }

    /// The packet that answers a request that was sent.
    Message answerTo(byte[] packet) {
        return decode(rawAnswerTo(packet));
    }

    byte[] rawAnswerTo(byte[] packet) {
        TransactionId id = TransactionId.of(ByteBuffer.wrap(packet), 0);
        while (true) {
            byte[] answer = socket.receive().bytes();
            ByteBuffer memory = ByteBuffer.wrap(answer);
            if (StunHeader.looksLikeStun(memory, 0, answer.length)
                    && TransactionId.of(memory, 0).equals(id)) {
                checkIntegrity(answer);
                return answer;
            }
            inbox.addLast(answer);
        }
    }

    private void checkIntegrity(byte[] answer) {
        Message message = decode(answer);
        ByteBuffer memory = ByteBuffer.wrap(answer);
        Challenge known = challenge;
        if (known != null && message.find(Attribute.MessageIntegrity.class).isPresent()) {
            assertThat(login.style()).isEqualTo(Style.RFC5389);
            assertThat(Integrity.verifySha1(memory, 0, answer.length, key(known.realm())))
                    .isTrue();
        }
        if (known != null
                && message.find(Attribute.MessageIntegritySha256.class).isPresent()) {
            assertThat(login.style()).isNotEqualTo(Style.RFC5389);
            assertThat(Integrity.verifySha256(memory, 0, answer.length, key(known.realm())))
                    .isTrue();
        }
    }

    void send(byte[] packet) {
        socket.send(relay, packet);
    }

    byte[] receiveRaw() {
        return inbox.isEmpty() ? socket.receive().bytes() : inbox.removeFirst();
    }

    // ------------------------------------------------------------------------------------------------------- messages

    static byte[] message(MessageClass type, int method, TransactionId id, Attribute... attributes) {
        ByteBuffer memory = ByteBuffer.allocate(MAX_MESSAGE_BYTES);
        int bytes = MessageEncoder.encode(memory, 0, new Message(type, method, id, Arrays.asList(attributes)));
        return Arrays.copyOf(memory.array(), bytes);
    }

    static Message decode(byte[] packet) {
        try {
            return MessageDecoder.decode(ByteBuffer.wrap(packet), 0, packet.length);
        } catch (MalformedPacket e) {
            throw new AssertionError("relay sent a malformed packet", e);
        }
    }

    static TransactionId newId() {
        return TransactionId.random(RANDOM);
    }

    static Attribute.XorPeerAddress peer(InetSocketAddress peer) {
        return new Attribute.XorPeerAddress(TransportAddress.of(peer));
    }

    /// 0 for a success.
    static int errorOf(Message answer) {
        if (answer.type() == MessageClass.SUCCESS) {
            return 0;
        }
        assertThat(answer.type()).isEqualTo(MessageClass.ERROR);
        return answer.find(Attribute.ErrorCode.class).orElseThrow().code();
    }

    static String reasonOf(Message answer) {
        return answer.find(Attribute.ErrorCode.class).orElseThrow().reason();
    }

    @Override
    public void close() {
        socket.close();
    }
}
