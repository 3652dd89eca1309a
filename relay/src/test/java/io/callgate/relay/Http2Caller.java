package io.callgate.relay;

import io.callgate.model.Endpoint;
import io.callgate.model.RelayCredential;
import io.callgate.wire.Bytes;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A client of HTTP/2 in the clear, made of Netty's own codec: does nothing by itself, waits no longer than 15 s.
final class Http2Caller implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 15;
    private static final EventLoopGroup LOOP = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("http2-caller", true), NioIoHandler.newFactory());

    final CompletableFuture<Http2Error> goAway = new CompletableFuture<>();
    final Channel connection;

    Http2Caller(Endpoint relay) {
        this(relay, Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    }

    /// @param streamWindowBytes what the relay may send on a stream before it has to wait
    Http2Caller(Endpoint relay, int streamWindowBytes) {
        Bootstrap bootstrap = new Bootstrap()
                .group(LOOP)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forClient()
                                                .initialSettings(Http2Settings.defaultSettings()
                                                        .pushEnabled(false)
                                                        .initialWindowSize(streamWindowBytes))
                                                .validateHeaders(false)
                                                .encoderIgnoreMaxHeaderListSize(true)
                                                .gracefulShutdownTimeoutMillis(0)
                                                .build(),
                                        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                                        new Recorder());
                    }
                });
        connection =
                done(bootstrap.connect(new InetSocketAddress(relay.address().toInetAddress(), relay.port())));
        // One stream that is not read shall not stop the others on our side.
        connection.writeAndFlush(new DefaultHttp2WindowUpdateFrame(64 << 20));
    }

    /// The relay's side of the connection has ended.
    boolean isClosed() {
        return connection.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    Http2Error goAwayError() {
        return await(goAway);
    }

    static Http2Headers connectHeaders(String authority) {
        return new DefaultHttp2Headers(false).method("CONNECT").authority(authority);
    }

    static String basic(RelayCredential credential) {
        return basic(credential.username(), credential.password());
    }

    private static String basic(String userName, String password) {
        byte[] pair = (userName + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    Stream connect(String authority, RelayCredential credential) {
        return request(connectHeaders(authority).set("proxy-authorization", basic(credential)), false);
    }

    Stream connect(String authority, TurnClient.Login login) {
        String basic = basic(login.userName(), login.password());
        return request(connectHeaders(authority).set("proxy-authorization", basic), false);
    }

    Stream request(Http2Headers headers, boolean isWhole) {
        Stream stream = new Stream();
        stream.open(headers, isWhole);
        return stream;
    }

    /// One stream.
    final class Stream {
        private final CompletableFuture<Http2Headers> answer = new CompletableFuture<>();
        private final CompletableFuture<Http2Error> reset = new CompletableFuture<>();
        private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
        private byte[] rest = new byte[0];
        private boolean hasEnded;
        private @Nullable Channel channel;

        private void open(Http2Headers headers, boolean isWhole) {
            Future<Http2StreamChannel> opening = new Http2StreamChannelBootstrap(connection)
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(ChannelHandlerContext context, Object message) {
                            onFrame(message);
                        }

                        @Override
                        public void userEventTriggered(ChannelHandlerContext context, Object event) {
                            if (event instanceof Http2ResetFrame frame) {
                                reset.complete(Http2Error.valueOf(frame.errorCode()));
                            }
                            // A GOAWAY comes to each stream that it leaves out, as a copy with a buffer.
                            ReferenceCountUtil.release(event);
                        }

                        @Override
                        public void channelInactive(ChannelHandlerContext context) {
                            received.add(new byte[0]);
                            answer.cancel(false);
                            reset.cancel(false);
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                            context.close();
                        }
                    })
                    .open()
                    .awaitUninterruptibly();
            if (opening.isSuccess()) { // else the connection has ended
                channel = opening.getNow();
                channel().writeAndFlush(new DefaultHttp2HeadersFrame(headers, isWhole));
            }
        }

        private void onFrame(Object frame) {
            if (frame instanceof Http2HeadersFrame headers) {
                answer.complete(headers.headers());
                if (headers.isEndStream()) {
                    received.add(new byte[0]);
                }
            } else if (frame instanceof Http2DataFrame data) {
                if (data.content().isReadable()) {
                    received.add(ByteBufUtil.getBytes(data.content()));
                }
                if (data.isEndStream()) {
                    received.add(new byte[0]);
                }
            }
            ReferenceCountUtil.release(frame);
        }

        private Channel channel() {
            if (channel == null) {
                throw new IllegalStateException("not open");
            }
            return channel;
        }

        /// Of the answer; -1 if the stream ended without one.
        int status() {
            try {
                CharSequence status = await(answer).status();
                return Integer.parseInt(String.valueOf(status));
            } catch (CancellationException ended) {
                return -1;
            }
        }

        String header(String name) {
            return String.valueOf(await(answer).get(name));
        }

        /// Why the relay has reset it.
        Http2Error resetError() {
            return await(reset);
        }

        boolean isOpen() {
            return channel().isOpen();
        }

        /// Whether it goes on to read; what it does not read stays in the relay, but for its window.
        void setReading(boolean isReading) {
            channel().config().setAutoRead(isReading);
        }

        ChannelFuture send(byte[] bytes) {
            return channel().writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(bytes)));
        }

        ChannelFuture send(String ascii) {
            return send(ascii.getBytes(StandardCharsets.US_ASCII));
        }

        /// Trailers.
        ChannelFuture sendHeaders(Http2Headers headers) {
            return channel().writeAndFlush(new DefaultHttp2HeadersFrame(headers, true));
        }

        void finish() {
            channel().writeAndFlush(new DefaultHttp2DataFrame(true));
        }

        /// Nothing, where the connection ended before the stream began.
        void reset(Http2Error error) {
            if (channel != null) {
                channel.writeAndFlush(new DefaultHttp2ResetFrame(error));
            }
        }

        byte[] read(int count) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (all.size() < count && !hasEnded) {
                byte[] next = next();
                int taken = Math.min(count - all.size(), next.length);
                all.write(next, 0, taken);
                rest = Arrays.copyOfRange(next, taken, next.length);
            }
            return all.toByteArray();
        }

        String readText(int count) {
            return new String(read(count), StandardCharsets.US_ASCII);
        }

        byte[] readToEnd() {
            return read(Integer.MAX_VALUE);
        }

        private byte[] next() {
            if (rest.length > 0) {
                return rest;
            }
            try {
                byte[] next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("nothing comes");
                }
                hasEnded = next.length == 0;
                return next;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /// For TURN inside of it.
        TurnClient.Wire asWire() {
            return new TurnClient.Wire() {
                @Override
                public InetSocketAddress address() {
                    return (InetSocketAddress) connection.localAddress();
                }

                @Override
                public void send(InetSocketAddress relay, byte[] message) {
                    Stream.this.send(Arrays.copyOf(message, message.length + 3 & ~3));
                }

                @Override
                public UdpPeer.Datagram receive() {
                    byte[] head = read(4);
                    int length = head.length < 4 ? 0 : ByteBuffer.wrap(head).getShort(2) & 0xFFFF;
                    int rest = head.length > 0 && head[0] >= 0x40 ? length + 3 & ~3 : length + 16;
                    byte[] message = Arrays.copyOf(head, head.length + rest);
                    byte[] body = read(rest);
                    if (body.length < rest) {
                        throw new AssertionError("the stream has ended");
                    }
                    System.arraycopy(body, 0, message, head.length, rest);
                    return new UdpPeer.Datagram(address(), Bytes.of(message));
                }

                @Override
                public void close() {
                    reset(Http2Error.CANCEL);
                }
            };
        }
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof Http2GoAwayFrame frame) {
                goAway.complete(Http2Error.valueOf(frame.errorCode()));
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /// Frames as bytes, for what no codec would send.
    static ByteBuf frame(int type, int flags, int streamId, byte[] payload) {
        return Unpooled.buffer()
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(streamId)
                .writeBytes(payload);
    }

    private static Channel done(ChannelFuture future) {
        return future.syncUninterruptibly().channel();
    }

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /// Once the relay has said how many it takes.
    void openMoreStreamsThanAllowed() {
        Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
        connection
                .eventLoop()
                .submit(() -> codec.connection().local().maxActiveStreams(1000))
                .syncUninterruptibly();
    }

    /// Leaves without a word.
    void hangUp() {
        connection.pipeline().firstContext().close().awaitUninterruptibly();
    }

    @Override
    public void close() {
        connection.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
