package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.IpAddress;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.function.Supplier;
import javax.net.SocketFactory;

/// Plain sockets for whoever wants a [SocketFactory], as OkHttp does: each connects by the [Dialer] of the moment.
///
/// A name is dialled as a name, whatever address stands beside it. So a library that insists on resolving first is
/// given [#unresolved] as its resolver, and names still reach the proxy as they are:
///
/// ```java
/// new OkHttpClient.Builder().proxy(Proxy.NO_PROXY).socketFactory(sockets)
///         .dns(name -> List.of(DialerSockets.unresolved(name)));
/// ```
///
/// Immutable and safe for any thread. What stands in the way is an `IOException` with the [PathException] as its
/// cause. Sockets that are open stay with the way they were opened by.
public final class DialerSockets extends SocketFactory {
    /// The IPv4 dummy address (RFC 7600 §4.8): nothing ever answers there, should somebody dial it after all.
    private static final byte[] NOWHERE = {(byte) 192, 0, 0, 8};

    private final Supplier<Dialer> current;
    private final TimeSource time;

    /// @param current asked at each connect; throws [PathException] while there is no way
    public DialerSockets(Supplier<Dialer> current, TimeSource time) {
        this.current = current;
        this.time = time;
    }

    /// The name itself, in the form of an address, for these sockets alone. An address literal stays what it is.
    ///
    /// @throws UnknownHostException if it is neither a name nor an address
    public static InetAddress unresolved(String host) throws UnknownHostException {
        try {
            HostPort checked = new HostPort(host, 1);
            return checked.isAddress()
                    ? IpAddress.parse(checked.host()).toInetAddress()
                    : InetAddress.getByAddress(checked.host(), NOWHERE);
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host + ": " + e.getMessage());
        }
    }

    @Override
    public Socket createSocket() throws SocketException {
        return new ByName(new DialledSocket(current, time));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(InetSocketAddress.createUnresolved(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port));
    }

    /// Always refused: the way out, and with it the local address, is not the caller's to choose.
    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        throw DialledSocket.notBindable();
    }

    /// Always refused, as above.
    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        throw DialledSocket.notBindable();
    }

    private Socket connected(InetSocketAddress to) throws IOException {
        Socket socket = createSocket();
        try {
            socket.connect(to);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Java refuses to connect to a name without an address, so it gets one that nobody uses.
    private static final class ByName extends Socket {
        ByName(DialledSocket dialled) throws SocketException {
            super(dialled);
        }

        @Override
        public void connect(SocketAddress to) throws IOException {
            connect(to, 0);
        }

        @Override
        public void connect(SocketAddress to, int timeoutMillis) throws IOException {
            boolean isName = to instanceof InetSocketAddress address && address.isUnresolved();
            super.connect(isName ? named((InetSocketAddress) to) : to, timeoutMillis);
        }

        private static InetSocketAddress named(InetSocketAddress name) throws UnknownHostException {
            return new InetSocketAddress(unresolved(name.getHostString()), name.getPort());
        }
    }
}
