package io.callgate.client;

import io.callgate.client.mode.Rung;
import io.callgate.client.mode.State;
import io.callgate.model.Candidate;
import java.util.Optional;

/// Where the rungs of a ladder lead now: to relays of the lease at hand. Loop only.
final class Ways {
    private final Settings settings;
    private final LeaseKeeper leases;
    private final Runnable onEnded;

    /// @param onEnded called when a relay ends a path, on any thread
    Ways(Settings settings, LeaseKeeper leases, Runnable onEnded) {
        this.settings = settings;
        this.leases = leases;
        this.onEnded = onEnded;
    }

    /// @return empty if the lease has that candidate no more
    Optional<Path.Way> way(Rung rung) {
        return leases.candidates()
                .flatMap(known -> known.find(rung)
                        .map(candidate -> RelayPath.by(
                                known.entrance(candidate),
                                known.login(),
                                settings.dialer(),
                                settings.time(),
                                onEnded)));
    }

    /// The name of the relay; empty if it is not known any more.
    String relay(Rung rung) {
        return leases.candidates()
                .flatMap(known -> known.find(rung))
                .map(Candidate::relay)
                .orElse("");
    }

    /// What the app is told of a path; empty if the lease has that candidate no more.
    Optional<Plan> plan(long number, State.Connected there) {
        Rung rung = there.ladder().get(there.rung());
        return leases.candidates()
                .flatMap(known -> known.find(rung)
                        .map(inUse -> new Plan(
                                number,
                                there.path(),
                                there.byFallback(),
                                inUse.relay(),
                                known.iceServers(there.ladder(), rung),
                                true,
                                known.signalling(settings.dialer(), inUse),
                                Optional.of(relayed(known, inUse)))));
    }

    private Plan.Relayed relayed(Candidates known, Candidate inUse) {
        return new Plan.Relayed(known.entrance(inUse), known.login(), settings.dialer());
    }
}
