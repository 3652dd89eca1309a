package io.callgate.rtc.transport;

import io.callgate.client.Plan;
import io.callgate.client.turn.Entrance;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import io.callgate.rtc.media.IceSetup;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// Leads a WebRTC stack to a relay: by itself where it can, over UDP and plain TCP without a proxy; else by a
/// [TurnBridge], as it can neither speak through a proxy nor judge a private certificate. Any thread.
public final class MediaRoutes implements Closeable {
    private final TimeSource time;
    private final List<TurnBridge> bridges = new ArrayList<>(); // guarded by this
    private boolean isClosed; // guarded by this

    public MediaRoutes(TimeSource time) {
        this.time = time;
    }

    /// That relay and nothing else, as a stack takes it. Opens a bridge where it takes one. After [#close] opens
    /// nothing and leads nowhere.
    public synchronized IceSetup to(Plan.Relayed relayed) {
        if (isClosed) {
            return new IceSetup(List.of(), true, false);
        }
        Entrance entrance = relayed.entrance();
        String url;
        boolean isPlain = entrance.transport() == Transport.UDP || entrance.transport() == Transport.TCP;
        if (isPlain && relayed.out().isDirect()) {
            url = "turn:" + entrance.relay() + "?transport="
                    + entrance.transport().lowerCase();
        } else {
            TurnBridge bridge = bridgeTo(relayed);
            url = bridge.url();
        }
        IceSetup.Server server = new IceSetup.Server(
                List.of(url), relayed.login().name(), relayed.login().password());
        return new IceSetup(List.of(server), true, entrance.transport() == Transport.UDP);
    }

    /// One bridge for each entrance: a younger credential is for the stack, not for the bridge.
    private TurnBridge bridgeTo(Plan.Relayed relayed) {
        for (TurnBridge bridge : bridges) {
            if (bridge.leadsTo(relayed)) {
                return bridge;
            }
        }
        TurnBridge made = TurnBridge.open(relayed, time);
        bridges.add(made);
        return made;
    }

    /// Closes every bridge that none of these setups needs.
    public synchronized void keepOnly(List<IceSetup> needed) {
        Iterator<TurnBridge> each = bridges.iterator();
        while (each.hasNext()) {
            TurnBridge bridge = each.next();
            boolean isNeeded = needed.stream()
                    .flatMap(ice -> ice.servers().stream())
                    .anyMatch(server -> server.urls().contains(bridge.url()));
            if (!isNeeded) {
                bridge.close();
                each.remove();
            }
        }
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        bridges.forEach(TurnBridge::close);
        bridges.clear();
    }
}
