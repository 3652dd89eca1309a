package io.callgate.relay;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.tunnel.FirstBytes;
import io.callgate.relay.tunnel.Tunnels;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The first handler of every stream: waits for the bytes by which [Demux] decides, puts the protocol's
/// handlers in its place and leaves.
final class StreamDemux extends FirstBytes {
    private final RelayLoop loop;
    private final Duration patience;
    private final Optional<Tunnels> tunnels;
    private final TurnStreams turn;
    private final Runnable onProved;
    private @Nullable Future<?> deadline;
    private boolean hasDecided;

    private StreamDemux(
            RelayLoop loop, Duration patience, Optional<Tunnels> tunnels, TurnStreams turn, Runnable onProved) {
        this.loop = loop;
        this.patience = patience;
        this.tunnels = tunnels;
        this.turn = turn;
        this.onProved = onProved;
    }

    /// For an accepted connection: every protocol.
    ///
    /// @param onProved called when the client has proved itself
    static StreamDemux ofEveryProtocol(
            RelayLoop loop, Duration patience, Tunnels tunnels, TurnStreams turn, Runnable onProved) {
        return new StreamDemux(loop, patience, Optional.of(tunnels), turn, onProved);
    }

    /// For a CONNECT to an own listener, whose client has proved itself: TURN, once. Anything else is a proxy
    /// loop.
    ///
    /// @param onProved called when the client has proved itself to TURN too
    static StreamDemux ofTurnOnly(RelayLoop loop, Duration patience, TurnStreams turn, Runnable onProved) {
        return new StreamDemux(loop, patience, Optional.empty(), turn, onProved);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        deadline = loop.eventLoop()
                .schedule(
                        () -> refuse(context, DropReason.HANDSHAKE_TIMEOUT),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void onBytes(ChannelHandlerContext context, ByteBuf bytes) {
        if (hasDecided) {
            bytes.skipBytes(bytes.readableBytes()); // refused; what still comes is forgotten
            return;
        }
        Channel client = context.channel();
        switch (Demux.stream(bytes)) {
            case NEED_MORE -> {}
            case STUN -> {
                turn.enter(client, TcpListener.pointOf(client), onProved);
                leave(context);
            }
            case SOCKS5 -> tunnel(context, served -> served.serveSocks5(client, onProved));
            case HTTP2 -> tunnel(context, served -> served.serveHttp2(client, onProved));
            case HTTP1 -> tunnel(context, served -> served.serveHttp(client, onProved));
            case TLS -> refuse(context, tunnels.isEmpty() ? DropReason.PROXY_LOOP : DropReason.TLS_UNSUPPORTED);
            case UNKNOWN -> refuse(context, tunnels.isEmpty() ? DropReason.PROXY_LOOP : DropReason.UNKNOWN_PROTOCOL);
        }
    }

    private void tunnel(ChannelHandlerContext context, Consumer<Tunnels> serve) {
        if (tunnels.isEmpty()) {
            refuse(context, DropReason.PROXY_LOOP);
        } else {
            serve.accept(tunnels.get());
            leave(context);
        }
    }

    private void leave(ChannelHandlerContext context) {
        hasDecided = true;
        context.pipeline().remove(this);
    }

    private void refuse(ChannelHandlerContext context, DropReason reason) {
        hasDecided = true;
        loop.drops().count(reason);
        context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        super.handlerRemoved(context);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close(); // left without saying what it wanted
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset
    }
}
