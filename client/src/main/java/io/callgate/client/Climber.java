package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.Rung;
import io.callgate.client.net.Race;
import io.callgate.client.turn.Ladder;
import io.callgate.model.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Races the rungs of a ladder, one climb at a time. Loop only.
final class Climber {
    private final Common common;
    private final Round round;
    private boolean climbing;

    /// What came of a climb.
    ///
    /// @param path open, and the taker's to close; empty if every rung failed
    /// @param index of the rung that holds, in the ladder; -1 if none does
    record Climbed(Optional<Path> path, int index, Map<Integer, Failure> failures) {
        private static final Climbed NOWHERE = new Climbed(Optional.empty(), -1, Map.of());
    }

    Climber(Common common) {
        this.common = common;
        this.round = common.round();
    }

    boolean isClimbing() {
        return climbing;
    }

    /// What is under way is not heard any more: its round must be over.
    void callOff() {
        climbing = false;
    }

    /// @param order indices into the ladder, the preferred ones first
    /// @param ways empty for a rung that leads nowhere now
    /// @param then gets what came of it, unless the round is over by then
    void climb(
            List<Rung> ladder, List<Integer> order, Function<Rung, Optional<Path.Way>> ways, Consumer<Climbed> then) {
        List<Integer> open = new ArrayList<>();
        Map<Integer, Race.Runner<Path>> byIndex = new HashMap<>();
        for (int index : order) {
            ways.apply(ladder.get(index)).ifPresent(way -> {
                open.add(index);
                byIndex.put(index, way::open);
            });
        }
        Stagger stagger = Stagger.of(ladder, open);
        List<Race.Runner<Path>> runners = new ArrayList<>();
        stagger.order().forEach(index -> runners.add(Objects.requireNonNull(byIndex.get(index))));
        if (runners.isEmpty()) {
            then.accept(Climbed.NOWHERE);
            return;
        }
        climbing = true;
        long mine = round.number();
        common.threads().aside(() -> {
            Climbed climbed = race(stagger, runners);
            if (!common.threads().onLoop(() -> climbed(mine, climbed, ladder, then))) {
                climbed.path().ifPresent(Path::close);
            }
        });
    }

    private Climbed race(Stagger stagger, List<Race.Runner<Path>> runners) {
        List<Integer> indices = stagger.order();
        Map<Integer, Failure> failures = new LinkedHashMap<>();
        try {
            return new Race(common.time(), stagger::headStart, Ladder.PATIENCE)
                    .run(runners, (runner, failure) -> failures.put(indices.get(runner), failure.failure()))
                    .map(winner -> new Climbed(Optional.of(winner.prize()), indices.get(winner.index()), failures))
                    .orElseGet(() -> new Climbed(Optional.empty(), -1, failures));
        } catch (RuntimeException e) {
            common.trace().add("a climb failed by a defect: " + e);
            Failure defect = new Failure(ErrorCode.RELAY_REFUSED, "trying it failed: " + e, "report this defect");
            indices.forEach(index -> failures.putIfAbsent(index, defect));
            return new Climbed(Optional.empty(), -1, failures);
        }
    }

    private void climbed(long mine, Climbed climbed, List<Rung> ladder, Consumer<Climbed> then) {
        if (round.isOver(mine)) {
            climbed.path().ifPresent(Path::close);
            return;
        }
        climbing = false;
        climbed.failures().forEach((index, failure) -> common.teller().candidateFailed(ladder.get(index), failure));
        then.accept(climbed);
    }
}
