package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.EndReason;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.IpFields;
import io.callgate.relay.net.UdpSocket;
import io.callgate.wire.stun.AttributeCursor;
import io.callgate.wire.stun.AttributeType;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.StunHeader;
import io.callgate.wire.stun.XorAddress;
import io.callgate.wire.turn.ChannelData;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// TURN on one loop: takes what clients send, relays what is media, has [TurnRequests] answer what is a request.
/// Confined to the loop.
public final class TurnServer {
    private static final Logger log = LoggerFactory.getLogger(TurnServer.class);

    private final RelayLoop loop;
    private final TurnContext context;
    private final AllocationTable allocations;
    private final TurnRequests requests;
    private final PeerProcedures peers;
    private final StrangerLimit strangers;
    private final AttributeCursor cursor = new AttributeCursor();
    private final List<ClientPath.Stream> queuedStreams = new ArrayList<>();
    private final MediaChunks mediaChunks = new MediaChunks();
    private int indicationId;

    /// Makes the server of one loop; must run on it.
    public TurnServer(RelayLoop loop, TurnContext context) {
        this.loop = loop;
        this.context = context;
        this.allocations = new AllocationTable(loop, context.directory());
        this.strangers = new StrangerLimit(context.loops(), loop.nowNanos());
        this.peers = new PeerProcedures(loop);
        this.requests = new TurnRequests(this, loop, context, allocations, peers);
    }

    /// Takes a packet of a client with an allocation on this loop.
    ///
    /// @param fields of its IP header, which go on with what is in it: [IpFields]
    /// @return false if there is no such client here; the packet was not touched
    public boolean takeKnown(
            ListenerPoint listener,
            ByteBuffer memory,
            int offset,
            int length,
            long high,
            long low,
            int port,
            int fields) {
        Allocation allocation = allocations.find(high, low, port, listener);
        if (allocation == null || endedByTime(allocation)) {
            return false;
        }
        take(allocation.client(), allocation, memory, offset, length, fields);
        return true;
    }

    /// Takes a STUN message of a UDP client without an allocation. Nothing is kept of it unless it allocates.
    ///
    /// @param socket the listener's socket on this loop, for the answer
    public void takeStranger(
            ListenerPoint listener,
            UdpSocket socket,
            ByteBuffer memory,
            int offset,
            int length,
            long high,
            long low,
            int port) {
        if (high == listener.address().high() && low == listener.address().low() && port == listener.port()) {
            loop.drops().count(DropReason.OWN_ADDRESS); // an answer would come back to us
            return;
        }
        if (!strangers.admits(high, low, loop.nowNanos())) {
            loop.drops().count(DropReason.STRANGER_RATE);
            if (strangers.isFirstRefusal()) {
                log.atWarn()
                        .addKeyValue("source", new IpAddress(high, IpAddress.isV4(high, low) ? low & ~0xFFL : 0))
                        .log("strangers.limited");
            }
            return;
        }
        context.checkRuns().sawUdpFrom(high, low);
        take(
                new ClientPath.Datagrams(listener, socket).pointTo(high, low, port),
                null,
                memory,
                offset,
                length,
                IpFields.NONE);
    }

    /// Whether the client holds an allocation.
    boolean knows(ClientPath client) {
        return allocations.find(client) != null;
    }

    /// One whole message of a client by TCP.
    void takeFromStream(ClientPath.Stream client, ByteBuffer memory, int offset, int length) {
        Allocation allocation = allocations.find(client);
        Allocation live = allocation == null || endedByTime(allocation) ? null : allocation;
        take(client, live, memory, offset, length, IpFields.NONE); // RFC 8656 §15: a stream's header is its own
    }

    /// The timer comes twice a second; a packet in between finds the allocation ended all the same.
    boolean endedByTime(Allocation allocation) {
        boolean isOver = allocation.isExpired(loop.nowNanos());
        if (isOver) {
            end(allocation, EndReason.EXPIRED);
        }
        return isOver;
    }

    private void take(
            ClientPath client, @Nullable Allocation allocation, ByteBuffer memory, int offset, int length, int fields) {
        int first = length == 0 ? 0xFF : memory.get(offset) & 0xFF;
        if (first >= 0x40 && first <= 0x7F) { // a known client's: its channels may be those of RFC 5766
            countDrop(channelData(allocation, memory, offset, length, fields));
        } else if (!StunHeader.looksLikeStun(memory, offset, length)) {
            loop.drops().count(first <= 3 ? DropReason.MALFORMED : DropReason.UNKNOWN_PROTOCOL);
        } else if (StunHeader.messageType(memory, offset) == StunHeader.SEND_INDICATION) {
            countDrop(send(allocation, memory, offset, length, fields));
        } else if (StunHeader.messageClass(memory, offset) == MessageClass.REQUEST) {
            requests.take(client, allocation, memory, offset, length);
        } else {
            loop.drops().count(DropReason.UNEXPECTED_MESSAGE);
        }
    }

    private void countDrop(@Nullable DropReason reason) {
        if (reason != null) {
            loop.drops().count(reason);
        }
    }

    /// ChannelData of a client (RFC 8656 §12.6). Policy was asked when the channel was bound, and is asked again
    /// when it changes.
    private @Nullable DropReason channelData(
            @Nullable Allocation allocation, ByteBuffer memory, int offset, int length, int fields) {
        if (allocation == null) {
            return DropReason.NO_ALLOCATION;
        }
        if (!ChannelData.isValidDatagram(memory, offset, length)) {
            return DropReason.MALFORMED;
        }
        ChannelBinding channel = allocation.channel(ChannelData.channelNumber(memory, offset));
        if (channel == null || !channel.isAlive(loop.nowNanos())) {
            return DropReason.NO_CHANNEL;
        }
        channel.relayed()
                .toPeer(
                        memory,
                        offset + ChannelData.HEADER_BYTES,
                        ChannelData.payloadBytes(memory, offset),
                        channel.high(),
                        channel.low(),
                        channel.port(),
                        fields);
        return null;
    }

    /// A Send indication (RFC 8656 §11.2). Dropped if an attribute that counts stands in it twice: what is
    /// checked and what is used must be the same.
    private @Nullable DropReason send(
            @Nullable Allocation allocation, ByteBuffer memory, int offset, int length, int fields) {
        if (allocation == null) {
            return DropReason.NO_ALLOCATION;
        }
        if (!cursor.reset(memory, offset, length)) {
            return DropReason.MALFORMED;
        }
        int peer = -1;
        int data = -1;
        int dataBytes = 0;
        int outFields = fields;
        while (cursor.next()) {
            switch (cursor.type()) {
                case AttributeType.XOR_PEER_ADDRESS -> {
                    if (peer >= 0 || !XorAddress.isValid(memory, cursor.valueOffset(), cursor.valueBytes())) {
                        return DropReason.MALFORMED;
                    }
                    peer = cursor.valueOffset();
                }
                case AttributeType.DATA -> {
                    if (data >= 0) {
                        return DropReason.MALFORMED;
                    }
                    data = cursor.valueOffset();
                    dataBytes = cursor.valueBytes();
                }
                case AttributeType.USERNAME,
                        AttributeType.REALM,
                        AttributeType.NONCE,
                        AttributeType.MESSAGE_INTEGRITY,
                        AttributeType.MESSAGE_INTEGRITY_SHA256 -> {
                    // Indications are not authenticated (RFC 8656 §5); a client that signs them does no harm.
                }
                case AttributeType.DONT_FRAGMENT -> {
                    if (!loop.net().canSendWhole()) {
                        return DropReason.UNKNOWN_ATTRIBUTE;
                    }
                    outFields = IpFields.whole(outFields);
                }
                default -> {
                    if (AttributeType.isComprehensionRequired(cursor.type())) {
                        return DropReason.UNKNOWN_ATTRIBUTE;
                    }
                }
            }
        }
        if (peer < 0 || data < 0) {
            return DropReason.MALFORMED;
        }
        long high = XorAddress.high(memory, peer, offset);
        long low = XorAddress.low(memory, peer, offset);
        boolean isIpv6 = XorAddress.isIpv6(memory, peer);
        return toPeer(allocation, isIpv6, high, low, XorAddress.port(memory, peer), memory, data, dataBytes, outFields);
    }

    private @Nullable DropReason toPeer(
            Allocation allocation,
            boolean isIpv6,
            long high,
            long low,
            int port,
            ByteBuffer memory,
            int data,
            int dataBytes,
            int fields) {
        RelayedSocket relayed = allocation.relayed(isIpv6);
        if (relayed == null || isIpv6 == IpAddress.isV4(high, low)) {
            return DropReason.WRONG_FAMILY; // also IPv6's ::ffff:a.b.c.d, which no IPv6 socket reaches
        }
        Permission permission = allocation.permission(high, low);
        if (permission == null || !permission.isAlive(loop.nowNanos())) {
            return DropReason.NO_PERMISSION;
        }
        DropReason refusal = allocation.grant().policy().refusalOf(high, low, port, Protocol.UDP);
        if (refusal != null) {
            return refusal;
        }
        relayed.toPeer(memory, data, dataBytes, high, low, port, fields);
        return null;
    }

    /// Sends ChannelData or a Data indication to a client; streams are written through by [#flushStreams].
    ///
    /// @return false if it was dropped
    boolean media(ClientPath client, ByteBuffer memory, int offset, int length, int fields) {
        boolean sent = client.media(memory, offset, length, fields, loop.nowNanos());
        if (client instanceof ClientPath.Stream stream && stream.markQueued()) {
            queuedStreams.add(stream);
        }
        return sent;
    }

    /// Writes through what was queued for clients by TCP. Called at the end of every batch.
    public void flushStreams() {
        for (int i = 0; i < queuedStreams.size(); i++) {
            queuedStreams.get(i).flush(loop.nowNanos());
        }
        queuedStreams.clear();
    }

    /// A number for a Data indication's transaction id: nothing answers it, so it need not be random.
    int nextIndicationId() {
        return ++indicationId;
    }

    /// A queue for one client by TCP.
    MediaQueue newMediaQueue(Channel client) {
        return new MediaQueue(client, mediaChunks, loop.drops());
    }

    RelayPorts ports() {
        return context.ports();
    }

    RelayLoop loop() {
        return loop;
    }

    /// Ends what is over. Called about twice a second.
    public void onTick() {
        context.reservations().releaseExpired(loop.nowNanos());
        allocations.visitDue(allocation -> {
            if (!endedByTime(allocation)) {
                allocation.forgetExpired(loop.nowNanos());
                allocation.relayed().forEach(RelayedSocket::countSystemDrops);
            }
        });
    }

    /// A client's stream closed: its allocation ends with it.
    void onStreamClosed(ClientPath.Stream client) {
        Allocation allocation = allocations.find(client);
        if (allocation != null) {
            end(allocation, EndReason.CLIENT_LEFT);
        }
    }

    /// Ends the allocations whose grants are given up.
    public void endIf(Predicate<Grant> isGivenUp, EndReason why) {
        for (Allocation allocation : allocations.all()) {
            if (isGivenUp.test(allocation.grant())) {
                end(allocation, why);
            }
        }
    }

    /// Ends the allocations of clients that came in by a listener.
    public void endOf(ListenerPoint listener) {
        for (Allocation allocation : allocations.all()) {
            if (allocation.client().listener().equals(listener)) {
                end(allocation, EndReason.LISTENER_CLOSED);
            }
        }
    }

    /// Asks the policy again about every live permission and channel, after it has changed.
    public void recheckDestinations() {
        for (Allocation allocation : allocations.all()) {
            for (ChannelBinding channel : allocation.channels()) {
                DropReason refusal = allocation
                        .grant()
                        .policy()
                        .refusalOf(channel.high(), channel.low(), channel.port(), Protocol.UDP);
                if (refusal != null) {
                    allocation.unbind(channel);
                }
            }
            for (Permission permission : allocation.permissions()) {
                if (peers.refusalOf(allocation, permission.high(), permission.low()) != null) {
                    allocation.forbid(permission);
                }
            }
        }
    }

    /// Ends everything: the relay closes.
    public void endAll() {
        allocations.all().forEach(allocation -> end(allocation, EndReason.RELAY_CLOSED));
    }

    void end(Allocation allocation, EndReason why) {
        if (allocation.isEnded()) {
            return;
        }
        allocation.markEnded();
        allocations.remove(allocation);
        allocation.relayed().forEach(RelayedSocket::close);
        allocation.grant().endsBecause(why);
        loop.grants().close(allocation.grant(), loop.nowNanos());
        if (allocation.client() instanceof ClientPath.Stream stream) {
            stream.close();
        }
    }
}
