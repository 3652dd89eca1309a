package io.callgate.relay.grant;

import io.callgate.model.LiveSession;
import io.callgate.model.SessionChanges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which sessions have changed since control knew them, told in pages. Each change has a number and pushes the one
/// before of the same session out: so it holds as much as there are sessions, and what has ended and control may
/// know. Safe on every thread.
public final class SessionJournal {
    /// For a relay without a control: keeps nothing.
    public static final SessionJournal NONE = new SessionJournal(false);

    private final boolean isKept;
    private final AtomicLong numbers = new AtomicLong();
    private final TreeMap<Long, Entry> byChange = new TreeMap<>();
    private final Map<Long, Long> changeByNumber = new HashMap<>();
    private long lastChange;

    /// Ends up to this change are forgotten.
    private long forgotten;

    private SessionJournal(boolean isKept) {
        this.isKept = isKept;
    }

    /// One that is kept.
    public static SessionJournal begin() {
        return new SessionJournal(true);
    }

    /// @param live null when it has ended
    private record Entry(long number, @Nullable LiveSession live, boolean isTold) {}

    boolean isKept() {
        return isKept;
    }

    /// For a session that begins.
    long nextNumber() {
        return numbers.incrementAndGet();
    }

    /// A session has begun, or is another than it was.
    synchronized void onLive(LiveSession session) {
        if (isKept) {
            write(new Entry(session.number(), session, removeIfTold(session.number())));
        }
    }

    /// A session has ended. If it was never told of, nobody needs to hear that.
    synchronized void onEnded(long number) {
        if (isKept && removeIfTold(number)) {
            write(new Entry(number, null, true));
        }
    }

    /// What to tell.
    ///
    /// @param known the change up to which control knows; 0: nothing
    public synchronized SessionChanges after(long known) {
        if (lastChange == 0) {
            return SessionChanges.NONE;
        }
        // What control has forgotten, as by a backup that was played back, cannot be told change by change.
        long from = known < forgotten || known > lastChange ? 0 : known;
        List<LiveSession> live = new ArrayList<>();
        List<Long> ended = new ArrayList<>();
        long upTo = from;
        for (Map.Entry<Long, Entry> next : byChange.tailMap(from, false).entrySet()) {
            if (live.size() + ended.size() == SessionChanges.MOST) {
                return new SessionChanges(from, upTo, live, ended);
            }
            Entry entry = next.getValue();
            if (entry.live == null) {
                ended.add(entry.number);
            } else {
                live.add(entry.live);
                next.setValue(new Entry(entry.number, entry.live, true));
            }
            upTo = next.getKey();
        }
        return new SessionChanges(from, lastChange, live, ended);
    }

    /// Control has told up to which change it knows.
    public synchronized void onTaken(long known) {
        var ends = byChange.headMap(known, true).values().iterator();
        while (ends.hasNext()) {
            Entry entry = ends.next();
            if (entry.live == null) {
                ends.remove();
                changeByNumber.remove(entry.number);
            }
        }
        forgotten = Math.max(forgotten, known);
    }

    private boolean removeIfTold(long number) {
        Long change = changeByNumber.remove(number);
        Entry entry = change == null ? null : byChange.remove(change);
        return entry != null && entry.isTold;
    }

    private void write(Entry entry) {
        lastChange++;
        byChange.put(lastChange, entry);
        changeByNumber.put(entry.number, lastChange);
    }
}
