package io.callgate.relay;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.tls.Alpn;
import io.callgate.relay.tls.TlsIngress;
import io.callgate.relay.tls.TlsStream;
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
    private final Optional<TlsIngress> tls;
    private final Runnable onProved;
    private @Nullable Future<?> deadline;
    private boolean isBoundToTurn;
    private boolean hasDecided;

    /// @param tunnels empty: TURN only
    /// @param tls empty: this is the inside of TLS
    private StreamDemux(
            RelayLoop loop,
            Duration patience,
            Optional<Tunnels> tunnels,
            TurnStreams turn,
            Optional<TlsIngress> tls,
            Runnable onProved) {
        this.loop = loop;
        this.patience = patience;
        this.tunnels = tunnels;
        this.turn = turn;
        this.tls = tls;
        this.onProved = onProved;
    }

    /// For an accepted connection: every protocol.
    ///
    /// @param onProved called when the client has proved itself
    static StreamDemux ofEveryProtocol(
            RelayLoop loop, Duration patience, Tunnels tunnels, TurnStreams turn, TlsIngress tls, Runnable onProved) {
        return new StreamDemux(loop, patience, Optional.of(tunnels), turn, Optional.of(tls), onProved);
    }

    /// For a CONNECT to an own listener, whose client has proved itself: TURN, in TLS or not, once. Anything else
    /// is a proxy loop.
    ///
    /// @param onProved called when the client has proved itself to TURN too
    static StreamDemux ofTurnOnly(
            RelayLoop loop, Duration patience, TurnStreams turn, TlsIngress tls, Runnable onProved) {
        return new StreamDemux(loop, patience, Optional.empty(), turn, Optional.of(tls), onProved);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        startDeadline(context);
    }

    private void startDeadline(ChannelHandlerContext context) {
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
        Demux.Stream protocol = Demux.stream(bytes);
        if (isBoundToTurn && protocol != Demux.Stream.STUN && protocol != Demux.Stream.NEED_MORE) {
            refuse(context, DropReason.ALPN_MISMATCH);
            return;
        }
        switch (protocol) {
            case NEED_MORE -> {}
            case STUN -> {
                turn.enter(client, TcpListener.pointOf(client), onProved);
                leave(context);
            }
            case SOCKS5 -> tunnel(context, served -> served.serveSocks5(client, onProved));
            case HTTP2 -> tunnel(context, served -> served.serveHttp2(client, onProved));
            case HTTP1 -> tunnel(context, served -> served.serveHttp(client, onProved));
            case TLS -> enterTls(context);
            case UNKNOWN -> refuseUnclaimed(context);
        }
    }

    /// The same choice once more, on the plaintext; but no TLS inside TLS.
    private void enterTls(ChannelHandlerContext context) {
        if (tls.isEmpty()) {
            refuseUnclaimed(context);
        } else if (tls.get().enter(context.channel(), tunnels.isPresent())) {
            context.pipeline().addLast(new StreamDemux(loop, patience, tunnels, turn, Optional.empty(), onProved));
            leave(context);
        } else {
            refuse(context, DropReason.TLS_NO_CERTIFICATE);
        }
    }

    private void refuseUnclaimed(ChannelHandlerContext context) {
        refuse(context, tunnels.isEmpty() ? DropReason.PROXY_LOOP : DropReason.UNKNOWN_PROTOCOL);
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
        cancelDeadline();
        super.handlerRemoved(context);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close(); // left without saying what it wanted
        } else if (event instanceof TlsStream.Ready ready) {
            isBoundToTurn = ready.protocol().filter(Alpn.TURN::equals).isPresent();
            cancelDeadline(); // the handshake had its time; the first bytes behind it have theirs
            startDeadline(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset
    }
}
