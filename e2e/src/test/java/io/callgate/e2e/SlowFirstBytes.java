package io.callgate.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A TCP port before another one that lets a client's first bytes through one at a time, each 50 ms after the
/// last.
final class SlowFirstBytes implements AutoCloseable {
    private static final int SLOW_BYTES = 24;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final ServerSocket server;
    private final InetSocketAddress target;

    SlowFirstBytes(InetSocketAddress target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::acceptAll);
    }

    int port() {
        return server.getLocalPort();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket relay = new Socket()) {
            relay.connect(target);
            relay.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> {
                try (client) {
                    relay.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException gone) {
                    return;
                }
            });
            InputStream from = client.getInputStream();
            OutputStream to = relay.getOutputStream();
            for (int i = 0; i < SLOW_BYTES; i++) {
                int next = from.read();
                if (next < 0) {
                    break;
                }
                to.write(next);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            from.transferTo(to);
            relay.shutdownOutput();
        } catch (IOException gone) {
            return;
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
