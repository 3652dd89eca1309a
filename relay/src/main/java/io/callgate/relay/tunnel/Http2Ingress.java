package io.callgate.relay.tunnel;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Drops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One connection of HTTP/2 (RFC 9113): each of its streams is a client of its own, with its own request, grant
/// and tunnel; what they have in common is the connection's limits, which are here. The last handler of its
/// channel.
final class Http2Ingress extends ChannelInboundHandlerAdapter {
    /// RFC 9113 §6.5.2 advises 100 at least; a browser opens a stream for every server of a page.
    static final int MOST_STREAMS = 100;

    /// Of a client that has shown no credential. The check page asks for three files at once, and then for three
    /// more.
    static final int MOST_UNPROVEN_STREAMS = 8;

    /// What a client may send on a stream that nobody reads yet. One stream costs at most two such windows, one
    /// that waits and one that its target has not read, apart from the way back, which is bounded as on a socket.
    /// 256 kB are 40 Mbit/s at 50 ms.
    static final int STREAM_WINDOW_BYTES = 256 << 10;

    static final int MOST_HEADER_BYTES = 8192; // as in HTTP/1.1

    /// Requests without proof, since the last one with: a browser sends as many as it has streams before it asks
    /// its user for a password.
    static final int MOST_UNPROVEN_REQUESTS = 128;

    /// Streams that one side has reset (CVE-2023-44487, CVE-2025-55163).
    static final int MOST_RESETS = 500;

    static final int RESET_SECONDS = 30;

    /// PING and SETTINGS, each of which wants an answer.
    static final int MOST_CONTROL_FRAMES = 500;

    private static final long CONTROL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// Without a tunnel; a client that has proved itself once has no other limit.
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Tunnels tunnels;
    private final Channel client;
    private final Http2FrameCodec codec;
    private final Runnable onProved;
    private int liveTunnels;
    private int unprovenRequests;
    private int controlFrames;
    private long controlSinceNanos;
    private long idleSinceNanos;
    private boolean hasCredential;
    private boolean isProved;
    private boolean isGoingAway;
    private boolean isGivenUp;

    private Http2Ingress(Tunnels tunnels, Channel client, Runnable onProved) {
        this.tunnels = tunnels;
        this.client = client;
        this.codec = new CodecBuilder(tunnels.loop().drops()).build();
        this.onProved = onProved;
        this.idleSinceNanos = tunnels.loop().readClock();
        this.controlSinceNanos = idleSinceNanos;
    }

    /// Adds the handlers of a connection to the end of its pipeline; the client's preface is then fired into them.
    static void begin(Tunnels tunnels, Channel client, Runnable onProved) {
        Http2Ingress connection = new Http2Ingress(tunnels, client, onProved);
        connection.limitStreams(MOST_UNPROVEN_STREAMS);
        client.pipeline()
                .addLast(
                        connection.codec,
                        new Http2MultiplexHandler(new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel stream) {
                                Http2Bytes bytes = new Http2Bytes(() -> connection.onMisuse());
                                stream.pipeline().addLast(bytes, new Http2Request(tunnels, connection, bytes));
                            }
                        }),
                        connection);
        tunnels.add(connection);
        client.closeFuture().addListener(closed -> tunnels.remove(connection));
        // The streams' windows are what counts: one that is not read must not take the connection's from the others.
        client.writeAndFlush(new DefaultHttp2WindowUpdateFrame(MOST_STREAMS * STREAM_WINDOW_BYTES));
    }

    /// What Netty holds a client to only once it has answered our SETTINGS, as one may never do.
    private void limitStreams(int most) {
        codec.connection().remote().maxActiveStreams(most);
    }

    // ----------------------------------------------------------------------------------------- told by the streams

    /// A stream has shown a good credential: from now on there may be as many as a browser has use for.
    void onCredential() {
        if (!hasCredential) {
            hasCredential = true;
            limitStreams(MOST_STREAMS);
            client.write(new DefaultHttp2SettingsFrame(new Http2Settings().maxConcurrentStreams(MOST_STREAMS)));
        }
    }

    /// A stream has got a grant; its tunnel ends with it.
    void onGranted(Channel stream) {
        liveTunnels++;
        unprovenRequests = 0;
        if (!isProved) {
            isProved = true;
            onProved.run();
        }
        stream.closeFuture().addListener(closed -> onTunnelEnded());
    }

    private void onTunnelEnded() {
        liveTunnels--;
        idleSinceNanos = tunnels.loop().readClock();
        if (isGoingAway && liveTunnels == 0) {
            client.close();
        }
    }

    /// A stream has asked for something without proving who it is.
    void onUnproven() {
        unprovenRequests++;
        if (unprovenRequests > MOST_UNPROVEN_REQUESTS) {
            giveUp();
        }
    }

    /// A stream has been sent what has no place on it.
    void onMisuse() {
        tunnels.loop().drops().count(DropReason.MALFORMED);
        onUnproven();
    }

    // ------------------------------------------------------------------------------------------------ told by others

    /// No new stream is taken here any more; the connection ends with its last tunnel.
    void goAway() {
        if (isGoingAway) {
            return;
        }
        isGoingAway = true;
        client.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        if (liveTunnels == 0 && isProved) {
            client.close();
        }
    }

    void closeIfIdle(long nowNanos) {
        if (isProved && liveTunnels == 0 && nowNanos - idleSinceNanos > IDLE_NANOS) {
            client.close();
        }
    }

    // ---------------------------------------------------------------------------------------------- the connection

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof Http2PingFrame || message instanceof Http2SettingsFrame) {
            onControlFrame();
        }
        ReferenceCountUtil.release(message);
    }

    private void onControlFrame() {
        long nowNanos = tunnels.loop().readClock();
        if (nowNanos - controlSinceNanos > CONTROL_NANOS) {
            controlSinceNanos = nowNanos;
            controlFrames = 0;
        }
        controlFrames++;
        if (controlFrames > MOST_CONTROL_FRAMES) {
            giveUp();
        }
    }

    private void giveUp() {
        if (client.isActive() && !isGivenUp) {
            isGivenUp = true;
            isGoingAway = true;
            tunnels.loop().drops().count(DropReason.HTTP2_FLOOD);
            client.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM));
            client.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // a reset, or counted by the codec
    }

    /// Netty's codec with our limits. It answers errors by itself; here they are counted.
    private static final class CodecBuilder extends Http2FrameCodecBuilder {
        private final Drops drops;

        CodecBuilder(Drops drops) {
            this.drops = drops;
            server(true);
            initialSettings(Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MOST_UNPROVEN_STREAMS)
                    .maxHeaderListSize(MOST_HEADER_BYTES)
                    .initialWindowSize(STREAM_WINDOW_BYTES));
            decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESET_SECONDS);
            encoderEnforceMaxQueuedControlFrames(MOST_CONTROL_FRAMES);
            gracefulShutdownTimeoutMillis(0); // a close is one: who may go on has been told by GOAWAY before
        }

        @Override
        protected Http2FrameCodec build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new CountingCodec(decoder, encoder, settings, drops);
        }
    }

    private static final class CountingCodec extends Http2FrameCodec {
        private final Drops drops;

        CountingCodec(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings, Drops drops) {
            super(encoder, decoder, settings, false, true);
            this.drops = drops;
            gracefulShutdownTimeoutMillis(0);
        }

        @Override
        public void onError(ChannelHandlerContext context, boolean outbound, @Nullable Throwable cause) {
            if (context.channel().isActive() && cause instanceof Http2Exception error) {
                boolean isTooMuch =
                        error.error() == Http2Error.ENHANCE_YOUR_CALM || error.error() == Http2Error.REFUSED_STREAM;
                if (isTooMuch) {
                    drops.count(DropReason.HTTP2_FLOOD);
                } else if (!outbound) {
                    drops.count(DropReason.MALFORMED);
                }
            }
            super.onError(context, outbound, cause);
        }
    }
}
