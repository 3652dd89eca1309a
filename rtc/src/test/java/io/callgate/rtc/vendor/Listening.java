package io.callgate.rtc.vendor;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Whoever comes first to a port of loopback, and the first byte that they say.
public final class Listening implements Closeable {
    public static final int TLS = 0x16;
    public static final int SOCKS5 = 0x05;

    private final ServerSocket socket;
    private final CompletableFuture<Integer> firstByte = new CompletableFuture<>();

    public Listening() throws IOException {
        socket = new ServerSocket(0, 8, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread thread = new Thread(this::listen, "listening");
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        try (Socket caller = socket.accept()) {
            firstByte.complete(caller.getInputStream().read());
        } catch (IOException e) {
            firstByte.completeExceptionally(e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    public String at() {
        return "127.0.0.1:" + port();
    }

    public int firstByte() throws Exception {
        return firstByte.get(10, TimeUnit.SECONDS);
    }

    /// Whether somebody has come.
    public boolean isCalled() {
        return firstByte.isDone();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
