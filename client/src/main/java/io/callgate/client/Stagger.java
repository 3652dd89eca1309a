package io.callgate.client;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.Rung;
import io.callgate.client.turn.Ladder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// When each rung of a climb begins: each transport a head start after the better one, however many relays
/// there are, and each relay a short one after the relay before it by the same transport. A network that
/// passes nothing but TLS costs what three transports cost, and not what three transports on every relay
/// would.
///
/// @param order indices into the ladder, by the time at which they begin
/// @param beginsMillis the times, one for each of `order`
record Stagger(List<Integer> order, List<Long> beginsMillis) {
    private static final long TRANSPORT_MILLIS = Ladder.HEAD_START.toMillis();
    private static final long RELAY_MILLIS = 100;

    private record Begin(int index, long atMillis) {}

    /// @param preferred indices into the ladder, the best first
    static Stagger of(List<Rung> ladder, List<Integer> preferred) {
        Map<EffectivePath, Integer> seen = new HashMap<>();
        Map<EffectivePath, Integer> transports = new HashMap<>();
        List<Begin> begins = new ArrayList<>();
        for (int index : preferred) {
            EffectivePath path = ladder.get(index).path();
            int transport = transports.computeIfAbsent(path, first -> transports.size());
            int before = seen.merge(path, 1, Integer::sum) - 1;
            begins.add(new Begin(index, transport * TRANSPORT_MILLIS + before * RELAY_MILLIS));
        }
        begins.sort(Comparator.comparingLong(Begin::atMillis)); // stable: the preference decides within a moment
        List<Integer> order = new ArrayList<>();
        List<Long> millis = new ArrayList<>();
        for (Begin begin : begins) {
            order.add(begin.index());
            millis.add(begin.atMillis());
        }
        return new Stagger(order, millis);
    }

    /// Of that place over the next.
    Duration headStart(int place) {
        return Duration.ofMillis(beginsMillis.get(place + 1) - beginsMillis.get(place));
    }
}
