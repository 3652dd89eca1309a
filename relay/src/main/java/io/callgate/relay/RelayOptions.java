package io.callgate.relay;

import io.callgate.model.SessionRecord;
import io.callgate.model.TimeSource;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.tls.TlsProvider;
import java.util.Optional;
import java.util.function.Consumer;

/// What is fixed for the life of a relay.
///
/// @param loops event loops, at least 1; one a core is best
/// @param io how the loops wait for sockets
/// @param tls who does the cryptography
/// @param sessions hears of every session that ended and every client that was refused one; on any of the relay's
///     threads, so it must return at once
/// @param passage to control for clients; empty: there is none, and nothing under `/v1`
public record RelayOptions(
        int loops,
        TimeSource time,
        IoKind io,
        TlsProvider tls,
        Consumer<SessionRecord> sessions,
        Optional<Passage> passage) {
    public RelayOptions {
        if (loops < 1) {
            throw new IllegalArgumentException("loops " + loops + " < 1");
        }
    }

    /// One loop a core, and the best that this machine has to wait and to encrypt.
    public static RelayOptions of(TimeSource time) {
        return new RelayOptions(
                Runtime.getRuntime().availableProcessors(),
                time,
                IoKind.best(),
                TlsProvider.best(),
                record -> {},
                Optional.empty());
    }

    public RelayOptions withSessions(Consumer<SessionRecord> listener) {
        return new RelayOptions(loops, time, io, tls, listener, passage);
    }

    public RelayOptions withPassage(Passage wayToControl) {
        return new RelayOptions(loops, time, io, tls, sessions, Optional.of(wayToControl));
    }
}
