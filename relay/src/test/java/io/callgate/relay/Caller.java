package io.callgate.relay;

import io.callgate.model.Endpoint;
import io.callgate.model.RelayCredential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// A client of the TCP side: a plain blocking socket that speaks as it is told. Never waits longer than 15 s.
final class Caller implements AutoCloseable {
    static final String STUN_ALLOCATE = "000300002112a442000102030405060708090a0b";
    static final String STUN_BINDING = "000100002112a442000102030405060708090a0b";

    private final Socket raw;
    private Socket socket;

    /// An HTTP answer.
    record HttpReply(int status, Map<String, String> headers, String body) {}

    Caller(Endpoint relay) {
        this(relay, 0);
    }

    /// @param receiveBufferBytes 0 for the system's choice
    Caller(Endpoint relay, int receiveBufferBytes) {
        this(relay, new Socket(), receiveBufferBytes);
    }

    Caller(Endpoint relay, Socket unconnected, int receiveBufferBytes) {
        raw = unconnected;
        socket = unconnected;
        try {
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(new InetSocketAddress(relay.address().toInetAddress(), relay.port()), 5_000);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(15_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Goes on in TLS; whatever certificate comes is fine.
    ///
    /// @param protocols to name by ALPN
    Caller startTls(String... protocols) {
        return startTls(TlsClients.trustingAll(), parameters -> parameters.setApplicationProtocols(protocols));
    }

    /// @throws UncheckedIOException if the handshake fails
    Caller startTls(SSLContext client, Consumer<SSLParameters> setting) {
        try {
            SSLSocket secure =
                    (SSLSocket) client.getSocketFactory().createSocket(socket, "127.0.0.1", socket.getPort(), true);
            SSLParameters parameters = secure.getSSLParameters();
            setting.accept(parameters);
            secure.setSSLParameters(parameters);
            socket = secure;
            secure.startHandshake();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SSLSocket tls() {
        return (SSLSocket) socket;
    }

    InputStream input() {
        try {
            return socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Past TLS.
    void sendRaw(byte[] bytes) {
        try {
            raw.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void send(String ascii) {
        send(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    void sendHex(String hex) {
        send(HexFormat.of().parseHex(hex));
    }

    void finish() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] read(int count) {
        try {
            return socket.getInputStream().readNBytes(count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String readText(int count) {
        return new String(read(count), StandardCharsets.ISO_8859_1);
    }

    /// All that still comes; a reset counts as an end.
    byte[] readToEnd() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            byte[] some = new byte[8192];
            for (int count = input().read(some); count >= 0; count = input().read(some)) {
                all.write(some, 0, count);
            }
        } catch (SocketException reset) {
            return all.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toByteArray();
    }

    // ------------------------------------------------------------------------------------------------------ SOCKS5

    /// Offers username and password, and gives them.
    ///
    /// @return whether they were taken
    boolean socksLogin(String username, String password) {
        return socksLogin(new byte[] {5, 1, 2}, username, password);
    }

    /// The same with another greeting, to be answered by a wish for username and password.
    boolean socksLogin(byte[] greeting, String username, String password) {
        send(greeting);
        if (!Arrays.equals(read(2), new byte[] {5, 2})) {
            return false;
        }
        byte[] name = username.getBytes(StandardCharsets.UTF_8);
        byte[] secret = password.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(1);
        message.write(name.length);
        message.writeBytes(name);
        message.write(secret.length);
        message.writeBytes(secret);
        send(message.toByteArray());
        return Arrays.equals(read(2), new byte[] {1, 0});
    }

    boolean socksLogin(RelayCredential credential) {
        return socksLogin(credential.username(), credential.password());
    }

    /// The request for a name, or a literal as a name.
    static byte[] socksRequest(int command, String name, int port) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, (byte) command, 0, 3, (byte) ascii.length});
        request.writeBytes(ascii);
        request.write(port >> 8);
        request.write(port);
        return request.toByteArray();
    }

    /// The request for an address of 4 or 16 bytes.
    static byte[] socksRequest(int command, byte[] address, int port) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(new byte[] {5, (byte) command, 0, (byte) (address.length == 4 ? 1 : 4)});
        request.writeBytes(address);
        request.write(port >> 8);
        request.write(port);
        return request.toByteArray();
    }

    int socksConnect(String name, int port) {
        send(socksRequest(1, name, port));
        return socksReply();
    }

    int socksConnect(byte[] address, int port) {
        send(socksRequest(1, address, port));
        return socksReply();
    }

    /// @return REP of the reply, or -1 if the connection ended instead
    int socksReply() {
        byte[] head = read(4);
        if (head.length < 4) {
            return -1;
        }
        read((head[3] == 1 ? 4 : 16) + 2);
        return head[1];
    }

    // -------------------------------------------------------------------------------------------------------- HTTP

    static String basic(String username, String password) {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(pair) + "\r\n";
    }

    static String basic(RelayCredential credential) {
        return basic(credential.username(), credential.password());
    }

    /// As a client of control has it: the id of a lease, of which the last part is for relays.
    static String bearer(RelayCredential credential) {
        return "Proxy-Authorization: Bearer " + leaseId(credential) + "\r\n";
    }

    static String leaseId(RelayCredential credential) {
        return "what-control-signed.and-its-signature." + credential.inLease();
    }

    /// @param headers lines with CRLF each
    static String connectRequest(String authority, String headers) {
        return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + headers + "\r\n";
    }

    HttpReply connect(String authority, String headers) {
        send(connectRequest(authority, headers));
        return httpReply(true);
    }

    HttpReply connect(String authority, RelayCredential credential) {
        return connect(authority, basic(credential));
    }

    HttpReply httpReply(boolean hasBody) {
        String[] status = readLine().split(" ", 3);
        if (status.length < 2) {
            return new HttpReply(-1, Map.of(), "");
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        int length = hasBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        return new HttpReply(Integer.parseInt(status[1]), headers, readText(length));
    }

    private String readLine() {
        StringBuilder line = new StringBuilder();
        for (byte[] next = read(1); next.length == 1 && next[0] != '\n'; next = read(1)) {
            line.append((char) next[0]);
        }
        return line.toString().strip();
    }

    /// Leaves at once.
    void hangUp() {
        close();
    }

    /// Leaves with a reset.
    void reset() {
        try {
            raw.setSoLinger(true, 0);
            raw.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
