package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import io.callgate.model.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;

/// Opens sockets: directly, or through proxies one behind the other. Signalling and media use the same dialer, so
/// that neither finds a way around the proxy that the other uses.
///
/// With a hop, only the first hop's own name is resolved here; every other name travels to a proxy as it is.
/// Nothing ever falls back to the direct way. Immutable and safe for any thread; the calls block.
public final class Dialer {
    /// What people wait for a name before they call it broken.
    private static final Duration DNS_PATIENCE = Duration.ofSeconds(10);

    /// When a name has several addresses, the time that one of them may waste.
    private static final Duration ADDRESS_PATIENCE = Duration.ofSeconds(3);

    private final Names names;
    private final List<Hop> hops;

    private Dialer(Names names, List<Hop> hops) {
        this.names = names;
        this.hops = hops;
    }

    public static Dialer direct() {
        return direct(Names.SYSTEM);
    }

    public static Dialer direct(Names names) {
        return new Dialer(names, List.of());
    }

    /// A dialer that goes all the way this one goes, and from its end through that proxy.
    public Dialer through(Hop hop) {
        List<Hop> more = new ArrayList<>(hops);
        more.add(hop);
        return new Dialer(names, List.copyOf(more));
    }

    public boolean isDirect() {
        return hops.isEmpty();
    }

    /// A TCP connection, through all proxies.
    ///
    /// @throws PathException with what stands in the way
    public Socket dial(HostPort to, Attempt attempt) {
        Socket socket =
                hops.isEmpty() ? connect(to, attempt) : connect(hops.get(0).at(), attempt);
        try {
            for (int i = 0; i < hops.size(); i++) {
                HostPort next = i + 1 < hops.size() ? hops.get(i + 1).at() : to;
                socket = pass(hops.get(i), socket, next, attempt);
            }
            socket.setSoTimeout(0);
            return socket;
        } catch (IOException e) {
            Attempt.closeQuietly(socket);
            throw Causes.ofStream(to.toString(), "setting it up", e, attempt.leftMillis());
        } catch (PathException e) {
            Attempt.closeQuietly(socket);
            throw e;
        }
    }

    /// The same, and TLS inside.
    ///
    /// @param applicationProtocols for ALPN, best first; may be empty
    public SSLSocket dialTls(HostPort to, Trust trust, List<String> applicationProtocols, Attempt attempt) {
        return secure(dial(to, attempt), to, trust, applicationProtocols, attempt);
    }

    /// A UDP socket that sends to that host alone and hears it alone.
    ///
    /// @throws PathException if the name does not resolve, there is no route, or this dialer goes through proxies:
    ///     neither kind of proxy carries UDP here
    public DatagramSocket datagrams(HostPort to, Attempt attempt) {
        if (!hops.isEmpty()) {
            throw new PathException(
                    ErrorCode.UDP_BLOCKED,
                    "UDP to " + to + " cannot go through " + hops.get(0),
                    "use TCP, TLS or HTTP through that proxy");
        }
        Exception last = new UnknownHostException(to.host());
        for (InetAddress address : resolve(to.host(), attempt)) {
            DatagramSocket socket = null;
            try {
                socket = attempt.hold(new DatagramSocket());
                socket.connect(new InetSocketAddress(address, to.port()));
                return socket;
            } catch (IOException | UncheckedIOException e) {
                last = e;
                if (socket != null) {
                    socket.close();
                }
            }
        }
        throw new PathException(
                ErrorCode.NO_ROUTE, "no route for UDP to " + to, "check the network of this machine", last);
    }

    /// The addresses of a host, asked of this machine's own resolver.
    public List<InetAddress> resolve(String host, Attempt attempt) {
        if (new HostPort(host, 1).isAddress()) {
            return List.of(IpAddress.parse(host).toInetAddress());
        }
        Attempt patience = attempt.atMost(DNS_PATIENCE);
        FutureTask<List<InetAddress>> lookUp = new FutureTask<>(() -> names.resolve(host));
        Thread thread = new Thread(lookUp, "callgate-dns");
        thread.setDaemon(true);
        thread.start();
        int waitedMillis = patience.leftMillis();
        try {
            return lookUp.get(waitedMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            boolean unknown = e.getCause() instanceof UnknownHostException;
            throw dnsFailed(host, unknown ? "does not resolve" : "cannot be looked up", e);
        } catch (TimeoutException e) {
            throw dnsFailed(host, "gets no answer from DNS within " + waitedMillis + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw dnsFailed(host, "was being looked up when the thread was interrupted", e);
        }
    }

    private static PathException dnsFailed(String host, String how, Exception e) {
        return new PathException(
                ErrorCode.DNS_FAILED,
                host + " " + how,
                "check the name, let DNS (UDP and TCP 53) through, or give the relay's address in place of its name",
                e);
    }

    private Socket connect(HostPort to, Attempt attempt) {
        List<InetAddress> addresses = resolve(to.host(), attempt);
        PathException last = null;
        for (InetAddress address : addresses) {
            Attempt part = addresses.size() == 1 ? attempt : attempt.atMost(ADDRESS_PATIENCE);
            try {
                return connect(to, address, part);
            } catch (PathException e) {
                last = e;
            }
        }
        throw last != null ? last : dnsFailed(to.host(), "has no address", new UnknownHostException(to.host()));
    }

    private static Socket connect(HostPort to, InetAddress address, Attempt attempt) {
        Socket socket = new Socket(Proxy.NO_PROXY); // direct is direct, whatever this JVM was told of proxies
        int patienceMillis = attempt.leftMillis();
        try {
            attempt.hold(socket);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address, to.port()), patienceMillis);
            return socket;
        } catch (IOException e) {
            Attempt.closeQuietly(socket);
            String literal = new HostPort(IpAddress.of(address).toString(), to.port()).toString();
            throw Causes.ofConnect(to.isAddress() ? literal : to + " (" + literal + ")", e, patienceMillis);
        }
    }

    private static Socket pass(Hop hop, Socket socket, HostPort to, Attempt attempt) {
        if (hop instanceof Hop.Socks5 socks5) {
            new Socks5Handshake(socks5, socket, attempt).connect(to);
            return socket;
        }
        Hop.HttpConnect http = (Hop.HttpConnect) hop;
        Socket toProxy = http.tls().isPresent()
                ? secure(socket, http.at(), http.tls().get(), List.of("http/1.1"), attempt)
                : socket;
        new ConnectHandshake(http, toProxy, attempt).connect(to);
        return toProxy;
    }

    private static SSLSocket secure(
            Socket socket, HostPort to, Trust trust, List<String> applicationProtocols, Attempt attempt) {
        return new TlsHandshake(to, trust).over(socket, applicationProtocols, attempt);
    }
}
