package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;

/// One app as this relay serves it: its part of the desired state, and what outlives a change of that state.
/// Shared by all loops; the state is replaced whole by [Apps#apply].
public final class LiveApp {
    private final AppId id;
    private final Sessions sessions = new Sessions();
    private final RateBudget rate = new RateBudget();
    private volatile AppState state;
    private volatile DestinationPolicy policy;

    LiveApp(AppState state, DestinationPolicy.Surroundings surroundings) {
        this.id = state.id();
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

    void become(AppState next, DestinationPolicy.Surroundings surroundings) {
        state = next;
        policy = new DestinationPolicy(this, next.destinations(), surroundings);
        rate.limitTo(next.limits().kbitPerSecond());
    }
}
