package io.callgate.relay.tunnel;

import io.callgate.relay.loop.Halves;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannelOption;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// The first handler of a stream of HTTP/2: makes a byte stream of its DATA frames, so that all behind it is the
/// same as on a socket. The request's HEADERS go through as they are.
///
/// What the handlers behind do not read yet waits here as bytes, not as frames: a frame of one byte costs a
/// hundred times its byte. The client's window opens only as they read, so what waits is never more than one
/// window.
final class Http2Bytes extends ChannelDuplexHandler implements Halves.OfStream {
    private final Runnable onMisuse;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf waiting;

    /// What the client's window has shrunk by and has not been given back for yet.
    private int owedBytes;

    private @Nullable Future<?> lastWrite;
    private boolean hasRequest;
    private boolean hasEndCome;
    private boolean hasInputEnded;
    private boolean isDelivering;
    private boolean outlivesInput = true;

    /// @param onMisuse told when the client sends what has no place on a connected stream
    Http2Bytes(Runnable onMisuse) {
        this.onMisuse = onMisuse;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        added.channel().config().setOption(Http2StreamChannelOption.AUTO_STREAM_FLOW_CONTROL, false);
        added.channel().attr(KEY).set(this);
    }

    // ------------------------------------------------------------------------------------------------ from client

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2DataFrame data) {
            owedBytes += data.initialFlowControlledBytes();
            keep(context, data.content());
            hasEndCome |= data.isEndStream();
            data.release();
            deliver(context);
        } else if (message instanceof Http2HeadersFrame headers && !hasRequest) {
            hasRequest = true;
            hasEndCome = headers.isEndStream();
            context.fireChannelRead(message);
            deliver(context);
        } else {
            // RFC 9113 §8.5: nothing but DATA on a connected stream.
            ReferenceCountUtil.release(message);
            onMisuse.run();
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
        }
    }

    private void keep(ChannelHandlerContext context, ByteBuf bytes) {
        if (bytes.isReadable()) {
            ByteBuf kept = waiting == null ? context.alloc().buffer(bytes.readableBytes()) : waiting;
            waiting = kept.writeBytes(bytes);
        }
    }

    /// What Netty calls reading ends with the event loop's turn; frames are always read, bytes only on demand.
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        context.read();
    }

    @Override
    public void read(ChannelHandlerContext context) {
        deliver(context);
        context.read();
    }

    /// Passes on what waits, if it is wanted, and opens the client's window by as much.
    private void deliver(ChannelHandlerContext context) {
        if (isDelivering) {
            return; // the loop further up the stack goes on
        }
        isDelivering = true;
        boolean hasRead = false;
        while (waiting != null && isWanted(context.channel())) {
            ByteBuf bytes = waiting;
            waiting = null;
            hasRead = true;
            context.fireChannelRead(bytes);
        }
        isDelivering = false;
        if (waiting == null && owedBytes > 0) {
            int read = owedBytes;
            owedBytes = 0;
            context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(read));
        }
        if (hasRead) {
            context.fireChannelReadComplete();
        }
        if (waiting == null && hasEndCome && !hasInputEnded && isWanted(context.channel())) {
            hasInputEnded = true;
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            if (!outlivesInput) {
                context.close();
            }
        }
    }

    /// A stream that is closed delivers the rest at once, whether it is asked for or not.
    private static boolean isWanted(Channel stream) {
        return stream.config().isAutoRead() || !stream.isActive();
    }

    /// Both sides have ended their half, or one has reset the stream, or the connection is gone. What came before
    /// a reset is passed on too, as on a socket.
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        owedBytes = 0;
        deliver(context);
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }

    // -------------------------------------------------------------------------------------------------- to client

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes && !bytes.isReadable()) {
            bytes.release();
            afterAllWrites(promise);
        } else {
            ChannelPromise written = promise.unvoid();
            lastWrite = written;
            context.write(message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes) : message, written);
        }
    }

    /// An empty write means: tell me when all before it is through. On the wire it would be a frame for nothing.
    private void afterAllWrites(ChannelPromise promise) {
        Future<?> last = lastWrite;
        if (last == null) {
            promise.trySuccess();
        } else {
            last.addListener(through -> {
                if (through.isSuccess()) {
                    promise.trySuccess();
                } else {
                    promise.tryFailure(through.cause());
                }
            });
        }
    }

    /// Our half has ended, and what the client still sends is for nobody. RFC 9113 §8.1: no error.
    void wantNoMore() {
        if (context != null && !hasEndCome && context.channel().isActive()) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
    }

    // ------------------------------------------------------------------------------------------------------ halves

    @Override
    public void outliveInput(boolean isWanted) {
        outlivesInput = isWanted;
    }

    @Override
    public boolean hasInputEnded() {
        return hasInputEnded;
    }

    @Override
    public void endOutput() {
        if (context != null) {
            context.writeAndFlush(new DefaultHttp2DataFrame(true));
        }
    }

    /// RFC 9113 §8.5: what goes wrong with the connection to the target is CONNECT_ERROR.
    @Override
    public void reset() {
        if (context != null) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CONNECT_ERROR));
        }
    }
}
