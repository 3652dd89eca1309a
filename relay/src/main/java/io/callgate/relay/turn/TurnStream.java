package io.callgate.relay.turn;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.ClientAddress;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.turn.StreamFramer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// TURN over a byte stream (RFC 8656 §12.5): cuts a client's stream into STUN messages and ChannelData and hands
/// them to the server of its loop. The last handler of a client's channel.
public final class TurnStream extends ChannelInboundHandlerAdapter {
    /// Requests of clients without an allocation are far shorter; nothing longer is kept for one.
    private static final int MAX_STRANGER_BYTES = 2048;

    /// Each request costs an answer, and whoever has a credential needs two or three until it holds an allocation.
    static final int MOST_STRANGER_MESSAGES = 32;

    /// Beyond what the media queue hands over at once.
    private static final long MAX_WAITING_ANSWER_BYTES = 32 << 10;

    /// What waits in Netty cannot be dropped: once more than a full packet does, the channel takes no media until
    /// nothing does. A packet that is written at once stays below, and is no change of writability, of which the
    /// whole pipeline would hear twice a packet.
    private static final WriteBufferWaterMark ONE_PACKET_WAITS = new WriteBufferWaterMark(1, 2 << 10);

    private final TurnServer server;
    private final ClientPath.Stream client;
    private final Runnable onProved;
    private boolean proved;
    private int strangerMessages;
    private @Nullable ByteBuf received;

    /// @param listener by which the client came in
    /// @param onProved called once, when the client has proved itself: it holds an allocation
    public TurnStream(TurnServer server, ListenerPoint listener, Channel channel, Runnable onProved) {
        this.server = server;
        this.onProved = onProved;
        this.client =
                new ClientPath.Stream(listener, channel, server.newMediaQueue(channel), ClientAddress.of(channel));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.channel().config().setWriteBufferWaterMark(ONE_PACKET_WAITS);
        server.loop().io().limitUnsent(context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        received = received == null
                ? bytes
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, bytes);
        takeFrames(context, received);
        if (received != null && !received.isReadable()) {
            forget();
        }
        pace(context.channel());
    }

    private void takeFrames(ChannelHandlerContext context, ByteBuf in) {
        server.loop().readClock();
        DropReason end = null;
        try {
            end = takeEach(context.channel(), in);
        } finally {
            server.loop().net().flush();
            client.flushAnswers(); // all at once, before media and before a close, which forgets what still waits
            server.flushStreams();
        }
        if (end != null) {
            server.loop().drops().count(end);
            context.close();
        }
    }

    /// @return why the stream must end; null if it goes on
    private @Nullable DropReason takeEach(Channel channel, ByteBuf in) {
        try {
            int frameBytes = nextFrame(in);
            while (frameBytes > 0 && channel.isOpen()) {
                if (!isProved() && ++strangerMessages > MOST_STRANGER_MESSAGES) {
                    return DropReason.STRANGER_RATE;
                }
                ByteBuffer memory = in.internalNioBuffer(in.readerIndex(), frameBytes);
                int offset = memory.position();
                memory.clear(); // reads are absolute
                server.takeFromStream(client, memory, offset, frameBytes);
                in.skipBytes(frameBytes);
                frameBytes = nextFrame(in);
            }
            return !isProved() && in.readableBytes() > MAX_STRANGER_BYTES ? DropReason.MALFORMED : null;
        } catch (MalformedPacket e) {
            return DropReason.MALFORMED; // a stream that has lost its framing cannot be read any further
        }
    }

    private static int nextFrame(ByteBuf in) throws MalformedPacket {
        int available = in.readableBytes();
        if (available == 0) {
            return 0;
        }
        ByteBuffer memory = in.internalNioBuffer(in.readerIndex(), available);
        int offset = memory.position();
        memory.clear();
        return StreamFramer.frameBytes(memory, offset, available);
    }

    private boolean isProved() {
        if (!proved && server.knows(client)) {
            proved = true;
            onProved.run();
        }
        return proved;
    }

    /// Answers are never dropped, so a client that sends requests and reads no answers is not read from either,
    /// until it has taken what waits for it. Media, which waits elsewhere, does not stop its requests.
    private static void pace(Channel channel) {
        channel.config().setAutoRead(channel.bytesBeforeWritable() < MAX_WAITING_ANSWER_BYTES);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        pace(context.channel());
        if (context.channel().isWritable()) {
            client.flush(server.loop().readClock());
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        forget();
        client.forget();
    }

    private void forget() {
        if (received != null) {
            received.release();
            received = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        server.loop().readClock();
        server.onStreamClosed(client);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // reset by the client, mostly; channelInactive ends what is left
    }
}
