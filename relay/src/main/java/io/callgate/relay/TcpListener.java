package io.callgate.relay;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.turn.ListenerPoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One TCP address and port on one loop. What it accepts stays on that loop.
final class TcpListener {
    private static final Logger log = LoggerFactory.getLogger(TcpListener.class);
    private static final int BACK_OFF_MILLIS = 200;
    private static final long LOG_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final AttributeKey<ListenerPoint> POINT = AttributeKey.valueOf(TcpListener.class, "point");

    private final RelayLoop loop;
    private final Streams streams;
    private final ServerChannel server;

    /// What it has accepted and lives; what comes after [#close] is closed at once.
    private final ChannelGroup accepted;

    private boolean expectsProxyHeader;

    /// @param point how this listener is known; its port is not the bound one where that is 0
    /// @param isShared whether other loops listen on the same port, so that the system spreads connections
    TcpListener(Streams streams, ListenerPoint point, boolean isShared) {
        this.loop = streams.loop();
        this.streams = streams;
        this.accepted = new DefaultChannelGroup(loop.eventLoop(), true);
        this.server = loop.io().serverChannel();
        if (isShared) {
            loop.io().sharePort(server);
        }
        // A port that is still in TIME_WAIT after a restart can be bound again.
        server.config().setOption(ChannelOption.SO_REUSEADDR, true);
        server.attr(POINT).set(point);
        server.pipeline().addLast(new Acceptor());
    }

    /// Whether a load balancer stands before this listener; holds for what is accepted from now on. On the loop,
    /// or before [#bind].
    void expectProxyHeader(boolean isExpected) {
        expectsProxyHeader = isExpected;
    }

    /// By which listener a connection came in.
    static ListenerPoint pointOf(Channel client) {
        Channel accepted = client;
        while (!(accepted.parent() instanceof ServerChannel)) {
            accepted = accepted.parent(); // from a stream of HTTP/2 to its connection
        }
        return accepted.parent().attr(POINT).get();
    }

    /// Begins to accept. From any thread.
    ///
    /// @param port 0 for any that is free
    ChannelFuture bind(IpAddress address, int port) {
        InetSocketAddress local = new InetSocketAddress(address.toInetAddress(), port);
        ChannelPromise bound = new DefaultChannelPromise(server, loop.eventLoop());
        loop.eventLoop().register(server).addListener(registered -> {
            if (registered.isSuccess()) {
                server.bind(local, bound);
            } else {
                bound.setFailure(registered.cause());
            }
        });
        return bound;
    }

    /// Where it listens; after [#bind] has succeeded.
    Endpoint local() {
        InetSocketAddress local = (InetSocketAddress) server.localAddress();
        return new Endpoint(IpAddress.of(local.getAddress()), local.getPort());
    }

    /// Accepts no more, and ends what came in here. From any thread.
    ChannelFuture close() {
        ChannelFuture closed = server.close();
        accepted.close();
        return closed;
    }

    private final class Acceptor extends ChannelInboundHandlerAdapter {
        private long lastLoggedAtNanos = loop.nowNanos() - LOG_PAUSE_NANOS;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            streams.accept((Channel) message, accepted, expectsProxyHeader);
        }

        /// Accepting failed: as a rule there are no descriptors left. A pause, or the loop would spin on it.
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (server.config().isAutoRead()) {
                server.config().setAutoRead(false);
                loop.eventLoop()
                        .schedule(() -> server.config().setAutoRead(true), BACK_OFF_MILLIS, TimeUnit.MILLISECONDS);
            }
            long nowNanos = loop.readClock();
            if (nowNanos - lastLoggedAtNanos >= LOG_PAUSE_NANOS) {
                lastLoggedAtNanos = nowNanos;
                log.atWarn()
                        .addKeyValue("listener", local())
                        .addKeyValue("cause", String.valueOf(cause))
                        .log("accept.failed");
            }
        }
    }
}
