package io.callgate.client;

import io.callgate.client.mode.Event;
import io.callgate.client.mode.Rung;
import io.callgate.client.mode.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/// Finds a path through a proxy, watches over it, and finds another when it is silent. Loop only.
final class PathKeeper {
    private static final Duration RETRY_EVERY = Duration.ofMillis(500);
    private static final Duration LEASE_RETRY_EVERY = Duration.ofSeconds(5);
    private static final Duration BETTER_EVERY = Duration.ofSeconds(10);

    private final Common common;
    private final LeaseKeeper leases;
    private final Ways ways;
    private final CurrentPath current;
    private final Consumer<Event> feed;
    private final Climber climber;
    private long retryNanos;
    private long leaseRetryNanos;
    private long betterNanos;

    PathKeeper(Common common, LeaseKeeper leases, Ways ways, CurrentPath current, Consumer<Event> feed) {
        this.common = common;
        this.leases = leases;
        this.ways = ways;
        this.current = current;
        this.feed = feed;
        this.climber = new Climber(common);
    }

    /// Tries the whole ladder; what was under way before is off.
    void connect(List<Rung> ladder) {
        stop();
        climber.climb(ladder, all(ladder), ways::way, this::climbed);
    }

    /// Nothing is sought any more.
    void stop() {
        common.round().begin();
        climber.callOff();
    }

    private void climbed(Climber.Climbed climbed) {
        climbed.failures().forEach((index, failure) -> feed.accept(new Event.CandidateFailed(index, failure.code())));
        climbed.path().ifPresent(found -> {
            current.prepare(found);
            feed.accept(new Event.CandidateConnected(climbed.index(), common.nanos()));
        });
    }

    // ------------------------------------------------------------------------------------------ while it is there

    /// A path has come into use.
    void arrived() {
        betterNanos = common.nanos();
    }

    void watch(State.Connected connected, Path watched) {
        long nowNanos = common.nanos();
        if (watched.isPingDue(nowNanos)) {
            common.threads().aside(watched::ping);
        }
        if (climber.isClimbing()) {
            return;
        }
        List<Rung> ladder = connected.ladder();
        if (watched.isSilent(nowNanos)) {
            common.trace().add(ladder.get(connected.rung()) + " is silent: trying the others beside it");
            climber.climb(
                    ladder, aside(ladder, connected.rung()), ways::way, climbed -> replace(climbed, watched));
        } else if (nowNanos - betterNanos > BETTER_EVERY.toNanos()) {
            betterNanos = nowNanos;
            climber.climb(ladder, better(connected), ways::way, this::rise);
        }
    }

    /// Another path is up, or none is: the silent one may have spoken meanwhile, and then it stays.
    private void replace(Climber.Climbed climbed, Path silent) {
        if (!silent.isSilent(common.nanos())) {
            common.trace().add("it speaks again and is kept");
            climbed.path().ifPresent(Path::close);
            return;
        }
        feed.accept(new Event.PathLost(common.nanos()));
        climbed(climbed);
        if (climbed.path().isEmpty()) {
            outage();
        }
    }

    private void rise(Climber.Climbed climbed) {
        climbed.path().ifPresent(found -> {
            current.prepare(found);
            feed.accept(new Event.BetterPathAnswered(climbed.index()));
        });
    }

    // ------------------------------------------------------------------------------------------ while it is lost

    /// The path is lost, and the others are tried at once.
    void lost() {
        retryNanos = common.nanos();
    }

    private void outage() {
        common.teller().outage();
        retryNanos = common.nanos() + RETRY_EVERY.toNanos();
    }

    void seek(State.Reconnecting lost) {
        long nowNanos = common.nanos();
        boolean isDue = nowNanos - retryNanos >= 0 && lost.lost().isProxied();
        if (climber.isClimbing() || current.isPrepared() || !isDue) {
            return;
        }
        if (nowNanos - leaseRetryNanos > LEASE_RETRY_EVERY.toNanos()) {
            leaseRetryNanos = nowNanos;
            leases.askAnew(candidates -> others(candidates, lost.ladder()));
        }
        climber.climb(lost.ladder(), all(lost.ladder()), ways::way, climbed -> {
            if (climbed.path().isEmpty()) {
                outage();
            }
            climbed(climbed);
        });
    }

    /// Control knows other relays: those are tried at once, not when the dead ones have been waited for.
    private void others(Candidates candidates, List<Rung> tried) {
        if (!current.isPrepared() && !tried.containsAll(candidates.rungs())) {
            stop();
            lost();
            feed.accept(new Event.LeaseGranted(candidates.rungs()));
        }
    }

    // ------------------------------------------------------------------------------------------ in which order

    private static List<Integer> all(List<Rung> ladder) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < ladder.size(); i++) {
            all.add(i);
        }
        return all;
    }

    /// All rungs; first those of other relays, last the one that is silent.
    private List<Integer> aside(List<Rung> ladder, int silent) {
        String relay = ways.relay(ladder.get(silent));
        List<Integer> order = all(ladder);
        order.sort(Comparator.comparing((Integer index) -> index == silent)
                .thenComparing(index -> ways.relay(ladder.get(index)).equals(relay)));
        return order;
    }

    /// Rungs of a better transport; another relay by the same is no better.
    private static List<Integer> better(State.Connected connected) {
        List<Integer> better = new ArrayList<>();
        for (int i = 0; i < connected.rung(); i++) {
            if (connected.ladder().get(i).path() != connected.path()) {
                better.add(i);
            }
        }
        return better;
    }
}
