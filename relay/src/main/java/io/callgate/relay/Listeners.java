package io.callgate.relay;

import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.Protocol;
import io.callgate.relay.turn.ListenerPoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listeners of all loops. Not thread-safe: [Relay#apply] is its only caller, one at a time; never on a loop,
/// since it waits for them.
final class Listeners {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);
    private static final int MOST_NAMED = 16;

    private final RelayCommands commands;
    private final int loopsAPort;
    private final Map<BoundListener, ListenerPoint> points = new LinkedHashMap<>();
    private int lastPointId;

    /// @param loopsAPort on how many loops each port is opened
    Listeners(RelayCommands commands, int loopsAPort) {
        this.commands = commands;
        this.loopsAPort = loopsAPort;
    }

    /// The listeners of a state on this machine: wildcards become one for each local address.
    ///
    /// @param problems gets a sentence for each that cannot be
    static Set<BoundListener> expand(DesiredState next, MachineAddresses local, List<String> problems) {
        Set<BoundListener> wanted = new LinkedHashSet<>();
        for (ListenerState listener : next.listeners()) {
            List<IpAddress> addresses = local.expand(listener.address());
            if (addresses.isEmpty()) {
                problems.add("listener " + listener.address() + ": this machine has no such address; name one of "
                        + local.all());
            }
            for (IpAddress address : addresses) {
                if (!local.has(address)) {
                    problems.add(
                            "listener " + address + ": not an address of this machine; name one of " + local.all());
                    continue;
                }
                listener.ports().forEach(range -> {
                    for (int port = range.first(); port <= range.last(); port++) {
                        for (Protocol protocol : listener.protocols()) {
                            wanted.add(new BoundListener(address, port, protocol));
                        }
                    }
                });
            }
        }
        return wanted;
    }

    /// Opens what is not open yet, on every loop, or nothing.
    ///
    /// @return what was opened; in force by [#become]
    /// @throws RelayException with every problem; nothing that was opened for it is left
    Map<BoundListener, ListenerPoint> open(Set<BoundListener> wanted, DesiredState next) {
        Map<BoundListener, ListenerPoint> opened = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (BoundListener listener : wanted) {
            if (points.containsKey(listener)) {
                continue;
            }
            ListenerPoint point =
                    new ListenerPoint(++lastPointId, listener.address(), listener.port(), listener.protocol());
            opened.put(listener, point);
            PortProbe.problemWith(listener).ifPresentOrElse(problems::add, () -> {
                for (int loop = 0; loop < loopsAPort; loop++) {
                    commands.on(loop, server -> server.open(point, isBehindBalancer(listener, next)))
                            .thenCompose(opening -> opening)
                            .exceptionally(e -> {
                                problems.add(PortProbe.describe(listener, e));
                                return null;
                            })
                            .join();
                }
            });
        }
        if (!problems.isEmpty()) {
            opened.values()
                    .forEach(point ->
                            commands.onEach(server -> server.close(point)).join());
            throw new RelayException(problems);
        }
        return opened;
    }

    /// Ends the listeners that are wanted no more, and what came in by them; the rest follows the state.
    ///
    /// @param opened by [#open], for the same state
    void become(Set<BoundListener> wanted, Map<BoundListener, ListenerPoint> opened, DesiredState next) {
        List<BoundListener> closed = closeAllBut(wanted);
        points.forEach((listener, point) -> {
            boolean isExpected = isBehindBalancer(listener, next);
            commands.onEach(server -> server.expectProxyHeader(point, isExpected))
                    .join();
        });
        points.putAll(opened);
        tell("listeners.opened", opened.keySet());
        tell("listeners.closed", closed);
    }

    List<BoundListener> all() {
        return List.copyOf(points.keySet());
    }

    private static boolean isBehindBalancer(BoundListener listener, DesiredState state) {
        return state.listeners().stream()
                .anyMatch(entry -> entry.proxyProtocol()
                        && entry.covers(listener.address(), listener.port(), listener.protocol()));
    }

    private List<BoundListener> closeAllBut(Set<BoundListener> wanted) {
        List<BoundListener> closed = new ArrayList<>();
        for (BoundListener listener : List.copyOf(points.keySet())) {
            if (!wanted.contains(listener)) {
                closed.add(listener);
                ListenerPoint point = Objects.requireNonNull(points.remove(listener));
                commands.onEach(server -> server.close(point)).join();
            }
        }
        return closed;
    }

    private static void tell(String event, Collection<BoundListener> listeners) {
        if (!listeners.isEmpty()) {
            List<String> named = listeners.stream()
                    .limit(MOST_NAMED)
                    .map(BoundListener::toString)
                    .toList();
            log.atInfo()
                    .addKeyValue("count", listeners.size())
                    .addKeyValue("listeners", String.join(", ", named) + (listeners.size() > MOST_NAMED ? ", …" : ""))
                    .log(event);
        }
    }
}
