package io.callgate.relay.tunnel;

import io.callgate.relay.loop.Halves;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One direction of a tunnel: the last handler of the channel that it reads from. Never drops: reads only while
/// the other channel takes what it is given and the app is within its rate. So a slow reader costs at most the
/// other channel's high-water mark and one read.
final class Splice extends ChannelInboundHandlerAdapter {
    private static final int RETRY_MILLIS = 20;

    private final Tunnel tunnel;
    private final Channel from;
    private final Channel to;
    private final Halves fromHalves;
    private final Halves toHalves;
    private final boolean isTowardsPeer;

    /// What came while the app was over its rate.
    private final Deque<ByteBuf> held = new ArrayDeque<>();

    private @Nullable Splice opposite;
    private boolean hasEnded;
    private boolean wasReset;

    /// @param isTowardsPeer whether this is the direction from the client
    Splice(Tunnel tunnel, Channel from, Channel to, boolean isTowardsPeer) {
        this.tunnel = tunnel;
        this.from = from;
        this.to = to;
        this.fromHalves = Halves.of(from);
        this.toHalves = Halves.of(to);
        this.isTowardsPeer = isTowardsPeer;
    }

    /// Both are in their pipelines: begin.
    void meet(Splice other) {
        opposite = other;
        // Not here and now: the ingress first hands over what it holds, and only then may a FIN be seen.
        from.eventLoop().execute(() -> {
            if (!from.isActive() || fromHalves.hasInputEnded()) {
                onEnd();
            }
            readOrPause();
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!to.isActive()) {
            bytes.release();
            return;
        }
        if (held.isEmpty() && tunnel.pass(isTowardsPeer, bytes.readableBytes())) {
            to.write(bytes);
        } else {
            if (held.isEmpty()) {
                retryLater();
            }
            held.add(bytes);
        }
        readOrPause();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        to.flush();
    }

    /// The channel that we read from is what the opposite direction writes to.
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (opposite != null) {
            opposite.readOrPause();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            onEnd();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!hasEnded) {
            onEnd();
        } else if (held.isEmpty()) { // a reset after the FIN
            to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(arrived -> to.close());
        }
        if (opposite != null) {
            opposite.abandon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        wasReset = true; // epoll tells an end of input too
        context.close(); // what has been read still goes to the other side
    }

    private void readOrPause() {
        // Netty closes a channel that is to be read after its FIN.
        boolean mayRead = held.isEmpty() && !hasEnded && to.isWritable() && !fromHalves.hasInputEnded();
        if (from.config().isAutoRead() != mayRead) {
            from.config().setAutoRead(mayRead);
        }
    }

    private void retryLater() {
        from.eventLoop().schedule(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void retry() {
        boolean hasWritten = false;
        while (!held.isEmpty() && tunnel.pass(isTowardsPeer, held.getFirst().readableBytes())) {
            to.write(held.removeFirst());
            hasWritten = true;
        }
        if (hasWritten) {
            to.flush();
        }
        if (!held.isEmpty()) {
            retryLater();
        } else if (hasEnded) {
            passOnEnd();
        } else {
            readOrPause();
        }
    }

    private void onEnd() {
        if (hasEnded) {
            return;
        }
        hasEnded = true;
        readOrPause();
        if (held.isEmpty()) {
            passOnEnd();
        }
    }

    /// An empty write completes after all writes before it; a shutdown at once would fail them.
    private void passOnEnd() {
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(arrived -> {
            if (from.isActive()) {
                if (to.isActive()) {
                    toHalves.endOutput();
                }
            } else if (passesOnReset()) {
                toHalves.reset();
            } else {
                to.close();
            }
            tunnel.onDirectionEnded();
        });
    }

    /// TLS and HTTP/2 tell an end from a cut (decision 0014, RFC 9113 §8.5), so a cut is passed on as one. Between
    /// two plain sockets what has been sent is to arrive (RFC 9110 §9.3.6), and a reset could overtake it.
    private boolean passesOnReset() {
        boolean tellsEndFromCut = fromHalves instanceof Halves.OfStream || toHalves instanceof Halves.OfStream;
        return tellsEndFromCut && (wasReset || !fromHalves.hasInputEnded()) && to.isActive();
    }

    /// Nobody is there to take what is held.
    private void abandon() {
        while (!held.isEmpty()) {
            held.removeFirst().release();
        }
    }
}
