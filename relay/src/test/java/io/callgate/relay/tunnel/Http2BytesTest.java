package io.callgate.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2WindowUpdateFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Frames to bytes and back, in memory, to the byte.
class Http2BytesTest {
    private final List<String> seen = new ArrayList<>();
    private final Codec codec = new Codec();
    private int misuses;
    private final Http2Bytes bytes = new Http2Bytes(() -> misuses++);
    private final EmbeddedChannel stream = new EmbeddedChannel(codec, bytes, new Recorder());

    /// Where the frames would be written; writes are through when the test says so.
    private static final class Codec extends ChannelOutboundHandlerAdapter {
        private final Deque<ChannelPromise> pending = new ArrayDeque<>();
        private final List<String> frames = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof Http2WindowUpdateFrame update) {
                frames.add("window +" + update.windowSizeIncrement());
            } else if (message instanceof Http2DataFrame data) {
                frames.add("data " + data.content().readableBytes() + (data.isEndStream() ? " end" : ""));
            } else if (message instanceof Http2ResetFrame reset) {
                frames.add("reset " + Http2Error.valueOf(reset.errorCode()));
            }
            ReferenceCountUtil.release(message);
            pending.add(promise);
        }
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2HeadersFrame) {
                seen.add("request");
            } else if (message instanceof ByteBuf read) {
                seen.add("bytes " + read.readableBytes());
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                seen.add("end");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            seen.add("closed");
        }
    }

    @AfterEach
    void releaseAll() {
        stream.finishAndReleaseAll();
    }

    @Test
    void passesFramesOnAsTheyComeAndOpensTheWindow() {
        request(false);
        data(100, false);
        data(50, true);

        assertThat(seen).containsExactly("request", "bytes 100", "bytes 50", "end");
        assertThat(codec.frames).containsExactly("window +100", "window +50");
    }

    @Test
    void whatWaitsIsOneBufferHoweverSmallTheFrames() {
        request(false);
        stream.config().setAutoRead(false);
        for (int i = 0; i < 100_000; i++) {
            data(1, false);
        }
        data(0, true);

        assertThat(seen).as("nobody wants it yet").containsExactly("request");
        assertThat(codec.frames).as("so the window stays as it is").isEmpty();

        stream.config().setAutoRead(true);

        assertThat(seen).containsExactly("request", "bytes 100000", "end");
        assertThat(codec.frames).containsExactly("window +100000");
    }

    @Test
    void paddingIsGivenBackToo() {
        request(false);
        stream.writeInbound(new DefaultHttp2DataFrame(Unpooled.buffer().writeZero(10), false, 200));

        assertThat(codec.frames).containsExactly("window +210");
    }

    @Test
    void aClosedStreamDeliversWhatWaitsBeforeItsEnd() {
        request(false);
        stream.config().setAutoRead(false);
        data(7, true);

        stream.close();

        assertThat(seen).containsExactly("request", "bytes 7", "end", "closed");
    }

    @Test
    void anEndInTheRequestWaitsForItsReader() {
        stream.config().setAutoRead(false);
        request(true);
        assertThat(seen).containsExactly("request");
        assertThat(bytes.hasInputEnded()).isFalse();

        stream.config().setAutoRead(true);

        assertThat(seen).containsExactly("request", "end");
        assertThat(bytes.hasInputEnded()).isTrue();
    }

    @Test
    void closesWithTheInputWhereHalvesEndTogether() {
        request(false);
        bytes.outliveInput(false);
        data(3, true);

        assertThat(seen).containsExactly("request", "bytes 3", "end", "closed");
    }

    @Test
    void anEmptyWriteIsThroughAfterAllBeforeItAndIsNoFrame() {
        ChannelFuture first = stream.writeAndFlush(Unpooled.buffer().writeZero(9));
        ChannelFuture through = stream.writeAndFlush(Unpooled.EMPTY_BUFFER);
        assertThat(through.isDone()).isFalse();

        codec.pending.remove().setSuccess();

        assertThat(first.isSuccess()).isTrue();
        assertThat(through.isSuccess()).isTrue();
        assertThat(codec.frames).containsExactly("data 9");
    }

    @Test
    void aSecondRequestOnAStreamIsMisuse() {
        request(false);
        request(true);

        assertThat(misuses).isOne();
        assertThat(seen).containsExactly("request");
        assertThat(codec.frames).containsExactly("reset PROTOCOL_ERROR");
    }

    @Test
    void endsAndResets() {
        bytes.endOutput();
        bytes.reset();

        assertThat(codec.frames).containsExactly("data 0 end", "reset CONNECT_ERROR");
    }

    private void request(boolean isWhole) {
        stream.writeInbound(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(), isWhole));
    }

    private void data(int count, boolean isLast) {
        stream.writeInbound(new DefaultHttp2DataFrame(Unpooled.buffer().writeZero(count), isLast));
    }
}
