package io.callgate.relay.loop;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where the client of a stream is: the one place that everything asks, from limits to logs. Mostly the socket's
/// other end; behind a load balancer what that one announced (PROXY protocol).
///
/// @param reached which of our addresses it came to: the socket's own end, or the balancer's that it announced
public record ClientAddress(IpAddress address, int port, Endpoint reached) {
    private static final AttributeKey<ClientAddress> KEY = AttributeKey.valueOf(ClientAddress.class, "client");

    /// Of a stream that has been taken in; a stream of HTTP/2 has its connection's.
    public static ClientAddress of(Channel stream) {
        for (@Nullable Channel channel = stream; channel != null; channel = channel.parent()) {
            ClientAddress client = channel.attr(KEY).get();
            if (client != null) {
                return client;
            }
        }
        throw new IllegalStateException("a stream without its client's address: " + stream);
    }

    /// The other end of a socket; empty if it has gone already.
    public static Optional<ClientAddress> ofSocket(Channel socket) {
        return socket.remoteAddress() instanceof InetSocketAddress remote
                        && socket.localAddress() instanceof InetSocketAddress local
                ? Optional.of(new ClientAddress(
                        IpAddress.of(remote.getAddress()),
                        remote.getPort(),
                        new Endpoint(IpAddress.of(local.getAddress()), local.getPort())))
                : Optional.empty();
    }

    /// From now on this is where the connection's client is.
    public void attachTo(Channel connection) {
        connection.attr(KEY).set(this);
    }
}
