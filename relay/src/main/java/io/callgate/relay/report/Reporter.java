package io.callgate.relay.report;

import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.SessionChanges;
import io.callgate.model.TimeSource;
import io.callgate.model.UsageCount;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.LiveApp;
import io.callgate.relay.grant.SessionJournal;
import io.callgate.relay.grant.Usage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The apps' part of each heartbeat, and what its answer changes (decision 0028). Safe on every thread; one asks
/// at a time.
public final class Reporter implements AutoCloseable {
    private static final int COUNTS = 8_000;

    /// How large the memory for usage is: enough for ten apps by four ingresses and a week without control.
    public static final long MEMORY_BYTES = UsageLedger.bytesFor(COUNTS);

    private static final double NANOS_PER_MILLI = 1e6;

    /// Below this a rate would be that of single packets.
    private static final long SHORTEST_NANOS = 500_000_000L;

    private final Apps apps;
    private final Usage usage;
    private final SessionJournal journal;
    private final UsageKeeper keeper;
    private final TimeSource time;
    private final Map<AppId, Long> bytes = new HashMap<>();
    private final Map<AppId, Long> kbitPerSecond = new HashMap<>();
    private long measuredAtNanos;
    private long acknowledged = -1;
    private long sessionsTaken;

    /// What a heartbeat says of the apps.
    public record Report(List<AppNeed> apps, List<UsageCount> usage, SessionChanges sessions) {}

    /// @param memory for the usage: see [#MEMORY_BYTES]
    public Reporter(Apps apps, Usage usage, SessionJournal journal, MemorySegment memory, UUID epoch, TimeSource time) {
        this.apps = apps;
        this.usage = usage;
        this.journal = journal;
        this.time = time;
        this.measuredAtNanos = time.nanos();
        this.keeper = new UsageKeeper(memory, epoch, usage::totals, time);
        keeper.start();
    }

    /// What the heartbeat of this sequence says.
    public synchronized Report next(long sequence) {
        long now = time.nanos();
        measure(now);
        List<AppNeed> needs = new ArrayList<>();
        for (LiveApp app : apps.all().values()) {
            AppNeed need = app.need(kbitPerSecond.getOrDefault(app.id(), 0L), now);
            boolean isNeeded = need.wantedSessions() > 0 || need.peakSessions() > 0 || need.wantedKbitPerSecond() > 0;
            if (isNeeded && needs.size() < Heartbeat.MOST_APPS) {
                needs.add(need);
            }
        }
        apps.tellSessions(now);
        return new Report(needs, keeper.untold(sequence), journal.after(sessionsTaken));
    }

    /// Control has heard a heartbeat. An answer that an older one comes after changes nothing.
    public synchronized void onAnswer(HeartbeatAnswer answer) {
        keeper.onAcknowledged(answer.acknowledged());
        if (answer.acknowledged() <= acknowledged) {
            return;
        }
        acknowledged = answer.acknowledged();
        sessionsTaken = answer.sessionsTaken();
        journal.onTaken(sessionsTaken);
        apps.spend(answer.portions(), answer.inCall(), time.nanos());
    }

    /// Whether control should hear of a need at once, rather than in five seconds.
    public boolean isUrgent() {
        return apps.isUrgent();
    }

    /// Counts to the end. What control has not heard then stays in the memory.
    @Override
    public void close() {
        keeper.close();
    }

    private void measure(long now) {
        long elapsedNanos = now - measuredAtNanos;
        if (elapsedNanos < SHORTEST_NANOS) {
            return;
        }
        Map<AppId, Long> sums = new HashMap<>();
        for (Usage.Total total : usage.totals()) {
            sums.merge(total.app(), total.bytesToPeer() + total.bytesToClient(), Long::sum);
        }
        sums.forEach((app, sum) -> {
            long more = sum - bytes.getOrDefault(app, 0L);
            kbitPerSecond.put(app, Math.round(more * Byte.SIZE / (elapsedNanos / NANOS_PER_MILLI)));
        });
        bytes.putAll(sums);
        measuredAtNanos = now;
    }
}
