package io.callgate.relay.tunnel;

import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Grants;
import io.callgate.relay.grant.LookupRefused;

/// Why a client gets no tunnel.
///
/// @param text for the client, where its protocol has room
record Refusal(Kind kind, DropReason reason, String text) {
    /// What the answer's code tells apart.
    enum Kind {
        POLICY,
        DRAINING,
        BUSY,
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

    /// Of a client that has proved itself.
    static Refusal of(Grants.Opening.Refused refused) {
        return of(
                switch (refused.kind()) {
                    case DRAINING -> Kind.DRAINING;
                    case LIMIT -> Kind.QUOTA;
                    case UNWELCOME -> Kind.POLICY;
                },
                refused.reason());
    }

    static Refusal of(LookupRefused refused) {
        return of(refused.reason() == DropReason.LOOKUP_QUOTA ? Kind.QUOTA : Kind.BUSY, refused.reason());
    }

    static Refusal unresolved(String text) {
        return new Refusal(Kind.NAME_NOT_RESOLVED, DropReason.NAME_NOT_RESOLVED, text);
    }

    static Refusal unconnected(Kind kind) {
        return of(kind, DropReason.CONNECT_FAILED);
    }
}
