package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.AppState;
import io.callgate.model.Portion;
import io.callgate.model.Revocation;
import io.callgate.model.SubjectSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One app as this relay serves it: its part of the desired state, and what outlives a change of that state.
/// Shared by all loops; the state is replaced whole by [Apps#apply].
public final class LiveApp {
    /// Lifetimes are whole seconds: a guest with less left gets nothing new.
    private static final long LEAST_NANOS = 1_000_000_000L;

    private final AppId id;
    private final Sessions sessions;
    private final RateBudget rate = new RateBudget();
    private final @Nullable Allotment allotment;
    private final Usage usage;
    private @Nullable Portion portion; // with the lock on this
    private volatile AppState state;
    private volatile DestinationPolicy policy;
    private volatile List<Revocation> revocations;
    private volatile boolean retired;

    LiveApp(
            AppState state,
            List<Revocation> revocations,
            DestinationPolicy.Surroundings surroundings,
            SessionLog sessionLog) {
        this(state, revocations, surroundings, sessionLog, null);
    }

    /// @param allotment what a guest may use; null for an operator's app
    LiveApp(
            AppState state,
            List<Revocation> revocations,
            DestinationPolicy.Surroundings surroundings,
            SessionLog sessionLog,
            @Nullable Allotment allotment) {
        this.id = state.id();
        this.sessions = new Sessions(id, sessionLog);
        this.allotment = allotment;
        this.usage = sessionLog.usage();
        this.revocations = revocations;
        this.state = state;
        this.policy = new DestinationPolicy(this, state.destinations(), surroundings);
        limitRate();
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

    /// For the grants of one loop by one ingress. What guests use nobody counts.
    Tally newTally(Ingress ingress) {
        return isGuest() ? new Tally() : usage.newTally(id, ingress);
    }

    @Nullable
    Allotment allotment() {
        return allotment;
    }

    /// Whether this is no app of an operator's but one run of the check page ([CheckRuns]): it has TURN and
    /// nothing else.
    boolean isGuest() {
        return allotment != null;
    }

    /// Whether this identity may get a grant at this moment: time may have passed since it proved itself.
    Optional<DropReason> refusalOf(Identity identity, long nowNanos) {
        if (retired) {
            return Optional.of(DropReason.UNKNOWN_APP);
        }
        if (allotment != null && allotment.leftNanos(nowNanos) < LEAST_NANOS) {
            return Optional.of(DropReason.CREDENTIAL_EXPIRED);
        }
        return Authenticator.isStruck(identity, revocations) ? Optional.of(DropReason.REVOKED) : Optional.empty();
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
        limitRate();
    }

    /// Holds the app to this relay's portion of what it may use of the fleet, beside the limits of the state.
    ///
    /// @param next null: to these alone
    /// @param inCall at some relay, who may begin here beyond that
    synchronized void spend(@Nullable Portion next, SubjectSet inCall, long nowNanos) {
        portion = next;
        sessions.spend(next, inCall, nowNanos);
        limitRate();
    }

    /// What control should know of this app.
    ///
    /// @param kbitPerSecond as measured
    public AppNeed need(long kbitPerSecond, long nowNanos) {
        SessionShare.Need need = sessions.need(nowNanos);
        long wanted = rate.takeIsSpent()
                ? Math.max(kbitPerSecond, rate.kbitPerSecond() * 3 / 2) // how much more, nobody knows
                : kbitPerSecond;
        return new AppNeed(id, need.sessions(), need.peak(), need.wanted(), kbitPerSecond, wanted, need.ingresses());
    }

    private synchronized void limitRate() {
        long ofState = state.limits().kbitPerSecond();
        long ofPortion = portion == null ? 0 : portion.kbitPerSecond();
        rate.limitTo(ofState == 0 || ofPortion == 0 ? Math.max(ofState, ofPortion) : Math.min(ofState, ofPortion));
    }
}
