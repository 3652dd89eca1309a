package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.Revocation;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import io.callgate.testkit.FakeClock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Apps without a relay around them, for tests of what judges and counts.
public final class TestApps {
    /// For who does not care what becomes of sessions.
    public static final SessionLog NO_LOG = new SessionLog(new FakeClock(), record -> {});

    public static final Secret SECRET = Secret.of("relay-secret");

    public static final LiveAllocations NO_ALLOCATIONS = new LiveAllocations() {
        @Override
        public @Nullable LiveApp holder(long high, long low, int port) {
            return null;
        }

        @Override
        public int heldBy(LiveApp app, long high, long low) {
            return 0;
        }
    };

    static final OwnHost NO_HOST = new OwnHost(List.of(), List.of(), List.of(), List.of());

    private TestApps() {}

    static AppState app(String id, List<Secret> secrets, List<StaticUser> users, String... rules) {
        return new AppState(
                new AppId(id),
                secrets,
                List.of(),
                Arrays.stream(rules).map(DestinationRule::parse).toList(),
                Limits.DEFAULT,
                users);
    }

    public static DesiredState state(List<AppState> apps, Revocation... revocations) {
        return new DesiredState(
                1,
                DesiredState.Origin.FILE,
                List.of(new ListenerState(
                        IpAddress.parse("192.0.2.1"), List.of(new PortRange(3478, 3478)), Set.of(Protocol.UDP))),
                List.of(),
                DesiredState.DEFAULT_RELAY_PORTS,
                DesiredState.DEFAULT_REALM,
                apps,
                List.of(revocations),
                List.of(),
                false,
                Optional.empty());
    }

    static Apps apps(DesiredState state, DestinationPolicy.Surroundings surroundings) {
        Apps apps = new Apps(state, NO_LOG);
        apps.apply(state, surroundings);
        return apps;
    }

    static DestinationPolicy.Surroundings surroundings(OwnHost own, LiveAllocations allocations) {
        return new DestinationPolicy.Surroundings(own, allocations, new HostAddresses(), true);
    }

    /// An app that nothing is asked of but its identity.
    public static LiveApp nameless(String id) {
        return new LiveApp(
                app(id, List.of(SECRET), List.of()), List.of(), surroundings(NO_HOST, NO_ALLOCATIONS), NO_LOG);
    }

    static Endpoint endpoint(String address, int port) {
        return new Endpoint(IpAddress.parse(address), port);
    }
}
