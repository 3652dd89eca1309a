package io.callgate.relay.turn;

import io.callgate.relay.grant.Grant;
import io.callgate.relay.loop.EndpointMap;
import io.callgate.wire.stun.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One allocation (RFC 8656 §3.2): a client's five-tuple, one or two relayed addresses, permissions and channels.
/// Confined to the loop of the five-tuple.
final class Allocation {
    /// RFC 8656 §3.2: the least that is given.
    static final long DEFAULT_LIFETIME_SECONDS = 600;

    private static final long MAX_LIFETIME_SECONDS = 3600; // RFC 8656 §7.2: a maximum of one hour is recommended
    private static final long MAX_AGE_NANOS = 24 * 3600 * 1_000_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final long id;
    private final ClientPath client;
    private final Grant grant;
    private final String userName;
    private final String realm;
    private final Keys keys;
    private final TransactionId createdBy;
    private final long createdAtNanos;
    private final EndpointMap<Permission> permissions = new EndpointMap<>();
    private final EndpointMap<ChannelBinding> channelsByPeer = new EndpointMap<>();
    private final EndpointMap<ChannelBinding> channelsByNumber = new EndpointMap<>();
    private byte[] firstAnswer = {};
    private @Nullable RelayedSocket ipv4;
    private @Nullable RelayedSocket ipv6;
    private long expiresAtNanos;
    private final Due due = new Due(this);
    private boolean ended;

    /// @param id for logs, unique on this relay
    /// @param createdBy of the Allocate request: its retransmissions get the first answer again
    Allocation(
            long id,
            ClientPath client,
            Grant grant,
            RequestProof.Outcome.Proved user,
            TransactionId createdBy,
            long nowNanos) {
        this.id = id;
        this.client = client;
        this.grant = grant;
        this.userName = user.userName();
        this.realm = user.realm();
        this.keys = user.keys();
        this.createdBy = createdBy;
        this.createdAtNanos = nowNanos;
    }

    long id() {
        return id;
    }

    ClientPath client() {
        return client;
    }

    Grant grant() {
        return grant;
    }

    String userName() {
        return userName;
    }

    /// The realm that its keys were made for: challenges to its client keep it although the relay's has changed.
    String realm() {
        return realm;
    }

    /// Good as long as the allocation lives, whatever happens to credential and secret (DESIGN: admission only).
    Keys keys() {
        return keys;
    }

    TransactionId createdBy() {
        return createdBy;
    }

    byte[] firstAnswer() {
        return firstAnswer;
    }

    void firstAnswer(byte[] answer) {
        firstAnswer = answer;
    }

    void relay(RelayedSocket relayed) {
        if (relayed.isIpv6()) {
            ipv6 = relayed;
        } else {
            ipv4 = relayed;
        }
    }

    @Nullable
    RelayedSocket relayed(boolean isIpv6) {
        return isIpv6 ? ipv6 : ipv4;
    }

    List<RelayedSocket> relayed() {
        List<RelayedSocket> both = new ArrayList<>(2);
        if (ipv4 != null) {
            both.add(ipv4);
        }
        if (ipv6 != null) {
            both.add(ipv6);
        }
        return both;
    }

    /// Gives up one address family of a dual allocation.
    void close(RelayedSocket relayed) {
        relayed.close();
        if (relayed.isIpv6()) {
            ipv6 = null;
        } else {
            ipv4 = null;
        }
    }

    /// Sets the end of life.
    ///
    /// @param wantedSeconds 0 to end now
    /// @return the lifetime given, in seconds
    long renew(long wantedSeconds, long nowNanos) {
        long seconds = wantedSeconds == 0
                ? 0
                : Math.max(DEFAULT_LIFETIME_SECONDS, Math.min(wantedSeconds, MAX_LIFETIME_SECONDS));
        long leftNanos = Math.min(createdAtNanos + MAX_AGE_NANOS - nowNanos, grant.leftNanos(nowNanos));
        long leftSeconds = leftNanos / NANOS_PER_SECOND;
        long given = Math.max(0, Math.min(seconds, leftSeconds));
        expiresAtNanos = nowNanos + given * NANOS_PER_SECOND;
        return given;
    }

    long expiresAtNanos() {
        return expiresAtNanos;
    }

    boolean isExpired(long nowNanos) {
        return expiresAtNanos - nowNanos <= 0;
    }

    boolean isEnded() {
        return ended;
    }

    void markEnded() {
        ended = true;
        due.allocation = null;
    }

    Due due() {
        return due;
    }

    /// What [DeadlineWheel] holds of an allocation: nothing any more once it has ended, for the wheel keeps it
    /// for up to a minute, and a client may make and end thousands a second.
    static final class Due {
        private @Nullable Allocation allocation;

        private Due(Allocation allocation) {
            this.allocation = allocation;
        }

        @Nullable
        Allocation allocation() {
            return allocation;
        }
    }

    @Nullable
    Permission permission(long high, long low) {
        return permissions.find(high, low, 0, 0);
    }

    int permissionCount() {
        return permissions.count();
    }

    /// Installs or renews (RFC 8656 §10.2).
    Permission permit(long high, long low, long nowNanos) {
        Permission permission = permissions.find(high, low, 0, 0);
        if (permission == null) {
            permission = new Permission(high, low);
            permissions.put(high, low, 0, 0, permission);
        }
        permission.renew(nowNanos);
        return permission;
    }

    @Nullable
    ChannelBinding channel(int number) {
        return channelsByNumber.find(0, number, 0, 0);
    }

    @Nullable
    ChannelBinding channel(long peerHigh, long peerLow, int peerPort) {
        return channelsByPeer.find(peerHigh, peerLow, peerPort, 0);
    }

    int channelCount() {
        return channelsByNumber.count();
    }

    void bind(ChannelBinding channel) {
        channelsByNumber.put(0, channel.number(), 0, 0, channel);
        channelsByPeer.put(channel.high(), channel.low(), channel.port(), 0, channel);
    }

    void unbind(ChannelBinding channel) {
        channelsByNumber.remove(0, channel.number(), 0, 0);
        channelsByPeer.remove(channel.high(), channel.low(), channel.port(), 0);
    }

    List<Permission> permissions() {
        List<Permission> all = new ArrayList<>(permissions.count());
        permissions.forEach(all::add);
        return all;
    }

    List<ChannelBinding> channels() {
        List<ChannelBinding> all = new ArrayList<>(channelsByNumber.count());
        channelsByNumber.forEach(all::add);
        return all;
    }

    void forbid(Permission permission) {
        permissions.remove(permission.high(), permission.low(), 0, 0);
    }

    /// Forgets permissions and channels whose time is over.
    void forgetExpired(long nowNanos) {
        for (ChannelBinding channel : channels()) {
            if (!channel.isAlive(nowNanos)) {
                unbind(channel);
            }
        }
        for (Permission permission : permissions()) {
            if (!permission.isAlive(nowNanos)) {
                forbid(permission);
            }
        }
    }
}
