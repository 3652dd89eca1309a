package io.callgate.relay.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/// Collects bytes of a stream until they say enough. What is not consumed goes on to the next handler when this
/// one leaves the pipeline.
///
/// No [ByteToMessageDecoder]: that one goes on reading by itself when auto-read is off, so a client could fill
/// the memory while its destination is being dialled.
public abstract class FirstBytes extends ChannelInboundHandlerAdapter {
    private @Nullable ByteBuf collected;

    /// More bytes came. Takes what it needs by moving the reader index; all else is kept.
    protected abstract void onBytes(ChannelHandlerContext context, ByteBuf bytes);

    /// Whether bytes came that nobody has taken.
    protected final boolean hasBytes() {
        return collected != null && collected.isReadable();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf more = (ByteBuf) message;
        collected = collected == null
                ? more
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), collected, more);
        onBytes(context, collected);
        // This handler may have left the pipeline just now: then nothing is collected any more.
        if (collected != null && !collected.isReadable()) {
            collected.release();
            collected = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ByteBuf rest = collected;
        collected = null;
        if (rest == null) {
            return;
        }
        if (rest.isReadable() && context.channel().isActive()) {
            context.fireChannelRead(rest);
            context.fireChannelReadComplete();
        } else {
            rest.release();
        }
    }
}
