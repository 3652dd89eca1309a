package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.Portion;
import io.callgate.model.StaticUser;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The apps that this relay serves now. Read on every loop; changed by one thread, [#apply].
public final class Apps {
    private static final Logger log = LoggerFactory.getLogger(Apps.class);

    private final SessionLog sessionLog;

    /// Removed, and some of their sessions linger.
    private final List<LiveApp> retired = new CopyOnWriteArrayList<>();

    private final CheckRuns checkRuns;
    private volatile Map<AppId, LiveApp> byId = Map.of();
    private volatile Map<String, User> usersByName = Map.of();
    private volatile DesiredState state;

    /// A static user and the app that it belongs to.
    record User(StaticUser user, LiveApp app) {}

    /// @param state the first state; nothing is served before [#apply]
    public Apps(DesiredState state, SessionLog sessionLog) {
        this.state = state;
        this.sessionLog = sessionLog;
        this.checkRuns = new CheckRuns(new SessionLog(sessionLog.time(), visit -> {}));
    }

    /// The apps of one state, in force from the beginning and without a word about them.
    public static Apps inForce(DesiredState state, DestinationPolicy.Surroundings surroundings, SessionLog sessionLog) {
        Apps made = new Apps(state, sessionLog);
        Map<AppId, LiveApp> apps = new LinkedHashMap<>();
        state.apps()
                .forEach(app -> apps.put(app.id(), new LiveApp(app, state.revocations(), surroundings, sessionLog)));
        made.byId = apps;
        made.usersByName = usersOf(apps);
        return made;
    }

    public Optional<LiveApp> find(AppId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// The app that a credential names: for the check page's own, the run that it was made for.
    Optional<LiveApp> find(AppId id, Subject subject) {
        return id.equals(AppId.CHECK) ? checkRuns.find(subject) : find(id);
    }

    /// The app's sessions now, lingering ones included; those of the check page too.
    public int sessions(AppId id, long nowNanos) {
        return id.equals(AppId.CHECK)
                ? checkRuns.sessions(nowNanos)
                : find(id).map(app -> app.sessions().count(nowNanos)).orElse(0);
    }

    /// Sessions with something alive: of all apps, those that were removed too, and of visits to the check page.
    public long liveSessions() {
        return Stream.of(byId.values(), retired, checkRuns.apps())
                .flatMap(Collection::stream)
                .mapToLong(app -> app.sessions().countLive())
                .sum();
    }

    /// Visits to the check page.
    public CheckRuns checkRuns() {
        return checkRuns;
    }

    /// The operators' apps.
    public Map<AppId, LiveApp> all() {
        return byId;
    }

    /// Two apps may have a user of the same name: then it is the first app's.
    Optional<User> findUser(String name) {
        return Optional.ofNullable(usersByName.get(name));
    }

    /// Static users of all apps.
    List<StaticUser> users() {
        return usersByName.values().stream().map(User::user).toList();
    }

    boolean hasUsers() {
        return !usersByName.isEmpty();
    }

    /// The state in force.
    public DesiredState state() {
        return state;
    }

    /// Takes over a state that has been checked. An app that stays keeps its sessions and its place in the rate.
    public void apply(DesiredState next, DestinationPolicy.Surroundings surroundings) {
        Map<AppId, LiveApp> apps = new LinkedHashMap<>();
        for (AppState app : next.apps()) {
            LiveApp known = byId.get(app.id());
            if (known == null) {
                known = new LiveApp(app, next.revocations(), surroundings, sessionLog);
                log.atInfo().addKeyValue("app", app.id()).log("app.added");
            } else {
                known.become(app, next.revocations(), surroundings);
            }
            apps.put(app.id(), known);
        }
        for (LiveApp app : byId.values()) {
            if (!apps.containsValue(app)) {
                app.retire();
                retired.add(app);
                log.atInfo().addKeyValue("app", app.id()).log("app.removed");
            }
        }
        checkRuns.apply(next.check(), surroundings);
        state = next;
        byId = apps;
        usersByName = usersOf(apps);
    }

    /// Where two apps have a user of one name, it is the first one's.
    private static Map<String, User> usersOf(Map<AppId, LiveApp> apps) {
        Map<String, User> users = new LinkedHashMap<>();
        for (LiveApp app : apps.values()) {
            for (StaticUser user : app.state().users()) {
                users.putIfAbsent(user.name(), new User(user, app));
            }
        }
        return users;
    }

    /// Holds each app to its portion, or without one to the limits of the state.
    ///
    /// @param inCall of some apps, who may begin beyond that
    public void spend(List<Portion> portions, Map<AppId, SubjectSet> inCall, long nowNanos) {
        Map<AppId, Portion> byApp = new HashMap<>();
        portions.forEach(portion -> byApp.put(portion.app(), portion));
        byId.forEach((id, app) -> {
            app.spend(byApp.get(id), inCall.getOrDefault(id, SubjectSet.NONE), nowNanos);
            app.sessions().onAnswered();
        });
    }

    /// What control should know before its turn: a session more than the portions of this relay hold, or one of an
    /// app of which this relay has none.
    public boolean isUrgent() {
        return byId.values().stream().anyMatch(app -> app.sessions().isUrgent());
    }

    /// Tells the journal which sessions are others than it knows.
    public void tellSessions(long nowNanos) {
        byId.values().forEach(app -> app.sessions().tell(nowNanos));
        retired.forEach(app -> app.sessions().tell(nowNanos));
    }

    /// Ends sessions that have lingered long enough. Called about once a second, by one thread.
    public void sweepSessions(long nowNanos) {
        byId.values().forEach(app -> app.sessions().sweep(nowNanos));
        retired.forEach(app -> app.sessions().sweep(nowNanos));
        retired.removeIf(app -> app.sessions().count(nowNanos) == 0);
    }

    /// The relay closes, and no grant lives any more.
    public void endSessions(long nowNanos) {
        byId.values().forEach(app -> app.sessions().endAll(nowNanos));
        retired.forEach(app -> app.sessions().endAll(nowNanos));
    }
}
