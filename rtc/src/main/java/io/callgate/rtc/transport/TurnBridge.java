package io.callgate.rtc.transport;

import io.callgate.client.Plan;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Hop;
import io.callgate.client.turn.Entrance;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A listener on loopback that a WebRTC stack takes for its TURN server: each connection goes on to the
/// relay, through the company's proxy and inside TLS, as the SDK's [io.callgate.client.net.Dialer] does it.
///
/// Whoever else on this machine finds the port reaches the relay by it, as the relay's address itself would
/// be reached; what gets in there is the credential, which is not here. Threads of its own, two for each
/// connection.
final class TurnBridge implements Closeable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int BUFFER_BYTES = 16 * 1024;

    private volatile Plan.Relayed relayed; // the newest lease's word of the same entrance
    private final TimeSource time;
    private final ServerSocket listener;
    private final Set<Closeable> open = new HashSet<>(); // guarded by this
    private boolean isClosed; // guarded by this

    private TurnBridge(Plan.Relayed relayed, TimeSource time, ServerSocket listener) {
        this.relayed = relayed;
        this.time = time;
        this.listener = listener;
    }

    static TurnBridge open(Plan.Relayed relayed, TimeSource time) {
        Entrance entrance = relayed.entrance();
        if (entrance.transport() == Transport.UDP) {
            throw new PathException(
                    ErrorCode.UDP_BLOCKED,
                    "UDP to " + entrance.relay() + " cannot go through a proxy",
                    "use TCP, TLS or HTTP through that proxy");
        }
        try {
            ServerSocket socket = new ServerSocket();
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            TurnBridge bridge = new TurnBridge(relayed, time, socket);
            start("accept", bridge::accept);
            return bridge;
        } catch (IOException e) {
            throw new PathException(
                    ErrorCode.NO_ROUTE, "no port on loopback for media", "see how many sockets this machine has", e);
        }
    }

    String url() {
        return "turn:127.0.0.1:" + listener.getLocalPort() + "?transport=tcp";
    }

    /// Takes over what a newer lease says of the same entrance: its login, and whom to trust there.
    ///
    /// @return false if it is another entrance
    boolean leadsTo(Plan.Relayed newer) {
        boolean isSame = relayed.entrance().relay().equals(newer.entrance().relay())
                && relayed.entrance().transport() == newer.entrance().transport()
                && relayed.out().equals(newer.out());
        if (isSame) {
            relayed = newer;
        }
        return isSame;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                if (hold(socket)) {
                    start("out", () -> serve(socket));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket near) {
        Attempt attempt = Attempt.within(time, PATIENCE);
        try {
            near.setTcpNoDelay(true);
            Socket far = dial(attempt);
            attempt.handOver();
            if (hold(far)) {
                start("in", () -> pump(far, near));
                pump(near, far);
            }
        } catch (IOException | PathException e) {
            drop(near); // the stack reports it as a server that cannot be reached
        }
    }

    private Socket dial(Attempt attempt) {
        Plan.Relayed by = relayed;
        Entrance entrance = by.entrance();
        if (entrance.transport() == Transport.TLS) {
            return by.out().dialTls(entrance.relay(), entrance.trust(), List.of("stun.turn"), attempt);
        }
        if (entrance.transport() == Transport.HTTPS) {
            Hop relay = new Hop.HttpConnect(entrance.relay(), Optional.of(by.login()), Optional.of(entrance.trust()));
            return by.out().through(relay).dial(entrance.relay(), attempt);
        }
        return by.out().dial(entrance.relay(), attempt);
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            // One end has gone, and so will the other.
        } finally {
            drop(from);
            drop(to);
        }
    }

    private synchronized boolean hold(Closeable socket) {
        if (isClosed) {
            closeQuietly(socket);
            return false;
        }
        open.add(socket);
        return true;
    }

    private void drop(Closeable socket) {
        synchronized (this) {
            open.remove(socket);
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is given up anyway.
        }
    }

    private static void start(String what, Runnable work) {
        Thread thread = new Thread(work, "callgate-bridge-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        Set<Closeable> all;
        synchronized (this) {
            isClosed = true;
            all = Set.copyOf(open);
            open.clear();
        }
        closeQuietly(listener);
        all.forEach(TurnBridge::closeQuietly);
    }
}
