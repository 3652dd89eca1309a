package io.callgate.client.turn;

import io.callgate.client.failure.Failure;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Login;
import io.callgate.client.net.Race;
import io.callgate.model.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Opens a tunnel by the first way that works out of several, best first: UDP, then TCP, then TLS, on one relay
/// or many.
///
/// The ways are raced with a head start each, so that a blocked one costs a fraction of a second. Immutable and
/// safe for any thread; [#climb] blocks.
public final class Ladder {
    /// What a better way is worth waiting for: more than the round trips of an allocation, less than anybody
    /// notices.
    public static final Duration HEAD_START = Duration.ofMillis(300);

    /// After which a way counts as closed.
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Entrance> rungs;
    private final Dialer dialer;
    private final TimeSource time;

    /// Where a climb has ended.
    ///
    /// @param tunnel open, and the caller's to close; empty if every rung failed
    /// @param rung index of the rung that holds; -1 if none does
    /// @param failures of the rungs that were found closed meanwhile, in the order in which that was known
    public record Climb(Optional<TurnClient> tunnel, int rung, List<RungFailure> failures) {
        public Climb {
            failures = List.copyOf(failures);
        }
    }

    /// Why one rung does not hold.
    public record RungFailure(int rung, Failure failure) {}

    /// The ways, best first.
    public Ladder(List<Entrance> rungs, Dialer dialer, TimeSource time) {
        if (rungs.isEmpty()) {
            throw new IllegalArgumentException("a ladder without a rung");
        }
        this.rungs = List.copyOf(rungs);
        this.dialer = dialer;
        this.time = time;
    }

    /// @param receiver of the tunnel that is opened; the others are closed before they have a peer
    public Climb climb(Login login, DatagramTunnel.Receiver receiver) {
        List<RungFailure> failures = new ArrayList<>();
        List<Race.Runner<TurnClient>> runners = new ArrayList<>();
        for (Entrance rung : rungs) {
            runners.add(attempt -> TurnClient.allocate(rung, dialer, login, receiver, time, attempt));
        }
        Optional<Race.Winner<TurnClient>> winner = new Race(time, HEAD_START, PATIENCE)
                .run(runners, (rung, failure) -> failures.add(new RungFailure(rung, failure.failure())));
        return new Climb(
                winner.map(Race.Winner::prize), winner.map(Race.Winner::index).orElse(-1), failures);
    }
}
