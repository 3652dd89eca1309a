package io.callgate.examples.browser;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import javax.net.SocketFactory;

/// A port on loopback that leads to an SFU's signalling, through the relay: bytes there and back, a WebSocket as
/// anything else. Threads of its own, two for each connection.
final class SignallingDoor {
    private static final int DEFAULT_PORT = 80;

    private final ServerSocket listener;
    private final URI to;
    private final SocketFactory sockets;

    private SignallingDoor(ServerSocket listener, URI to, SocketFactory sockets) {
        this.listener = listener;
        this.to = to;
        this.sockets = sockets;
    }

    /// @param to `ws://…`; the page's own TLS would meet a name that is not 127.0.0.1
    static SignallingDoor to(URI to, SocketFactory sockets) throws IOException {
        if (!"ws".equals(to.getScheme()) || to.getHost() == null) {
            throw new IllegalArgumentException(to + ": want ws://HOST:PORT");
        }
        SignallingDoor door =
                new SignallingDoor(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), to, sockets);
        start(door::acceptAll);
        return door;
    }

    /// For the page.
    String url() {
        return "ws://127.0.0.1:" + listener.getLocalPort() + "/";
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket page = listener.accept();
                start(() -> serve(page));
            }
        } catch (IOException e) {
            System.err.println("no more signalling: " + e.getMessage());
        }
    }

    private void serve(Socket page) {
        int port = to.getPort() > 0 ? to.getPort() : DEFAULT_PORT;
        try (page;
                Socket sfu = sockets.createSocket(to.getHost(), port)) {
            start(() -> pump(sfu, page));
            pump(page, sfu);
        } catch (IOException e) {
            System.err.println("signalling: " + e.getMessage()); // the page sees its WebSocket close
        }
    }

    private static void pump(Socket from, Socket into) {
        try {
            from.getInputStream().transferTo(into.getOutputStream());
            into.close();
        } catch (IOException e) {
            return; // one of the two has gone; the other direction notices by itself
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "signalling-door");
        thread.setDaemon(true);
        thread.start();
    }
}
