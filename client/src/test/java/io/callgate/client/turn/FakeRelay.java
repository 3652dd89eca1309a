package io.callgate.client.turn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
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
import io.callgate.wire.stun.SecurityFeatures;
import io.callgate.wire.stun.TransactionId;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A relay over UDP that keeps to the protocol, except where a test says otherwise. Channel data comes back as it
/// is.
final class FakeRelay implements AutoCloseable {
    static final InetSocketAddress RELAYED = new InetSocketAddress("203.0.113.7", 50_000);
    static final Login ALICE = new Login("alice", "wonderland");

    private static final String REALM = "callgate";
    private static final int LARGEST_BYTES = 65_535;

    private final DatagramSocket socket;

    /// What a method is answered with once, before it is answered as it should be. Empty: with nothing.
    private final Map<Integer, BlockingQueue<List<Attribute>>> faults = new ConcurrentHashMap<>();

    private final BlockingQueue<Message> requests = new LinkedBlockingQueue<>();
    private final AtomicInteger nonce = new AtomicInteger(1);
    private volatile long lifetimeSeconds = 600;
    private volatile boolean sha256;
    private volatile boolean forges;
    private volatile boolean bindsNonces;

    FakeRelay() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve, "fake-relay");
        thread.setDaemon(true);
        thread.start();
    }

    HostPort address() {
        return new HostPort("127.0.0.1", socket.getLocalPort());
    }

    InetSocketAddress socketAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /// The next request of that method goes unheard.
    FakeRelay misses(int method) {
        return answersOnce(method);
    }

    FakeRelay refuses(int method, int code, String reason, Attribute... more) {
        List<Attribute> answer = new ArrayList<>(List.of(new Attribute.ErrorCode(code, reason)));
        answer.addAll(Arrays.asList(more));
        return answersOnce(method, answer.toArray(Attribute[]::new));
    }

    private FakeRelay answersOnce(int method, Attribute... answer) {
        faults.computeIfAbsent(method, any -> new LinkedBlockingQueue<>()).add(List.of(answer));
        return this;
    }

    FakeRelay withLifetime(long seconds) {
        lifetimeSeconds = seconds;
        return this;
    }

    FakeRelay withSha256() {
        sha256 = true;
        return this;
    }

    /// Everything proven is first answered by somebody who does not know the password.
    FakeRelay withForger() {
        forges = true;
        return this;
    }

    /// A nonce of another connection is worth nothing, and told with 401.
    FakeRelay withNoncesOfOneConnection() {
        bindsNonces = true;
        return this;
    }

    void changeNonce() {
        nonce.incrementAndGet();
    }

    /// Requests in the order in which they came, repetitions included.
    BlockingQueue<Message> requests() {
        return requests;
    }

    private void serve() {
        byte[] memory = new byte[LARGEST_BYTES];
        while (true) {
            try {
                DatagramPacket packet = new DatagramPacket(memory, memory.length);
                socket.receive(packet);
                ByteBuffer view = ByteBuffer.wrap(memory);
                if (ChannelData.isValidDatagram(view, 0, packet.getLength())) {
                    socket.send(packet);
                } else {
                    answer(packet, view);
                }
            } catch (IOException e) {
                return; // closed
            } catch (MalformedPacket e) {
                throw new AssertionError("the client sent a malformed packet", e);
            }
        }
    }

    private void answer(DatagramPacket packet, ByteBuffer view) throws IOException, MalformedPacket {
        Message request = MessageDecoder.decode(view, 0, packet.getLength());
        requests.add(request);
        InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
        boolean proven = isProven(request, view, packet.getLength(), client);
        BlockingQueue<List<Attribute>> planned = faults.get(request.method());
        List<Attribute> fault = proven && planned != null ? planned.poll() : null;
        if (fault != null && fault.isEmpty()) {
            return;
        }
        if (fault != null) {
            send(client, request, MessageClass.ERROR, null, fault.toArray(Attribute[]::new));
        } else if (request.method() == Method.BINDING) {
            send(client, request, MessageClass.SUCCESS, null, mapped(client));
        } else if (!proven) {
            send(client, request, MessageClass.ERROR, null, challenge(request, client));
        } else {
            if (forges) send(client, request, MessageClass.SUCCESS, "forged".getBytes(UTF_8), success(request, client));
            send(client, request, MessageClass.SUCCESS, key(), success(request, client));
        }
    }

    private Attribute[] challenge(Message request, InetSocketAddress client) {
        boolean stale = !bindsNonces && request.find(Attribute.Nonce.class).isPresent();
        List<Attribute> attributes = new ArrayList<>(List.of(
                stale ? new Attribute.ErrorCode(438, "Stale Nonce") : new Attribute.ErrorCode(401, "Unauthenticated"),
                new Attribute.Realm(REALM),
                new Attribute.Nonce(nonceText(client))));
        if (sha256) {
            attributes.add(new Attribute.PasswordAlgorithms(List.of(PasswordAlgorithm.SHA256, PasswordAlgorithm.MD5)));
        }
        return attributes.toArray(Attribute[]::new);
    }

    private Attribute[] success(Message request, InetSocketAddress client) {
        return switch (request.method()) {
            case Method.ALLOCATE ->
                new Attribute[] {
                    new Attribute.XorRelayedAddress(TransportAddress.of(RELAYED)),
                    mapped(client),
                    new Attribute.Lifetime(lifetimeSeconds)
                };
            case Method.REFRESH -> new Attribute[] {new Attribute.Lifetime(lifetimeSeconds)};
            default -> new Attribute[0];
        };
    }

    private static Attribute mapped(InetSocketAddress client) {
        return new Attribute.XorMappedAddress(TransportAddress.of(client));
    }

    private String nonceText(InetSocketAddress client) {
        return (sha256 ? new SecurityFeatures(true, false).nonceCookie() : "")
                + ("nonce" + nonce.get())
                + (bindsNonces ? "of" + client.getPort() : "");
    }

    private byte[] key() {
        return sha256
                ? Integrity.longTermKeySha256(ALICE.name(), REALM, ALICE.password())
                : Integrity.longTermKeyMd5(ALICE.name(), REALM, ALICE.password());
    }

    private boolean isProven(Message request, ByteBuffer view, int length, InetSocketAddress client) {
        boolean fresh = request.find(Attribute.Nonce.class)
                .map(found -> found.value().equals(nonceText(client)))
                .orElse(false);
        return fresh
                && (sha256
                        ? Integrity.verifySha256(view, 0, length, key())
                        : Integrity.verifySha1(view, 0, length, key()));
    }

    private void send(
            InetSocketAddress to, Message request, MessageClass kind, byte @Nullable [] key, Attribute... attributes)
            throws IOException {
        byte[] memory = new byte[2048];
        MessageEncoder encoder = MessageEncoder.begin(ByteBuffer.wrap(memory), 0, kind, request.method(), request.id());
        for (Attribute attribute : attributes) encoder.add(attribute);
        if (key != null && sha256) encoder.integritySha256(key);
        if (key != null && !sha256) encoder.integrity(key);
        socket.send(new DatagramPacket(memory, encoder.finish(), to));
    }

    /// As a relay passes on what came from a port that has no channel.
    void indicate(InetSocketAddress client, InetSocketAddress peer, byte[] payload) throws IOException {
        byte[] memory = new byte[2048];
        int length = MessageEncoder.begin(
                        ByteBuffer.wrap(memory), 0, MessageClass.INDICATION, Method.DATA, new TransactionId(1, 2))
                .add(new Attribute.XorPeerAddress(TransportAddress.of(peer)))
                .add(new Attribute.Data(Bytes.of(payload)))
                .finish();
        socket.send(new DatagramPacket(memory, length, client));
    }

    @Override
    public void close() {
        socket.close();
    }
}
