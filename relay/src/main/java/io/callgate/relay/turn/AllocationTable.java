package io.callgate.relay.turn;

import io.callgate.relay.loop.EndpointMap;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The allocations of one loop: of UDP clients by five-tuple, of streams by the stream itself, since those of one
/// HTTP/2 connection show the same address (decision 0015). Confined to the loop; tells [LoopDirectory] what other
/// loops must know.
final class AllocationTable {
    private final RelayLoop loop;
    private final LoopDirectory directory;
    private final EndpointMap<Allocation> byFiveTuple = new EndpointMap<>();
    private final Map<ClientPath.Stream, Allocation> byStream = new HashMap<>();
    private final DeadlineWheel<Allocation.Due> deadlines;

    AllocationTable(RelayLoop loop, LoopDirectory directory) {
        this.loop = loop;
        this.directory = directory;
        this.deadlines = new DeadlineWheel<>(loop.nowNanos());
    }

    /// Of a UDP client.
    @Nullable
    Allocation find(long high, long low, int port, ListenerPoint listener) {
        assert loop.eventLoop().inEventLoop();
        return byFiveTuple.find(high, low, port, listener.id());
    }

    @Nullable
    Allocation find(ClientPath client) {
        return client instanceof ClientPath.Stream stream
                ? byStream.get(stream)
                : find(client.high(), client.low(), client.port(), client.listener());
    }

    void add(Allocation allocation) {
        ClientPath client = allocation.client();
        if (client instanceof ClientPath.Stream stream) {
            byStream.put(stream, allocation);
        } else {
            int listener = client.listener().id();
            byFiveTuple.put(client.high(), client.low(), client.port(), listener, allocation);
            directory.add(client.high(), client.low(), client.port(), listener, loop.index());
        }
        deadlines.add(allocation.due(), allocation.expiresAtNanos());
    }

    void remove(Allocation allocation) {
        ClientPath client = allocation.client();
        if (client instanceof ClientPath.Stream stream) {
            byStream.remove(stream);
        } else {
            int listener = client.listener().id();
            byFiveTuple.remove(client.high(), client.low(), client.port(), listener);
            directory.remove(client.high(), client.low(), client.port(), listener);
        }
    }

    List<Allocation> all() {
        List<Allocation> all = new ArrayList<>(byStream.values());
        byFiveTuple.forEach(all::add);
        return all;
    }

    /// Visits allocations whose deadline may have come, each at least once a minute.
    void visitDue(Consumer<Allocation> visitor) {
        deadlines.advance(loop.nowNanos(), due -> {
            Allocation allocation = due.allocation();
            if (allocation != null) {
                visitor.accept(allocation);
                if (!allocation.isEnded()) {
                    deadlines.add(due, allocation.expiresAtNanos());
                }
            }
        });
    }
}
