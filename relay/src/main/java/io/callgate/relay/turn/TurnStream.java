package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.MalformedPacket;
import io.callgate.wire.turn.StreamFramer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/// TURN over a byte stream (RFC 8656 §12.5): cuts a client's stream into STUN messages and ChannelData and hands
/// them to the server of its loop. The last handler of a client's channel.
public final class TurnStream extends ByteToMessageDecoder {
    private final TurnServer server;
    private final ClientPath.Stream client;
    private final Runnable onProved;
    private boolean proved;

    /// @param listener by which the client came in
    /// @param onProved called once, when the client has proved itself: it holds an allocation
    public TurnStream(TurnServer server, ListenerPoint listener, Channel channel, Runnable onProved) {
        this.server = server;
        this.onProved = onProved;
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        this.client = new ClientPath.Stream(listener, channel, IpAddress.of(remote.getAddress()), remote.getPort());
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        int available = in.readableBytes();
        ByteBuffer memory = in.internalNioBuffer(in.readerIndex(), available);
        int offset = memory.position();
        int limit = memory.limit();
        memory.clear(); // reads are absolute
        int consumed = 0;
        try {
            server.loop().readClock();
            int frame = StreamFramer.frameBytes(memory, offset, available);
            while (frame > 0) {
                server.takeFromStream(client, memory, offset + consumed, frame);
                consumed += frame;
                frame = consumed == available
                        ? 0
                        : StreamFramer.frameBytes(memory, offset + consumed, available - consumed);
            }
        } catch (MalformedPacket e) {
            // A stream that has lost its framing cannot be read any further.
            server.loop().drops().count(DropReason.MALFORMED);
            consumed = available;
            context.close();
        } finally {
            memory.limit(limit);
            server.loop().net().flush();
            server.flushStreams();
        }
        in.skipBytes(consumed);
        if (!proved && server.knows(client)) {
            proved = true;
            onProved.run();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        super.channelInactive(context);
        server.loop().readClock();
        server.onStreamClosed(client);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close(); // reset by the client, mostly; channelInactive ends what is left
    }
}
