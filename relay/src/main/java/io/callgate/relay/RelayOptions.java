package io.callgate.relay;

import io.callgate.model.SessionRecord;
import io.callgate.model.TimeSource;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.report.Reporter;
import io.callgate.relay.tls.TlsProvider;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What is fixed for the life of a relay.
///
/// @param loops event loops, at least 1; one a core is best
/// @param io how the loops serve sockets
/// @param tls who does the cryptography
/// @param sessions hears of every session that ended and every client that was refused one; on any of the relay's
///     threads, so it must return at once
/// @param passage to control for clients; empty: there is none, and nothing under `/v1`
/// @param usageMemory for a relay that reports to control ([Relay#reporter]): bytes that outlive the process, such
///     as a mapped file, zeros the first time; written until the relay is closed
public record RelayOptions(
        int loops,
        TimeSource time,
        IoKind io,
        TlsProvider tls,
        Consumer<SessionRecord> sessions,
        Optional<Passage> passage,
        Optional<MemorySegment> usageMemory) {
    /// What [#usageMemory] wants.
    public static final long USAGE_MEMORY_BYTES = Reporter.MEMORY_BYTES;

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
                Optional.empty(),
                Optional.empty());
    }

    /// @param kind `linux`, `epoll` or `nio`
    /// @throws IllegalArgumentException if there is no such kind, or it does not work on this machine
    public RelayOptions withIo(String kind) {
        IoKind named = Stream.of(IoKind.values())
                .filter(it -> it.label().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + kind + "' is none of linux, epoll, nio"));
        named.problem().ifPresent(problem -> {
            throw new IllegalArgumentException(kind + " does not work on this machine: " + problem);
        });
        return new RelayOptions(loops, time, named, tls, sessions, passage, usageMemory);
    }

    public RelayOptions withSessions(Consumer<SessionRecord> listener) {
        return new RelayOptions(loops, time, io, tls, listener, passage, usageMemory);
    }

    public RelayOptions withPassage(Passage wayToControl) {
        return new RelayOptions(loops, time, io, tls, sessions, Optional.of(wayToControl), usageMemory);
    }

    public RelayOptions withUsageMemory(MemorySegment memory) {
        return new RelayOptions(loops, time, io, tls, sessions, passage, Optional.of(memory));
    }
}
