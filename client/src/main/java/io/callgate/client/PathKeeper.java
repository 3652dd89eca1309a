package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.Event;
import io.callgate.client.mode.Rung;
import io.callgate.client.mode.State;
import io.callgate.model.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds a path through a proxy, watches over it, and finds another when it is silent. Loop only.
final class PathKeeper {
    private static final Duration RETRY_EVERY = Duration.ofMillis(500);
    private static final Duration LEASE_RETRY_EVERY = Duration.ofSeconds(5);
    private static final Duration BETTER_EVERY = Duration.ofSeconds(10);
    private static final Duration BETTER_AT_LEAST_EVERY = Duration.ofMinutes(5);
    private static final Duration LEAVE_RETRY_AFTER = Duration.ofSeconds(1);
    private static final Duration LEAVE_RETRY_AT_LEAST_AFTER = Duration.ofSeconds(30);
    private static final Duration UNSTABLE_PAUSE = Duration.ofSeconds(10);

    private final Common common;
    private final LeaseKeeper leases;
    private final Ways ways;
    private final CurrentPath current;
    private final Consumer<Event> feed;
    private final Climber climber;
    private long retryNanos;
    private long leaseRetryNanos;
    private long betterNanos;
    private Duration betterEvery = BETTER_EVERY;
    private long leaveAgainNanos;
    private Duration leaveRetryAfter = LEAVE_RETRY_AFTER;
    private long unstableNanos;
    private boolean distrustsUdp;
    private @Nullable Trial trial;
    private boolean replacing; // others are tried because the path in use is silent

    /// A better path that was left because it lost too much: it has to prove itself before it is used again.
    private record Trial(Path path, Rung rung) {}

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
        distrustsUdp = false;
        betterEvery = BETTER_EVERY;
        climber.climb(ladder, all(ladder), ways::way, this::climbed);
    }

    /// Nothing is sought any more.
    void stop() {
        common.round().begin();
        climber.callOff();
        replacing = false;
        endTrial();
    }

    /// Whether something under way counts on the ladder staying as it is.
    boolean isBusy() {
        return climber.isClimbing() || current.isPrepared() || trial != null;
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
        leaveAgainNanos = betterNanos;
        leaveRetryAfter = LEAVE_RETRY_AFTER;
    }

    void watch(State.Connected connected, Path watched) {
        long nowNanos = common.nanos();
        if (watched.isPingDue(nowNanos)) {
            common.threads().aside(watched::ping);
        }
        if (watched.isSilent(nowNanos)) {
            if (!replacing && !current.isPrepared()) {
                replace(watched, withoutMigration(connected));
            }
        } else if (!climber.isClimbing() && connected.migratingTo() < 0) {
            improve(connected, watched, nowNanos);
        }
    }

    /// The rung to which it migrates is one of those that are tried now; it may be wanted again as soon as the
    /// path has spoken.
    private State.Connected withoutMigration(State.Connected connected) {
        if (connected.migratingTo() < 0) {
            return connected;
        }
        unstableNanos = common.nanos() - UNSTABLE_PAUSE.toNanos();
        feed.accept(new Event.MigrationCalledOff());
        return new State.Connected(connected.call(), connected.ladder(), connected.rung(), -1);
    }

    /// The path works: a relay that drains is left, UDP that loses too much too, and a better transport is sought.
    private void improve(State.Connected connected, Path watched, long nowNanos) {
        if (watched.isDraining()) {
            endTrial();
            leave(connected);
        } else if (trial != null) {
            judge(trial, connected);
        } else if (isToBeLeftForAStream(connected, watched)) {
            unstableNanos = nowNanos;
            distrustUdp();
            feed.accept(new Event.PathUnstable());
        } else if (!connected.path().isLocal() && nowNanos - betterNanos > betterEvery.toNanos()) {
            betterNanos = nowNanos;
            List<Rung> ladder = connected.ladder();
            climber.climb(ladder, better(connected), ways::way, climbed -> rise(climbed, ladder));
        }
    }

    private boolean isToBeLeftForAStream(State.Connected connected, Path watched) {
        return connected.path() == EffectivePath.CLOUD_UDP
                && watched.isUnstable()
                && (!distrustsUdp || common.nanos() - unstableNanos > UNSTABLE_PAUSE.toNanos());
    }

    /// It is tried less and less often, and used again only when it has proved itself.
    private void distrustUdp() {
        distrustsUdp = true;
        betterEvery = shorter(betterEvery.multipliedBy(2), BETTER_AT_LEAST_EVERY);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// Opens the rung that the machine wants beside the path in use.
    void migrate(State.Connected connected, Runnable then) {
        int to = connected.migratingTo();
        climber.climb(connected.ladder(), List.of(to), ways::way, climbed -> {
            if (climbed.path().isEmpty()) {
                Failure failure = climbed.failures().get(to);
                ErrorCode code = failure == null ? ErrorCode.ALL_CANDIDATES_FAILED : failure.code();
                feed.accept(new Event.CandidateFailed(to, code));
                return;
            }
            current.prepare(climbed.path().get());
            then.run();
        });
    }

    /// The relay wants to be left: others are tried while it still carries everything; where there is none
    /// control may know one. A relay that drains with no other in sight is not asked about more and more.
    private void leave(State.Connected connected) {
        long nowNanos = common.nanos();
        if (nowNanos - leaveAgainNanos < 0) {
            return;
        }
        leaveAgainNanos = nowNanos + leaveRetryAfter.toNanos();
        leaveRetryAfter = shorter(leaveRetryAfter.multipliedBy(2), LEAVE_RETRY_AT_LEAST_AFTER);
        List<Rung> ladder = connected.ladder();
        String leaving = ways.relay(ladder.get(connected.rung()));
        List<Integer> others = all(ladder);
        others.removeIf(index -> ways.relay(ladder.get(index)).equals(leaving));
        common.trace().add("relay " + leaving + " drains: moving to another");
        climber.climb(ladder, others, ways::way, climbed -> {
            if (climbed.path().isPresent()) {
                current.prepare(climbed.path().get());
                feed.accept(new Event.OtherRelayAnswered(climbed.index()));
            } else {
                leases.askAnew(candidates -> leaveBy(candidates, ladder));
            }
        });
    }

    private void leaveBy(Candidates candidates, List<Rung> tried) {
        if (isBusy()) {
            return;
        }
        if (!tried.containsAll(candidates.rungs())) {
            leaveAgainNanos = common.nanos();
        }
        feed.accept(new Event.LeaseGranted(candidates.rungs()));
    }

    /// Tries the others beside a silent path. What was sought beside it while it spoke can wait: a blocked rung
    /// takes [io.callgate.client.turn.Ladder#PATIENCE], and nothing carries the call meanwhile.
    private void replace(Path silent, State.Connected connected) {
        stop();
        replacing = true;
        List<Rung> ladder = connected.ladder();
        common.trace().add(ladder.get(connected.rung()) + " is silent: trying the others beside it");
        climber.climb(
                ladder, aside(ladder, connected.rung()), ways::way, climbed -> replace(climbed, silent, connected));
    }

    /// Another path is up, or none is: the silent one may have spoken meanwhile, and then it stays.
    private void replace(Climber.Climbed climbed, Path silent, State.Connected connected) {
        replacing = false;
        if (!silent.isSilent(common.nanos())) {
            common.trace().add("it speaks again and is kept");
            climbed.path().ifPresent(Path::close);
            return;
        }
        if (climbed.path().isPresent() && isByAStreamOfTheSameRelay(connected, climbed.index())) {
            distrustUdp(); // it is not the relay that is silent
        }
        feed.accept(new Event.PathLost(common.nanos()));
        climbed(climbed);
        if (climbed.path().isEmpty()) {
            outage();
        }
    }

    private void rise(Climber.Climbed climbed, List<Rung> ladder) {
        climbed.path().ifPresent(found -> {
            Rung rung = ladder.get(climbed.index());
            if (distrustsUdp && rung.path() == EffectivePath.CLOUD_UDP) {
                trial = new Trial(found, rung);
                return;
            }
            current.prepare(found);
            feed.accept(new Event.BetterPathAnswered(climbed.index()));
        });
    }

    private void judge(Trial tried, State.Connected connected) {
        Path path = tried.path();
        if (path.isPingDue(common.nanos())) {
            common.threads().aside(path::ping);
        }
        int index = connected.ladder().indexOf(tried.rung());
        if (index < 0 || path.isUnstable()) {
            common.trace().add(tried.rung() + " still loses too much");
            endTrial();
        } else if (path.isJudged()) {
            trial = null;
            current.prepare(path);
            feed.accept(new Event.BetterPathAnswered(index));
        }
    }

    private void endTrial() {
        if (trial != null) {
            trial.path().close();
            trial = null;
            betterNanos = common.nanos();
        }
    }

    // ------------------------------------------------------------------------------------------ while it is lost

    /// The path is lost, and the others are tried at once.
    void lost() {
        retryNanos = common.nanos();
    }

    private boolean isByAStreamOfTheSameRelay(State.Connected lost, int index) {
        Rung now = lost.ladder().get(index);
        return lost.path() == EffectivePath.CLOUD_UDP
                && now.path() != EffectivePath.CLOUD_UDP
                && ways.relay(now).equals(ways.relay(lost.ladder().get(lost.rung())));
    }

    private void outage() {
        common.teller().outage();
        retryNanos = common.nanos() + RETRY_EVERY.toNanos();
    }

    void seek(State.Reconnecting lost) {
        long nowNanos = common.nanos();
        boolean isDue = nowNanos - retryNanos >= 0;
        if (climber.isClimbing() || current.isPrepared() || !isDue) {
            return;
        }
        if (!lost.lost().isLocal() && nowNanos - leaseRetryNanos > LEASE_RETRY_EVERY.toNanos()) {
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
