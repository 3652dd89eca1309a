package io.callgate.bench.control;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 to control on kept connections, a virtual thread a request, with as little work as it takes: where
/// load and control share a machine, what the one spends the other has not.
final class Caller implements AutoCloseable {
    private final InetSocketAddress control;
    private final Executor threads = work -> Thread.ofVirtual().start(work);
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    Caller(int port) {
        this.control = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// @param bearer empty: none
    /// @return its status, once the whole answer is there
    CompletableFuture<Integer> post(String path, String bearer, String body) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        + (bearer.isEmpty() ? "" : "Authorization: Bearer " + bearer + "\r\n")
                        + "Content-Length: " + content.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + content.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(content, 0, request, head.length, content.length);
        return CompletableFuture.supplyAsync(() -> exchange(request), threads);
    }

    @Override
    public void close() {
        idle.forEach(Connection::close);
    }

    private int exchange(byte[] request) {
        try {
            @Nullable Connection kept = idle.pollFirst();
            if (kept != null) {
                try {
                    return exchange(kept, request);
                } catch (IOException e) { // control had closed it for idleness
                    kept.close();
                }
            }
            return exchange(new Connection(control), request);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int exchange(Connection connection, byte[] request) throws IOException {
        int status = connection.exchange(request);
        idle.addFirst(connection);
        return status;
    }

    private static final class Connection {
        private final Socket socket = new Socket();
        private final InputStream in;

        Connection(InetSocketAddress to) throws IOException {
            socket.connect(to);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setSoTimeout(30_000);
            in = new BufferedInputStream(socket.getInputStream());
        }

        int exchange(byte[] request) throws IOException {
            socket.getOutputStream().write(request);
            String first = line();
            int length = -1;
            for (String line = line(); !line.isEmpty(); line = line()) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(lower.substring(15).trim());
                }
            }
            if (length < 0) {
                throw new IllegalStateException("an answer without its length: " + first);
            }
            in.skipNBytes(length);
            return Integer.parseInt(first.substring(9, 12));
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("the connection ended");
                }
                if (next != '\r') {
                    line.append((char) next);
                }
            }
            return line.toString();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
