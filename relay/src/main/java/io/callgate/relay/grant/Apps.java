package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The apps that this relay serves now. Read on every loop; changed by one thread, [#apply].
public final class Apps {
    private volatile Map<AppId, LiveApp> byId = Map.of();
    private volatile DesiredState state;

    /// @param state the first state; nothing is served before [#apply]
    public Apps(DesiredState state) {
        this.state = state;
    }

    public Optional<LiveApp> find(AppId id) {
        return Optional.ofNullable(byId.get(id));
    }

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
        state = next;
        byId = apps;
    }
}
