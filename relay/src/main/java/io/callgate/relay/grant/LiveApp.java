package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Revocation;
import java.util.List;
import java.util.Optional;

/// One app as this relay serves it: its part of the desired state, and what outlives a change of that state.
/// Shared by all loops; the state is replaced whole by [Apps#apply].
public final class LiveApp {
    private final AppId id;
    private final Sessions sessions;
    private final RateBudget rate = new RateBudget();
    private volatile AppState state;
    private volatile DestinationPolicy policy;
    private volatile List<Revocation> revocations;
    private volatile boolean retired;

    LiveApp(
            AppState state,
            List<Revocation> revocations,
            DestinationPolicy.Surroundings surroundings,
            SessionLog sessionLog) {
        this.id = state.id();
        this.sessions = new Sessions(id, sessionLog);
        this.revocations = revocations;
        this.state = state;
        this.policy = new DestinationPolicy(this, state.destinations(), surroundings);
        rate.limitTo(state.limits().kbitPerSecond());
    }

    public AppId id() {
        return id;
    }

    public AppState state() {
        return state;
    }

    /// What this app's clients may reach at this moment. Ask anew for every batch: a reload replaces it.
    public DestinationPolicy policy() {
        return policy;
    }

    public Sessions sessions() {
        return sessions;
    }

    RateBudget rate() {
        return rate;
    }

    /// Whether this identity may get a grant at this moment: time may have passed since it proved itself.
    Optional<DropReason> refusalOf(Identity identity) {
        if (retired) {
            return Optional.of(DropReason.UNKNOWN_APP);
        }
        return revocations.stream().anyMatch(revocation -> Authenticator.strikes(revocation, identity))
                ? Optional.of(DropReason.REVOKED)
                : Optional.empty();
    }

    boolean isRetired() {
        return retired;
    }

    /// The relay does not serve this app any more; one of the same name would be another object.
    void retire() {
        retired = true;
    }

    void become(AppState next, List<Revocation> nextRevocations, DestinationPolicy.Surroundings surroundings) {
        state = next;
        revocations = nextRevocations;
        policy = new DestinationPolicy(this, next.destinations(), surroundings);
        rate.limitTo(next.limits().kbitPerSecond());
    }
}
