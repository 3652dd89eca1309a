package io.callgate.relay.grant;

import io.callgate.model.IngressSessions;
import io.callgate.model.Limits;
import io.callgate.model.Portion;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What this relay may spend of an app's sessions in the whole fleet, and what control should know to give it
/// more (decision 0028). Guarded by its [Sessions].
final class SessionShare {
    private static final long LENT_NANOS = Portion.LENT_FOR.toNanos();

    /// Of those that wanted a session and got none, so many are told apart.
    private static final int MOST_TURNED_AWAY = 1_000;

    private final Set<Subject> turnedAway = new HashSet<>();
    private @Nullable Portion portion;
    private SubjectSet inCall = SubjectSet.NONE;
    private long portionAtNanos;
    private final Map<Ingress, Live> byIngress = new EnumMap<>(Ingress.class);
    private int peak;
    private boolean isUrgent;

    /// Sessions that control should know of.
    ///
    /// @param peak the most at once since control answered last
    /// @param wanted those that are and those that were turned away since
    /// @param ingresses those of them that began by each
    record Need(int sessions, int peak, int wanted, List<IngressSessions> ingresses) {}

    /// Sessions that began by one ingress.
    private static final class Live {
        int sessions;
        int peak;

        void add() {
            sessions++;
            peak = Math.max(peak, sessions);
        }
    }

    /// @param next null: as much as the limits of the state
    /// @param nextInCall who may begin whatever the portion says
    void become(@Nullable Portion next, SubjectSet nextInCall, long nowNanos) {
        portion = next;
        inCall = nextInCall;
        portionAtNanos = nowNanos;
    }

    /// Whether a subject without a session may begin one. Whoever is in a call at another relay may, when that one
    /// dies: it is counted already. What the set takes for one of those in a hundred cases is bounded by their
    /// number.
    ///
    /// @param sessions that there are
    boolean mayBegin(Subject subject, int sessions, Limits limits, long nowNanos) {
        long most = mostSessions(limits, nowNanos);
        return sessions < most || (sessions < most + inCall.size() && inCall.has(subject));
    }

    long mostSessions(Limits limits, long nowNanos) {
        if (portion == null) {
            return limits.sessions();
        }
        boolean isInTouch = nowNanos - portionAtNanos < LENT_NANOS;
        return Math.min(limits.sessions(), portion.sessions() + (isInTouch ? portion.lentSessions() : 0));
    }

    /// @param sessions with the one that has begun
    void onBegun(int sessions, Ingress ingress) {
        byIngress.computeIfAbsent(ingress, first -> new Live()).add();
        peak = Math.max(peak, sessions);
        boolean isFirst = sessions == 1; // until control hears of it, the rate of the app is not split
        isUrgent |= isFirst || portion == null || sessions > portion.sessions();
    }

    void onOver(Ingress ingress) {
        Live live = byIngress.get(ingress);
        if (live != null) {
            live.sessions--;
        }
    }

    void onTurnedAway(Subject subject) {
        isUrgent = true;
        if (turnedAway.size() < MOST_TURNED_AWAY) {
            turnedAway.add(subject);
        }
    }

    Need need(Set<Subject> live) {
        isUrgent = false;
        turnedAway.removeAll(live);
        int sessions = live.size();
        return new Need(sessions, Math.max(peak, sessions), sessions + turnedAway.size(), ingresses());
    }

    private List<IngressSessions> ingresses() {
        List<IngressSessions> told = new ArrayList<>();
        byIngress.forEach((ingress, live) -> {
            if (live.peak > 0) {
                told.add(new IngressSessions(ingress.label(), live.sessions, live.peak));
            }
        });
        return told;
    }

    void onAnswered(int sessions) {
        peak = sessions;
        byIngress.values().forEach(live -> live.peak = live.sessions);
        turnedAway.clear();
    }

    boolean isUrgent() {
        return isUrgent;
    }
}
