package io.callgate.relay;

import io.callgate.model.TimeSource;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.tls.TlsProvider;

/// What is fixed for the life of a relay.
///
/// @param loops event loops, at least 1; one a core is best
/// @param io how the loops wait for sockets
/// @param tls who does the cryptography
public record RelayOptions(int loops, TimeSource time, IoKind io, TlsProvider tls) {
    public RelayOptions {
        if (loops < 1) {
            throw new IllegalArgumentException("loops " + loops + " < 1");
        }
    }

    /// One loop a core, and the best that this machine has to wait and to encrypt.
    public static RelayOptions of(TimeSource time) {
        return new RelayOptions(Runtime.getRuntime().availableProcessors(), time, IoKind.best(), TlsProvider.best());
    }
}
