package io.callgate.relay;

import io.callgate.relay.turn.ListenerPoint;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// The way from any thread into the loops: every crossing is in this file. What is given runs later, on the loop.
final class RelayCommands {
    private final List<LoopServer> servers = new ArrayList<>();

    /// Called once a loop, before anything else is.
    void add(LoopServer server) {
        servers.add(server);
    }

    /// A packet that arrived on one loop, for a client of another.
    void handOver(int loop, ListenerPoint point, byte[] packet, long high, long low, int port, int fields) {
        LoopServer server = servers.get(loop);
        executor(server).execute(() -> server.takeForeign(point, packet, high, low, port, fields));
    }

    /// Does something on one loop.
    ///
    /// @return completes with what it returned or threw
    <T> CompletableFuture<T> on(int loop, Function<LoopServer, T> action) {
        LoopServer server = servers.get(loop);
        return CompletableFuture.supplyAsync(() -> action.apply(server), executor(server));
    }

    /// Does something on every loop, each on its own.
    ///
    /// @return completes when all have
    CompletableFuture<Void> onEach(Consumer<LoopServer> action) {
        return CompletableFuture.allOf(servers.stream()
                .map(server -> CompletableFuture.runAsync(() -> action.accept(server), executor(server)))
                .toArray(CompletableFuture[]::new));
    }

    /// Asks every loop.
    ///
    /// @return completes with the answers, in the loops' order
    <T> CompletableFuture<List<T>> askEach(Function<LoopServer, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (int loop = 0; loop < servers.size(); loop++) {
            answers.add(on(loop, question));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
    }

    private static EventExecutor executor(LoopServer server) {
        return server.loop().eventLoop();
    }
}
