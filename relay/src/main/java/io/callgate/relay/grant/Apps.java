package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.Subject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The apps that this relay serves now. Read on every loop; changed by one thread, [#apply].
public final class Apps {
    private final CheckRuns checkRuns = new CheckRuns();
    private volatile Map<AppId, LiveApp> byId = Map.of();
    private volatile DesiredState state;

    /// @param state the first state; nothing is served before [#apply]
    public Apps(DesiredState state) {
        this.state = state;
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

    /// Visits to the check page.
    public CheckRuns checkRuns() {
        return checkRuns;
    }

    /// The operators' apps.
    public Map<AppId, LiveApp> all() {
        return byId;
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
                apps.put(app.id(), new LiveApp(app, next.revocations(), surroundings));
            } else {
                known.become(app, next.revocations(), surroundings);
                apps.put(app.id(), known);
            }
        }
        byId.values().stream().filter(app -> !apps.containsValue(app)).forEach(LiveApp::retire);
        checkRuns.apply(next.check(), surroundings);
        state = next;
        byId = apps;
    }
}
