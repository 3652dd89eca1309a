package io.callgate.e2e;

import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.testkit.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The least HTTP CONNECT proxy that a browser accepts. With the credentials of our relay it carries the
/// signalling where the relay under test has no proxy of its own; without any it is the proxy that a company has
/// for its staff. One virtual thread a direction.
final class ConnectStandIn implements AutoCloseable {
    private static final Pattern TARGET = Pattern.compile("^CONNECT ([0-9.]+):(\\d+) HTTP/1\\.1\r\n");
    private static final Pattern BASIC = Pattern.compile("(?i)\r\nProxy-Authorization: Basic (\\S+)\r\n");
    private static final int BUFFER_BYTES = 16 * 1024;

    private final Host host;
    private final Predicate<String> admits;
    private final ServerSocketChannel server;

    private ConnectStandIn(Host host, InetSocketAddress listen, Predicate<String> admits) {
        this.host = host;
        this.admits = admits;
        this.server = host.inside(() -> ServerSocketChannel.open().bind(listen));
        Thread.ofVirtual().name("CONNECT stand-in").start(this::acceptAll);
    }

    /// @param secret of the credentials that it wants, as Basic
    static ConnectStandIn withCredentials(Host host, InetSocketAddress listen, Secret secret) {
        return new ConnectStandIn(host, listen, head -> isAuthorized(head, secret));
    }

    /// For everybody, to everywhere.
    static ConnectStandIn open(Host host, InetSocketAddress listen) {
        return new ConnectStandIn(host, listen, _ -> true);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the CONNECT stand-in", e);
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            return; // closed on purpose
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                SocketChannel target = host.inside(SocketChannel::open)) {
            String head = readHead(client);
            Matcher connect = TARGET.matcher(head);
            if (!connect.find()) {
                answer(client, "405 Method Not Allowed\r\nConnection: close");
            } else if (!admits.test(head)) {
                answer(client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"lab\"");
            } else {
                target.connect(new InetSocketAddress(connect.group(1), Integer.parseInt(connect.group(2))));
                answer(client, "200 Connection Established");
                Thread back = Thread.ofVirtual().start(() -> pump(target, client));
                pump(client, target);
                back.join();
            }
        } catch (IOException e) {
            return; // one of the two ends has gone: the other sees its connection close
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String readHead(SocketChannel client) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(BUFFER_BYTES);
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            if (client.read(head) <= 0) throw new IOException("no whole request");
            text = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    private static boolean isAuthorized(String head, Secret secret) {
        Matcher basic = BASIC.matcher(head);
        if (!basic.find()) return false;
        String pair = new String(Base64.getDecoder().decode(basic.group(1)), StandardCharsets.UTF_8);
        int colon = pair.lastIndexOf(':'); // the username has colons of its own
        return RelayCredential.password(secret, pair.substring(0, colon)).equals(pair.substring(colon + 1));
    }

    private static void answer(SocketChannel client, String status) throws IOException {
        String end = status.startsWith("200") ? "\r\n\r\n" : "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.write(StandardCharsets.ISO_8859_1.encode("HTTP/1.1 " + status + end));
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(bytes.clear()) >= 0) {
                bytes.flip();
                while (bytes.hasRemaining()) to.write(bytes);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            return; // as in serve
        }
    }
}
