package io.callgate.relay.grant;

import io.callgate.model.AppId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// What the operators' apps have used since the relay started, by app and ingress. Loops count in tallies of their
/// own, and whoever wants to know sums them up: nothing is shared on the packet path. Safe on every thread.
public final class Usage {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Map<Key, Line> lines = new ConcurrentHashMap<>();

    private record Key(AppId app, Ingress ingress) {}

    /// What has been used so far; no amount ever falls.
    ///
    /// @param sessions that began by this ingress
    /// @param sessionMillis of them, from the first allocation or tunnel to the end of the last, without the
    ///     linger
    public record Total(
            AppId app, Ingress ingress, long bytesToPeer, long bytesToClient, long sessions, long sessionMillis) {}

    /// A tally for one loop, which is counted from now on.
    Tally newTally(AppId app, Ingress ingress) {
        Tally tally = new Tally();
        line(app, ingress).tallies.add(tally);
        return tally;
    }

    void onSessionBegun(AppId app, Ingress ingress) {
        line(app, ingress).addSession();
    }

    /// Some sessions have lived on for a while.
    void onSessionsLived(AppId app, Ingress ingress, int sessions, long nanos) {
        line(app, ingress).addTime(sessions, nanos);
    }

    public List<Total> totals() {
        List<Total> totals = new ArrayList<>();
        lines.forEach((key, line) -> totals.add(line.total(key)));
        return totals;
    }

    private Line line(AppId app, Ingress ingress) {
        return lines.computeIfAbsent(new Key(app, ingress), key -> new Line());
    }

    private static final class Line {
        private final List<Tally> tallies = new CopyOnWriteArrayList<>();
        private long sessions;
        private long sessionMillis;
        private long sessionNanos; // less than a millisecond

        synchronized void addSession() {
            sessions++;
        }

        synchronized void addTime(int live, long nanos) {
            sessionNanos += live * nanos;
            sessionMillis += sessionNanos / NANOS_PER_MILLI;
            sessionNanos %= NANOS_PER_MILLI;
        }

        synchronized Total total(Key key) {
            long bytesToPeer = 0;
            long bytesToClient = 0;
            for (Tally tally : tallies) {
                bytesToPeer += tally.bytesToPeer();
                bytesToClient += tally.bytesToClient();
            }
            return new Total(key.app, key.ingress, bytesToPeer, bytesToClient, sessions, sessionMillis);
        }
    }
}
