package io.callgate.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;

/// Servers that tunnels may or may not reach.
final class Destinations {
    private Destinations() {}

    /// What a server does with one connection, on a thread of its own.
    interface Service {
        void serve(Socket client) throws IOException;
    }

    /// A server on 127.0.0.1 that serves every connection as told.
    static Server serving(Service service) {
        return new Server(service);
    }

    /// Sends back what comes, then its FIN.
    static Server echoing() {
        return serving(client -> client.getInputStream().transferTo(client.getOutputStream()));
    }

    static final class Server implements AutoCloseable {
        private final ServerSocket socket;

        private Server(Service service) {
            try {
                socket = new ServerSocket();
                socket.bind(new InetSocketAddress(TcpRelay.LOOPBACK.toInetAddress(), 0));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Thread.ofVirtual().start(() -> acceptAll(service));
        }

        int port() {
            return socket.getLocalPort();
        }

        String authority() {
            return "127.0.0.1:" + port();
        }

        private void acceptAll(Service service) {
            try {
                while (true) {
                    Socket client = socket.accept();
                    Thread.ofVirtual().start(() -> serveOne(service, client));
                }
            } catch (IOException closed) {
                return;
            }
        }

        private static void serveOne(Service service, Socket client) {
            try (client) {
                service.serve(client);
            } catch (IOException gone) {
                return;
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

    /// A listening socket on every address of this machine that must never be reached.
    static final class Forbidden implements AutoCloseable {
        private final ServerSocketChannel socket;

        Forbidden() {
            try {
                socket = ServerSocketChannel.open();
                socket.bind(new InetSocketAddress(0));
                socket.configureBlocking(false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        int port() {
            return socket.socket().getLocalPort();
        }

        boolean wasReached() {
            try {
                return socket.accept() != null;
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
}
