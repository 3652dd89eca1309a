package io.callgate.relay;

import io.callgate.model.TimeSource;
import io.callgate.relay.net.IoKind;

/// What is fixed for the life of a relay.
///
/// @param loops event loops, at least 1; one a core is best
/// @param io how the loops wait for sockets
public record RelayOptions(int loops, TimeSource time, IoKind io) {
    public RelayOptions {
        if (loops < 1) {
            throw new IllegalArgumentException("loops " + loops + " < 1");
        }
    }

    /// One loop a core, and the best way of this machine to wait.
    public static RelayOptions of(TimeSource time) {
        return new RelayOptions(Runtime.getRuntime().availableProcessors(), time, IoKind.best());
    }
}
