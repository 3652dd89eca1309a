package io.callgate.client;

import io.callgate.client.mode.State;
import io.callgate.client.net.Dialer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The path in use, the one that is about to take its place, and the plan that tells the app. Loop only, but
/// for [#plan].
final class CurrentPath {
    private final Common common;
    private final Ways ways;
    private volatile Optional<Plan> plan = Optional.empty();
    private @Nullable Path path;
    private @Nullable Path prepared;
    private long epoch;
    private long planNumber;

    CurrentPath(Common common, Ways ways) {
        this.common = common;
        this.ways = ways;
    }

    /// From any thread.
    Optional<Plan> plan() {
        return plan;
    }

    Optional<Path> path() {
        return Optional.ofNullable(path);
    }

    /// Counts up with each path, the direct one among them.
    long epoch() {
        return epoch;
    }

    /// How tunnels are opened now; empty while nothing carries them.
    Optional<CloudTunnel.Opening> tunnels() {
        Path now = path;
        if (now != null) {
            return now.isSilent(common.nanos()) ? Optional.empty() : now.tunnels();
        }
        boolean isDirect = plan.isPresent() && !plan.get().path().isProxied();
        return isDirect
                ? Optional.of((receiver, attempt) -> new DirectTunnel(receiver, common.time()))
                : Optional.empty();
    }

    /// Whether there is a path, and of a kind on which no tunnel can ever be.
    boolean refusesTunnels() {
        return path().filter(now -> now.tunnels().isEmpty()).isPresent();
    }

    /// Keeps an open path until the machine has said that it is taken.
    void prepare(Path found) {
        if (prepared != null) {
            prepared.close();
        }
        prepared = found;
    }

    boolean isPrepared() {
        return prepared != null;
    }

    /// The prepared path is the one in use.
    ///
    /// @return the one before, which the caller closes when nothing needs it any more
    Optional<Path> arrive(State.Connected there) {
        Optional<Path> before = path();
        path = prepared;
        prepared = null;
        epoch++;
        publish(there);
        return before;
    }

    void arriveDirectly(State.Connected there) {
        close();
        epoch++;
        Dialer out = common.settings().dialer();
        publish(new Plan(
                planNumber + 1, there.path(), there.byFallback(), "", List.of(), false, out, Optional.empty()));
    }

    /// Tells the app of the path in use, as the lease now has it; of one that it has no more nothing is told:
    /// that path is used until it ends.
    void publish(State.Connected there) {
        ways.plan(planNumber + 1, there).ifPresent(this::publish);
    }

    private void publish(Plan now) {
        planNumber = now.epoch();
        plan = Optional.of(now);
        common.teller().tell(events -> events.onPlan(now));
    }

    /// Nothing is in use.
    void release() {
        plan = Optional.empty();
        close();
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
    }

    private void close() {
        if (path != null) {
            path.close();
            path = null;
        }
    }
}
