package io.callgate.client.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A server on loopback that does with each connection what a test says, on a thread of its own.
public final class LocalServer implements AutoCloseable {
    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /// What to do with one connection; its end closes it.
    @FunctionalInterface
    public interface Manners {
        void serve(Socket socket) throws IOException;
    }

    private LocalServer(ServerSocket listener, Manners manners) {
        this.listener = listener;
        Thread acceptor = new Thread(() -> accept(manners), "local-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    public static LocalServer start(Manners manners) {
        try {
            return new LocalServer(new ServerSocket(0, 10, InetAddress.getLoopbackAddress()), manners);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param keyStore one of `src/test/resources/tls`
    public static LocalServer startTls(String keyStore, Manners manners) {
        try (InputStream in = LocalServer.class.getResourceAsStream("/tls/" + keyStore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(Objects.requireNonNull(in), "changeit".toCharArray());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, "changeit".toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            ServerSocket listener =
                    context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
            return new LocalServer(listener, manners);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends back what comes.
    public static void echo(Socket socket) throws IOException {
        socket.getInputStream().transferTo(socket.getOutputStream());
    }

    public HostPort address() {
        return new HostPort("127.0.0.1", listener.getLocalPort());
    }

    public HostPort named(String name) {
        return new HostPort(name, listener.getLocalPort());
    }

    private void accept(Manners manners) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread thread = new Thread(() -> serve(socket, manners), "local-server");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void serve(Socket socket, Manners manners) {
        try (socket) {
            manners.serve(socket);
        } catch (IOException e) {
            // The client has gone, or the test is over.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) socket.close();
    }
}
