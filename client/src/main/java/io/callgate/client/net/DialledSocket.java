package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.TimeSource;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What stands behind a [Socket] that a [Dialer] connects. It has no socket of its own before.
final class DialledSocket extends SocketImpl {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Supplier<Dialer> current;
    private final TimeSource time;
    private volatile @Nullable Attempt attempt;
    private volatile @Nullable Socket dialled;
    private volatile boolean closed;
    private int timeoutMillis;

    DialledSocket(Supplier<Dialer> current, TimeSource time) {
        this.current = current;
        this.time = time;
    }

    static SocketException notBindable() {
        return new SocketException("the local address is chosen by the way out");
    }

    @Override
    protected void create(boolean stream) {}

    /// @param patienceMillis 0 for ten seconds
    @Override
    protected void connect(SocketAddress to, int patienceMillis) throws IOException {
        InetSocketAddress host = (InetSocketAddress) to;
        Duration patience = patienceMillis == 0 ? PATIENCE : Duration.ofMillis(patienceMillis);
        Attempt began = Attempt.within(time, patience);
        attempt = began;
        if (closed) {
            throw new SocketException("socket closed");
        }
        try {
            Socket socket = current.get().dial(target(host), began);
            dialled = socket;
            address = host.getAddress();
            port = host.getPort();
            localport = socket.getLocalPort();
            socket.setSoTimeout(timeoutMillis);
            began.handOver();
            if (closed) {
                socket.close();
            }
        } catch (PathException e) {
            ConnectException failed = new ConnectException(e.getMessage());
            failed.initCause(e);
            throw failed;
        }
    }

    private static HostPort target(InetSocketAddress host) throws UnknownHostException {
        try {
            return new HostPort(host.getHostString(), host.getPort());
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host + ": " + e.getMessage());
        }
    }

    @Override
    protected void connect(String host, int to) throws IOException {
        connect(new InetSocketAddress(DialerSockets.unresolved(host), to), 0);
    }

    @Override
    protected void connect(InetAddress host, int to) throws IOException {
        connect(new InetSocketAddress(host, to), 0);
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        return open().getInputStream();
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        return open().getOutputStream();
    }

    @Override
    protected int available() throws IOException {
        return open().getInputStream().available();
    }

    @Override
    protected void shutdownInput() throws IOException {
        open().shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        open().shutdownOutput();
    }

    private Socket open() throws SocketException {
        Socket socket = dialled;
        if (socket == null) {
            throw new SocketException("not connected");
        }
        return socket;
    }

    @Override
    protected void close() throws IOException {
        closed = true;
        Attempt connecting = attempt;
        if (connecting != null) {
            connecting.callOff();
        }
        Socket socket = dialled;
        if (socket != null) {
            socket.close();
        }
    }

    /// The timeout counts from before the connect as well; all else has its meaning only on an open socket, and is
    /// passed over before.
    @Override
    public void setOption(int option, Object value) throws SocketException {
        Socket socket = dialled;
        if (option == SocketOptions.SO_TIMEOUT) {
            timeoutMillis = (Integer) value;
        }
        if (socket == null) {
            return;
        }
        switch (option) {
            case SocketOptions.SO_TIMEOUT -> socket.setSoTimeout((Integer) value);
            case SocketOptions.TCP_NODELAY -> socket.setTcpNoDelay((Boolean) value);
            case SocketOptions.SO_KEEPALIVE -> socket.setKeepAlive((Boolean) value);
            default -> throw new SocketException("option " + option + " is not the caller's to set");
        }
    }

    @Override
    public Object getOption(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_TIMEOUT -> timeoutMillis;
            case SocketOptions.TCP_NODELAY -> open().getTcpNoDelay();
            case SocketOptions.SO_KEEPALIVE -> open().getKeepAlive();
            case SocketOptions.SO_BINDADDR -> open().getLocalAddress();
            default -> throw new SocketException("option " + option + " is not known here");
        };
    }

    @Override
    protected void bind(InetAddress host, int at) throws IOException {
        throw notBindable();
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("this socket connects");
    }

    @Override
    protected void accept(SocketImpl other) throws IOException {
        throw new SocketException("this socket connects");
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw new SocketException("no urgent data over proxies");
    }

    /// None: whoever needs one must not be given this socket.
    @Override
    protected @Nullable FileDescriptor getFileDescriptor() {
        return null;
    }
}
