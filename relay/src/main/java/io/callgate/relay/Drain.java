package io.callgate.relay;

import io.netty.channel.EventLoopGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Whether a relay takes new sessions: not by its operator's word, nor before its own end. Safe on every thread.
final class Drain {
    private static final long POLL_MILLIS = 100;

    private final RelayCommands commands;
    private final EventLoopGroup group;
    private volatile boolean isOrdered;
    private volatile boolean isEnding;

    /// @param group where it waits until the loops are idle
    Drain(RelayCommands commands, EventLoopGroup group) {
        this.commands = commands;
        this.group = group;
    }

    /// @return false if that was the operator's word already
    synchronized boolean order(boolean byOperator) {
        if (isOrdered == byOperator) {
            return false;
        }
        tell(isEnding || byOperator);
        isOrdered = byOperator;
        return true;
    }

    /// For good.
    ///
    /// @return completes when no session is left
    synchronized CompletableFuture<Void> end() {
        CompletableFuture<Void> told = tell(true);
        isEnding = true;
        CompletableFuture<Void> idle = new CompletableFuture<>();
        told.thenRun(() -> completeWhenIdle(idle));
        return idle;
    }

    /// Whoever hears that it is on, and asks a loop something afterwards, asks one that drains.
    boolean isOn() {
        return isEnding || isOrdered;
    }

    boolean isEnding() {
        return isEnding;
    }

    /// Under the monitor, so that each loop hears the last word last.
    private CompletableFuture<Void> tell(boolean isOn) {
        return commands.onEach(server -> server.setDraining(isOn));
    }

    /// Looks again and again, until that future is complete by this or otherwise.
    void completeWhenIdle(CompletableFuture<Void> idle) {
        commands.askEach(LoopServer::isIdle).thenAccept(answers -> {
            if (!answers.contains(false)) {
                idle.complete(null);
            } else if (!idle.isDone() && !group.isShuttingDown()) {
                group.next().schedule(() -> completeWhenIdle(idle), POLL_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }
}
