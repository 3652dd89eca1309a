package io.callgate.client.mode;

import static io.callgate.client.mode.ModeMachine.NOWHERE;
import static io.callgate.client.mode.ModeMachine.isRung;
import static io.callgate.client.mode.ModeMachine.to;

import io.callgate.client.mode.Event.BetterPathAnswered;
import io.callgate.client.mode.Event.CandidateFailed;
import io.callgate.client.mode.Event.LeaseGranted;
import io.callgate.client.mode.Event.Migrated;
import io.callgate.client.mode.Event.MigrationCalledOff;
import io.callgate.client.mode.Event.OtherRelayAnswered;
import io.callgate.client.mode.Event.PathLost;
import io.callgate.client.mode.Event.PathUnstable;
import io.callgate.client.mode.ProxyEvent.Cause;
import io.callgate.client.mode.State.Connected;
import io.callgate.client.mode.State.Reconnecting;
import java.util.ArrayList;
import java.util.List;

/// That part of [ModeMachine] which begins when a path is in use: as pure as the rest.
final class WhileConnected {
    private WhileConnected() {}

    static Step next(Connected connected, Event event) {
        if (event instanceof PathLost lost) {
            return to(new Reconnecting(connected.call(), connected.path(), lost.atNanos(), connected.ladder()));
        }
        if (event instanceof PathUnstable) {
            int stream = firstStream(connected);
            return connected.path() == EffectivePath.CLOUD_UDP
                    ? migrate(connected, stream, Cause.UNSTABLE)
                    : to(connected);
        }
        if (event instanceof BetterPathAnswered better) {
            return better.index() < connected.rung()
                    ? migrate(connected, better.index(), Cause.BETTER_AVAILABLE)
                    : to(connected);
        }
        if (event instanceof OtherRelayAnswered other && isRung(connected.ladder(), other.index())) {
            return leave(connected, other.index());
        }
        if (event instanceof LeaseGranted lease && connected.path().isProxied()) {
            return to(relet(connected, lease.offered()));
        }
        if (event instanceof Migrated migrated && isTarget(connected, migrated.index())) {
            return to(new Connected(connected.call(), connected.ladder(), migrated.index(), NOWHERE));
        }
        if (event instanceof MigrationCalledOff) {
            return to(connected.migrating(NOWHERE));
        }
        if (event instanceof CandidateFailed failed && isTarget(connected, failed.index())) {
            return to(
                    connected.migrating(NOWHERE),
                    new ProxyEvent.CandidateFailed(connected.ladder().get(failed.index()), failed.code()));
        }
        return to(connected);
    }

    /// TLS before plain TCP: what disturbs UDP most often is a box that knows only port 443.
    private static int firstStream(Connected connected) {
        int stream = NOWHERE;
        for (int i = connected.ladder().size() - 1; i >= 0; i--) {
            EffectivePath path = connected.ladder().get(i).path();
            if (path == EffectivePath.CLOUD_TLS || (path != EffectivePath.CLOUD_UDP && !hasTls(connected))) {
                stream = i;
            }
        }
        return stream;
    }

    private static boolean hasTls(Connected connected) {
        return connected.ladder().stream().anyMatch(rung -> rung.path() == EffectivePath.CLOUD_TLS);
    }

    private static boolean isTarget(Connected connected, int index) {
        return index == connected.migratingTo() && isRung(connected.ladder(), index);
    }

    private static Step migrate(Connected connected, int to, Cause cause) {
        boolean possible = ModeRules.migrates(connected.call().mode())
                && connected.migratingTo() == NOWHERE
                && isRung(connected.ladder(), to);
        return possible
                ? to(
                        connected.migrating(to),
                        new ProxyEvent.Switching(
                                connected.path(), connected.ladder().get(to).path(), cause))
                : to(connected);
    }

    /// Also where the mode allows no other transport: another relay by the same will do.
    private static Step leave(Connected connected, int to) {
        EffectivePath path = connected.ladder().get(to).path();
        return path == connected.path()
                ? to(connected.migrating(to))
                : to(connected.migrating(to), new ProxyEvent.Switching(connected.path(), path, Cause.DRAINING));
    }

    /// The same path on the ladder of a newer lease; one that the lease has no more is kept, as its last
    /// rung.
    private static Connected relet(Connected connected, List<Rung> offered) {
        Rung inUse = connected.ladder().get(connected.rung());
        List<Rung> ladder = new ArrayList<>(ModeRules.ladder(connected.call().mode(), offered));
        if (!ladder.contains(inUse)) {
            ladder.add(inUse);
        }
        return new Connected(connected.call(), ladder, ladder.indexOf(inUse), NOWHERE);
    }
}
