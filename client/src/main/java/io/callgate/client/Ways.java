package io.callgate.client;

import io.callgate.client.mode.Rung;
import io.callgate.client.mode.State;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.model.Candidate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Where the rungs of a ladder lead now: to relays of the lease at hand, and to the customer's own proxies.
/// Loop only, but for [#know].
final class Ways {
    private final Settings settings;
    private final LeaseKeeper leases;
    private final Runnable onEnded;
    private final Map<Rung, Local> locals = new ConcurrentHashMap<>();

    /// A proxy of the customer's, and what it is to reach.
    private record Local(Dialer through, HostPort service) {}

    /// @param onEnded called when a relay ends a path, on any thread
    Ways(Settings settings, LeaseKeeper leases, Runnable onEnded) {
        this.settings = settings;
        this.leases = leases;
        this.onEnded = onEnded;
    }

    /// Rungs of these are found from now on. From any thread.
    void know(LocalProxies proxies) {
        proxies.proxies()
                .forEach(proxy -> locals.put(
                        proxies.rung(proxy), new Local(settings.dialer().through(proxy), proxies.service())));
    }

    /// @return empty if the lease has that candidate no more
    Optional<Path.Way> way(Rung rung) {
        Local local = locals.get(rung);
        return local == null
                ? relayWay(rung)
                : Optional.of(LocalPath.by(local.through(), local.service(), settings.time()));
    }

    private Optional<Path.Way> relayWay(Rung rung) {
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
        Local local = locals.get(rung);
        if (local != null) {
            return Optional.of(new Plan(
                    number, there.path(), there.byFallback(), "", List.of(), true, local.through(), Optional.empty()));
        }
        return leases.candidates()
                .flatMap(known -> known.find(rung)
                        .map(inUse -> new Plan(
                                number,
                                there.path(),
                                there.byFallback(),
                                inUse.relay(),
                                known.iceServers(there.ladder(), rung),
                                true,
                                settings.dialer().through(known.signalling(inUse)),
                                Optional.of(relayed(known, inUse)))));
    }

    private Plan.Relayed relayed(Candidates known, Candidate inUse) {
        return new Plan.Relayed(known.entrance(inUse), known.login(), settings.dialer());
    }
}
