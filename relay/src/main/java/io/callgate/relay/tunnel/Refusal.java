package io.callgate.relay.tunnel;

import io.callgate.relay.grant.DropReason;

/// Why a client gets no tunnel.
///
/// @param text for the client, where its protocol has room
record Refusal(Kind kind, DropReason reason, String text) {
    /// What the answer's code tells apart.
    enum Kind {
        POLICY,
        DRAINING,
        QUOTA,
        NAME_NOT_RESOLVED,
        CONNECTION_REFUSED,
        NETWORK_UNREACHABLE,
        HOST_UNREACHABLE,
        TIMEOUT
    }

    static Refusal of(Kind kind, DropReason reason) {
        return new Refusal(kind, reason, reason.text());
    }

    static Refusal byPolicy(DropReason reason) {
        return of(Kind.POLICY, reason);
    }

    static Refusal byLimit(DropReason reason) {
        return of(reason == DropReason.DRAINING ? Kind.DRAINING : Kind.QUOTA, reason);
    }

    static Refusal unresolved(String text) {
        return new Refusal(Kind.NAME_NOT_RESOLVED, DropReason.NAME_NOT_RESOLVED, text);
    }

    static Refusal unconnected(Kind kind) {
        return of(kind, DropReason.CONNECT_FAILED);
    }
}
