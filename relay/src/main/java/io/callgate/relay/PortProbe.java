package io.callgate.relay;

import io.callgate.model.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// Tries a port before it is shared. Sockets that share a port (`SO_REUSEPORT`) also share it with those of
/// another process of the same user: without this a second relay would start and silently take half of the first
/// one's clients.
final class PortProbe {
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private PortProbe() {}

    /// @return one sentence, if the port cannot be had
    static Optional<String> problemWith(BoundListener listener) {
        InetSocketAddress local = new InetSocketAddress(listener.address().toInetAddress(), listener.port());
        try {
            if (listener.protocol() == Protocol.UDP) {
                try (DatagramChannel probe = DatagramChannel.open()) {
                    probe.bind(local);
                }
            } else {
                try (ServerSocketChannel probe = ServerSocketChannel.open()) {
                    probe.setOption(StandardSocketOptions.SO_REUSEADDR, true); // connections in TIME_WAIT are no owner
                    probe.bind(local);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(describe(listener, e));
        }
    }

    /// Says in one sentence what went wrong and how to mend it.
    static String describe(BoundListener listener, Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String words = String.valueOf(cause.getMessage());
        String known = words.toLowerCase(Locale.ROOT);
        String mend = known.contains("in use")
                ? "another program uses it; stop that one or choose another port"
                : listener.port() < FIRST_UNPRIVILEGED_PORT
                                && (known.contains("permission") || known.contains("denied"))
                        ? "ports below 1024 need root or CAP_NET_BIND_SERVICE; grant it or choose another port"
                        : words;
        return "cannot listen on " + listener + ": " + mend;
    }
}
