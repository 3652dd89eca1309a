package io.callgate.relay.turn;

import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.Protocol;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.TransportAddress;
import io.callgate.wire.turn.ChannelNumber;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Serves what the client of an allocation asks for its peers, CreatePermission and ChannelBind, and judges which
/// peers it may have. Confined to one loop.
final class PeerProcedures {
    private final RelayLoop loop;

    PeerProcedures(RelayLoop loop) {
        this.loop = loop;
    }

    // -------------------------------------------------------------------------------- CreatePermission, RFC 8656 §10.2

    Answer createPermission(Allocation allocation, Message request) {
        List<Attribute.XorPeerAddress> peers = request.findAll(Attribute.XorPeerAddress.class);
        if (peers.isEmpty()) {
            return Answer.Refused.badRequest("XOR-PEER-ADDRESS missing");
        }
        // All or none: RFC 8656 §10.2 installs nothing if one address is refused.
        Set<IpAddress> fresh = new HashSet<>(); // one may be named twice
        for (Attribute.XorPeerAddress peer : peers) {
            Answer.Refused refusal = refusalOf(allocation, peer.address());
            if (refusal != null) {
                return refusal;
            }
            if (isFresh(allocation, peer.address())) {
                fresh.add(new IpAddress(peer.address().high(), peer.address().low()));
            }
        }
        Answer.Refused overLimit = overPeerLimits(allocation, fresh.size());
        if (overLimit != null) {
            return overLimit;
        }
        for (Attribute.XorPeerAddress peer : peers) {
            allocation.permit(peer.address().high(), peer.address().low(), loop.nowNanos());
        }
        return Answer.Success.EMPTY;
    }

    private Answer.@Nullable Refused refusalOf(Allocation allocation, TransportAddress peer) {
        if (allocation.relayed(peer.ipv6()) == null) {
            return Answer.Refused.familyMismatch();
        }
        if (peer.ipv6() && IpAddress.isV4(peer.high(), peer.low())) {
            return Answer.Refused.forbidden(DropReason.SPECIAL_RANGE); // ::ffff:a.b.c.d is no address on any wire
        }
        DropReason reason = refusalOf(allocation, peer.high(), peer.low());
        return reason == null ? null : Answer.Refused.forbidden(reason);
    }

    /// Whether policy lets this client have a permission for that address.
    @Nullable
    DropReason refusalOf(Allocation allocation, long high, long low) {
        int ownThere = 0;
        for (RelayedSocket relayed : allocation.relayed()) {
            IpAddress bind = relayed.taken().address().bind();
            IpAddress known = relayed.taken().address().publicAddress();
            if ((known.high() == high && known.low() == low) || (bind.high() == high && bind.low() == low)) {
                ownThere++;
            }
        }
        return allocation.grant().policy().refusalOfAnyPort(high, low, ownThere);
    }

    /// Whether it would be a permission more.
    private static boolean isFresh(Allocation allocation, TransportAddress peer) {
        return allocation.permission(peer.high(), peer.low()) == null;
    }

    /// @param fresh how many permissions more
    private Answer.@Nullable Refused overPeerLimits(Allocation allocation, int fresh) {
        Limits limits = allocation.grant().app().state().limits();
        if (fresh > 0) {
            allocation.forgetExpired(loop.nowNanos());
        }
        if (allocation.permissionCount() + fresh > limits.permissionsPerAllocation()) {
            return Answer.Refused.noCapacity(DropReason.PERMISSION_QUOTA);
        }
        boolean tooFast = fresh > 0
                && !allocation
                        .grant()
                        .app()
                        .sessions()
                        .mayMeet(
                                allocation.grant().identity().subject(),
                                fresh,
                                limits.newPeersPerSecond(),
                                loop.nowNanos());
        return tooFast ? Answer.Refused.noCapacity(DropReason.NEW_PEER_RATE) : null;
    }

    // ------------------------------------------------------------------------------------ ChannelBind, RFC 8656 §12.2

    Answer channelBind(Allocation allocation, Message request) {
        Optional<Attribute.ChannelNumber> number = request.find(Attribute.ChannelNumber.class);
        Optional<Attribute.XorPeerAddress> peerAttribute = request.find(Attribute.XorPeerAddress.class);
        if (number.isEmpty() || peerAttribute.isEmpty()) {
            return Answer.Refused.badRequest("CHANNEL-NUMBER or XOR-PEER-ADDRESS missing");
        }
        int channelNumber = number.get().value();
        if (!ChannelNumber.isAcceptable(channelNumber)) {
            return Answer.Refused.badRequest("channel number outside 0x4000 to 0x7FFF");
        }
        TransportAddress peer = peerAttribute.get().address();
        long now = loop.nowNanos();
        allocation.forgetExpired(now);
        ChannelBinding ofNumber = allocation.channel(channelNumber);
        ChannelBinding ofPeer = allocation.channel(peer.high(), peer.low(), peer.port());
        if (ofNumber != ofPeer) {
            return Answer.Refused.badRequest(
                    ofNumber != null ? "channel is bound to another peer" : "peer has another channel");
        }
        Answer.Refused refusal = refusalOf(allocation, peer);
        if (refusal != null) {
            return refusal;
        }
        DropReason byPort = allocation.grant().policy().refusalOf(peer.high(), peer.low(), peer.port(), Protocol.UDP);
        if (byPort != null) {
            return Answer.Refused.forbidden(byPort);
        }
        Answer.Refused overLimit = overPeerLimits(allocation, isFresh(allocation, peer) ? 1 : 0);
        if (overLimit != null) {
            return overLimit;
        }
        RelayedSocket relayed = allocation.relayed(peer.ipv6());
        ChannelBinding channel = ofNumber;
        if (channel == null && relayed != null) {
            if (allocation.channelCount()
                    >= allocation.grant().app().state().limits().channelsPerAllocation()) {
                return Answer.Refused.noCapacity(DropReason.CHANNEL_QUOTA);
            }
            channel = new ChannelBinding(channelNumber, relayed, peer.high(), peer.low(), peer.port());
            allocation.bind(channel);
        }
        allocation.permit(peer.high(), peer.low(), now);
        if (channel != null) {
            channel.renew(now);
        }
        return Answer.Success.EMPTY;
    }
}
