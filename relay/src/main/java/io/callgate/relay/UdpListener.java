package io.callgate.relay;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.PacketBatch;
import io.callgate.relay.net.UdpReceiver;
import io.callgate.relay.net.UdpSocket;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.TurnServer;
import java.nio.ByteBuffer;

/// One UDP address and port on one loop: packets of known clients go to their session, others to where [Demux]
/// says. Confined to the loop.
final class UdpListener implements UdpReceiver {
    private final ListenerPoint point;
    private final RelayLoop loop;
    private final TurnServer turn;
    private final LoopDirectory directory;
    private final RelayCommands commands;

    UdpListener(ListenerPoint point, RelayLoop loop, TurnServer turn, LoopDirectory directory, RelayCommands commands) {
        this.point = point;
        this.loop = loop;
        this.turn = turn;
        this.directory = directory;
        this.commands = commands;
    }

    @Override
    public void onBatch(UdpSocket socket, PacketBatch batch) {
        loop.readClock();
        ByteBuffer memory = batch.memory();
        for (int i = 0; i < batch.count(); i++) {
            int offset = batch.offset(i);
            int length = batch.length(i);
            long high = batch.high(i);
            long low = batch.low(i);
            int port = batch.port(i);
            if (!turn.takeKnown(point, memory, offset, length, high, low, port, batch.fields(i))) {
                takeUnknown(socket, batch, i);
            }
        }
        turn.flushStreams();
    }

    private void takeUnknown(UdpSocket socket, PacketBatch batch, int i) {
        ByteBuffer memory = batch.memory();
        int offset = batch.offset(i);
        int length = batch.length(i);
        switch (Demux.datagram(memory, offset, length)) {
            case STUN -> {
                if (!handedOver(batch, i)) {
                    turn.takeStranger(
                            point, socket, memory, offset, length, batch.high(i), batch.low(i), batch.port(i));
                }
            }
            case CHANNEL_DATA_OR_QUIC -> {
                if (!handedOver(batch, i)) {
                    loop.drops().count(DropReason.NO_ALLOCATION);
                }
            }
            case SOCKS5_UDP -> loop.drops().count(DropReason.SOCKS5_UDP_UNSUPPORTED);
            case DTLS -> loop.drops().count(DropReason.DTLS_UNSUPPORTED);
            case QUIC -> loop.drops().count(DropReason.QUIC_UNSUPPORTED);
            case UNKNOWN -> loop.drops().count(DropReason.UNKNOWN_PROTOCOL);
        }
    }

    /// The kernel spreads clients over loops by hash, and the hash changes with the number of sockets: a client
    /// that is not known here may live on another loop.
    private boolean handedOver(PacketBatch batch, int i) {
        int owner = directory.find(batch.high(i), batch.low(i), batch.port(i), point.id());
        if (owner == LoopDirectory.NONE || owner == loop.index()) {
            return false;
        }
        byte[] copy = new byte[batch.length(i)];
        batch.memory().get(batch.offset(i), copy);
        commands.handOver(owner, point, copy, batch.high(i), batch.low(i), batch.port(i), batch.fields(i));
        return true;
    }

    /// A packet of a client of this loop that arrived on another.
    void takeForeign(UdpSocket socket, byte[] packet, long high, long low, int port, int fields) {
        loop.readClock();
        ByteBuffer memory = ByteBuffer.wrap(packet);
        if (!turn.takeKnown(point, memory, 0, packet.length, high, low, port, fields)) {
            if (Demux.datagram(memory, 0, packet.length) == Demux.Datagram.STUN) {
                turn.takeStranger(point, socket, memory, 0, packet.length, high, low, port);
            } else {
                loop.drops().count(DropReason.NO_ALLOCATION); // it ended while the packet was handed over
            }
        }
        loop.net().flush();
    }

    @Override
    public void onUnreadable(UdpSocket socket) {
        loop.drops().count(DropReason.UNREADABLE);
    }

    @Override
    public void onIcmp(UdpSocket socket, long high, long low, int port, int type, int code, int mtuBytes) {
        throw new IllegalStateException("a listener's socket is told of no ICMP");
    }

    @Override
    public void onSendFailure(UdpSocket socket) {
        loop.drops().count(DropReason.SEND_FAILED);
    }
}
