package io.callgate.relay;

import io.callgate.model.RelayCredential;
import io.callgate.model.TlsIdentity;
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
import io.callgate.wire.turn.StreamFramer;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// A client that allocates and leaves. Blocks; its relay is in the same process.
final class WarmUpVisitor implements AutoCloseable {
    private static final int BUFFER_BYTES = 2048;
    private static final int PATIENCE_MILLIS = 1_000;

    private final Line line;
    private final RelayCredential login;
    private final Random ids = new Random(); // nobody can forge answers on loopback but who owns the machine
    private final ByteBuffer memory = ByteBuffer.allocate(BUFFER_BYTES);

    /// Messages both ways, over whatever there is.
    private interface Line extends AutoCloseable {
        void send(byte[] message, int length) throws IOException;

        /// @return the bytes of one message, at the start of `memory`
        int receive(byte[] memory) throws IOException, MalformedPacket;

        @Override
        void close() throws IOException;
    }

    private WarmUpVisitor(Line line, RelayCredential login) {
        this.line = line;
        this.login = login;
    }

    static WarmUpVisitor byStream(InetSocketAddress relay, RelayCredential login) throws IOException {
        return new WarmUpVisitor(new StreamLine(connect(relay)), login);
    }

    /// @param ciphers by [#trusting]
    static WarmUpVisitor byTls(InetSocketAddress relay, RelayCredential login, SSLSocketFactory ciphers)
            throws IOException {
        Socket inside = ciphers.createSocket(connect(relay), relay.getHostString(), relay.getPort(), true);
        return new WarmUpVisitor(new StreamLine(inside), login);
    }

    /// For who visits by TLS: knows this certificate and no other.
    static SSLSocketFactory trusting(TlsIdentity identity) throws IOException, GeneralSecurityException {
        KeyStore known = KeyStore.getInstance("JKS"); // whose kind makes no difference: it is never written
        known.load(null, null);
        known.setCertificateEntry("relay", identity.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static Socket connect(InetSocketAddress relay) throws IOException {
        Socket socket = new Socket(Proxy.NO_PROXY); // whatever this JVM was told of proxies
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(relay, PATIENCE_MILLIS);
        return socket;
    }

    static WarmUpVisitor byDatagrams(InetSocketAddress relay, RelayCredential login) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(relay);
        return new WarmUpVisitor(new DatagramLine(socket), login);
    }

    private record StreamLine(Socket socket) implements Line {
        @Override
        public void send(byte[] message, int length) throws IOException {
            socket.getOutputStream().write(message, 0, length);
        }

        @Override
        public int receive(byte[] memory) throws IOException, MalformedPacket {
            int available = 0;
            int frameBytes = 0;
            while (frameBytes == 0) {
                int read = socket.getInputStream().read(memory, available, memory.length - available);
                if (read < 0) {
                    throw new EOFException("closed by the stage");
                }
                available += read;
                frameBytes = StreamFramer.frameBytes(ByteBuffer.wrap(memory), 0, available);
            }
            return frameBytes;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record DatagramLine(DatagramSocket socket) implements Line {
        @Override
        public void send(byte[] message, int length) throws IOException {
            socket.send(new DatagramPacket(message, length));
        }

        @Override
        public int receive(byte[] memory) throws IOException {
            DatagramPacket packet = new DatagramPacket(memory, memory.length);
            socket.receive(packet);
            return packet.getLength();
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /// @param isSha256 whether it knows the algorithms of RFC 8489
    /// @throws IOException if it is not served
    void visit(boolean isSha256) throws IOException, MalformedPacket {
        Attribute transport = new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP);
        Message challenge = answer(begin(Method.ALLOCATE).add(transport));
        Proof proof = new Proof(login, challenge, isSha256);
        accepted(answer(proof.seal(begin(Method.ALLOCATE).add(transport))));
        accepted(answer(proof.seal(begin(Method.REFRESH).add(new Attribute.Lifetime(0)))));
    }

    /// What a challenge asks for.
    private record Proof(
            String username,
            Attribute.Realm realm,
            Attribute.Nonce nonce,
            Attribute.PasswordAlgorithms offered,
            boolean isSha256,
            Bytes key) {
        Proof(RelayCredential login, Message challenge, boolean isSha256) throws IOException {
            this(
                    login.username(),
                    wanted(challenge, Attribute.Realm.class),
                    wanted(challenge, Attribute.Nonce.class),
                    wanted(challenge, Attribute.PasswordAlgorithms.class),
                    isSha256,
                    keyOf(login, wanted(challenge, Attribute.Realm.class).value(), isSha256));
        }

        private static Bytes keyOf(RelayCredential login, String realm, boolean isSha256) {
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
