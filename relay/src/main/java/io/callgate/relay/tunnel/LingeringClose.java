package io.callgate.relay.tunnel;

import io.callgate.relay.loop.Halves;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// Closes a stream so that its last answer arrives. A close with unread bytes makes the system send a reset,
/// which can overtake the answer: so we end our half, then read and forget for a moment.
final class LingeringClose extends ChannelInboundHandlerAdapter {
    static final int LINGER_SECONDS = 2;
    private static final int MOST_BYTES = 256 << 10;

    private int forgottenBytes;

    private LingeringClose() {}

    /// @param lastAnswer written, and released, here
    static void after(Channel client, ByteBuf lastAnswer) {
        Halves halves = Halves.of(client);
        client.pipeline().addFirst(new LingeringClose());
        client.writeAndFlush(lastAnswer).addListener(written -> {
            if (written.isSuccess() && !halves.hasInputEnded()) {
                halves.endOutput();
                client.config().setAutoRead(true);
                client.eventLoop().schedule(() -> client.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                client.close();
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        forgottenBytes += ((ByteBuf) message).readableBytes();
        ReferenceCountUtil.release(message);
        if (forgottenBytes > MOST_BYTES) {
            context.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        // Nothing was read that concerns the handlers behind.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset: the client has gone without reading
    }
}
