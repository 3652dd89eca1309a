package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.IpFields;
import io.callgate.relay.net.PacketBatch;
import io.callgate.relay.net.UdpReceiver;
import io.callgate.relay.net.UdpSocket;
import io.callgate.wire.turn.ChannelData;
import io.callgate.wire.turn.DataIndication;
import io.callgate.wire.turn.IcmpIndication;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The relayed transport address of an allocation in one address family: packets of peers come in here and leave
/// to the client; packets of the client leave here to peers. Confined to the allocation's loop.
final class RelayedSocket implements UdpReceiver {
    private final TurnServer server;
    private final RelayLoop loop;
    private final Allocation allocation;
    private final RelayPorts.Taken taken;
    private final UdpSocket socket;

    /// @throws IOException if the system does not give the port
    RelayedSocket(TurnServer server, RelayLoop loop, Allocation allocation, RelayPorts.Taken taken) throws IOException {
        this.server = server;
        this.loop = loop;
        this.allocation = allocation;
        this.taken = taken;
        this.socket =
                loop.net().bind(new InetSocketAddress(taken.address().bind().toInetAddress(), taken.port()), this);
    }

    boolean isIpv6() {
        return !taken.address().bind().isV4();
    }

    RelayPorts.Taken taken() {
        return taken;
    }

    /// Sends a payload of the client to a peer that policy allows.
    ///
    /// @param memory must stay unchanged until the loop flushes
    /// @param fields for its IP header: [IpFields]
    void toPeer(ByteBuffer memory, int offset, int length, long high, long low, int port, int fields) {
        DropReason refusal = allocation.grant().meter().toPeer(length, loop.nowNanos());
        if (refusal != null) {
            loop.drops().count(refusal);
            return;
        }
        IpAddress own = server.ports().bindOf(high, low);
        boolean sent = own == null
                ? socket.send(memory, offset, length, high, low, port, fields)
                : socket.send(memory, offset, length, own.high(), own.low(), port, fields);
        if (!sent) {
            loop.drops().count(DropReason.QUEUE_FULL);
        }
    }

    @Override
    public void onBatch(UdpSocket from, PacketBatch batch) {
        loop.readClock();
        for (int i = 0; i < batch.count(); i++) {
            IpAddress own = server.ports().publicOf(batch.high(i), batch.low(i));
            DropReason reason = own == null
                    ? toClient(batch, i, batch.high(i), batch.low(i))
                    : toClient(batch, i, own.high(), own.low());
            if (reason != null) {
                loop.drops().count(reason);
            }
        }
        server.flushStreams();
    }

    /// @return why it was dropped, or null
    private @Nullable DropReason toClient(PacketBatch batch, int i, long high, long low) {
        if (allocation.isEnded() || server.endedByTime(allocation)) {
            return DropReason.NO_ALLOCATION;
        }
        int port = batch.port(i);
        int length = batch.length(i);
        long now = loop.nowNanos();
        Permission permission = allocation.permission(high, low);
        if (permission == null || !permission.isAlive(now)) {
            return DropReason.NO_PERMISSION;
        }
        ChannelBinding channel = allocation.channel(high, low, port);
        if (channel != null && !channel.isAlive(now)) {
            channel = null;
        }
        if (channel == null) { // a bound peer was judged when it was bound, and is judged again when policy changes
            DropReason refusal = allocation.grant().policy().refusalOf(high, low, port, Protocol.UDP);
            if (refusal != null) {
                return refusal;
            }
        }
        DropReason overLimit = allocation.grant().meter().toClient(length, now);
        if (overLimit != null) {
            return overLimit;
        }
        ByteBuffer memory = batch.memory();
        int payload = batch.offset(i);
        boolean sent;
        if (channel != null) {
            int start = payload - ChannelData.HEADER_BYTES;
            ChannelData.writeHeader(memory, start, channel.number(), length);
            sent = server.media(allocation.client(), memory, start, ChannelData.HEADER_BYTES + length, batch.fields(i));
        } else {
            int start = DataIndication.writeAround(
                    memory, payload, length, server.nextIndicationId(), now, high, low, port);
            sent = server.media(
                    allocation.client(), memory, start, DataIndication.totalBytes(isIpv6(), length), batch.fields(i));
        }
        return sent ? null : DropReason.QUEUE_FULL;
    }

    @Override
    public void onUnreadable(UdpSocket from) {
        loop.drops().count(DropReason.UNREADABLE);
    }

    /// Told to the client if it may reach that peer, whoever said it (RFC 8656 §11.5).
    @Override
    public void onIcmp(UdpSocket from, long high, long low, int port, int type, int code, int mtuBytes) {
        long now = loop.readClock();
        IpAddress own = server.ports().publicOf(high, low);
        long peerHigh = own == null ? high : own.high();
        long peerLow = own == null ? low : own.low();
        Permission permission = allocation.permission(peerHigh, peerLow);
        if (allocation.isEnded() || permission == null || !permission.isAlive(now)) {
            loop.drops().count(allocation.isEnded() ? DropReason.NO_ALLOCATION : DropReason.NO_PERMISSION);
            return;
        }
        ByteBuffer message = ByteBuffer.allocate(IcmpIndication.totalBytes(isIpv6()));
        IcmpIndication.write(message, server.nextIndicationId(), now, peerHigh, peerLow, port, type, code, mtuBytes);
        if (!server.media(allocation.client(), message, 0, message.capacity(), IpFields.NONE)) {
            loop.drops().count(DropReason.QUEUE_FULL);
        }
        server.flushStreams();
    }

    @Override
    public void onSendFailure(UdpSocket from) {
        loop.drops().count(DropReason.SEND_FAILED);
    }

    /// Asks the system what it threw away. A system call: not per packet.
    void countSystemDrops() {
        loop.systemDrops().ofRelayedAddress(socket);
    }

    /// Closes the socket; the port stays taken.
    void unbind() {
        socket.close();
    }

    /// Closes the socket and gives the port back.
    void close() {
        countSystemDrops();
        unbind();
        server.ports().release(taken);
    }
}
