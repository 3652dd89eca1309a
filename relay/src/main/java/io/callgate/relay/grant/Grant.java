package io.callgate.relay.grant;

import io.callgate.model.Revocation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a protocol gets once a client has proved itself, and all that it gets: so every protocol behaves alike.
/// Made by [Grants], used and closed on the loop that made it.
public final class Grant {
    private final Identity identity;
    private final Sessions.Entry entry;
    private final Meter meter;
    private @Nullable EndReason endReason;

    Grant(Identity identity, Sessions.Entry entry, Meter meter) {
        this.identity = identity;
        this.entry = entry;
        this.meter = meter;
    }

    public Identity identity() {
        return identity;
    }

    public LiveApp app() {
        return identity.app();
    }

    public Ingress ingress() {
        return entry.ingress();
    }

    /// Whether another came in by the same protocol at the same place.
    boolean comesLike(Grant other) {
        return entry.ingress() == other.entry.ingress() && entry.reached().equals(other.entry.reached());
    }

    /// The app's policy of this moment.
    public DestinationPolicy policy() {
        return identity.app().policy();
    }

    /// How long this may last at most: [Long#MAX_VALUE] unless it is a guest's.
    public long leftNanos(long nowNanos) {
        Allotment allotment = identity.app().allotment();
        return allotment == null ? Long.MAX_VALUE : allotment.leftNanos(nowNanos);
    }

    public Meter meter() {
        return meter;
    }

    /// Whether a state in force has no room for this: its app is gone, or the operator has ended it.
    public boolean isGivenUp(List<Revocation> revocations) {
        return identity.app().isRetired() || isRevoked(revocations);
    }

    /// Whether the operator has ended this: see [Revocation].
    public boolean isRevoked(List<Revocation> revocations) {
        return Authenticator.isStruck(identity, revocations);
    }

    /// Says why it is about to end; the first who says it is right. Otherwise its client has left.
    public void endsBecause(EndReason reason) {
        if (endReason == null) {
            endReason = reason;
        }
    }

    EndReason endReason() {
        return endReason == null ? EndReason.CLIENT_LEFT : endReason;
    }

    Sessions.Entry entry() {
        return entry;
    }

    Sessions.Part part() {
        return entry.part();
    }
}
