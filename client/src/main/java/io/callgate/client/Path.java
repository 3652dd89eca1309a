package io.callgate.client;

import io.callgate.client.net.Attempt;
import java.io.Closeable;
import java.util.Optional;

/// A way that works, held open so that its end is noticed. May be used from any thread.
interface Path extends Closeable {
    /// How a path of this kind is opened: blocks until it works.
    interface Way {
        /// @throws io.callgate.client.failure.PathException with what stands in the way
        Path open(Attempt attempt);
    }

    /// What opens a tunnel on this path; empty if it carries none.
    Optional<CloudTunnel.Opening> tunnels();

    /// @return true once for each sign of life that is to be asked for now
    boolean isPingDue(long nowNanos);

    /// Asks for a sign of life; blocks for a moment.
    void ping();

    boolean isSilent(long nowNanos);

    /// Whether it loses so much that a stream would be better.
    boolean isUnstable();

    /// Whether it has been watched for long enough to be called good or bad.
    boolean isJudged();

    /// Whether its end is announced.
    boolean isDraining();

    @Override
    void close();
}
