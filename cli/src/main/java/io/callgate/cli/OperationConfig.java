package io.callgate.cli;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.relay.Relay;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How a relay's process lets itself be watched, and how it waits. No part of the desired state: control has no
/// say.
///
/// @param metrics where metrics and health are served; empty: nowhere
/// @param sessions where ended sessions are written; empty: nowhere
/// @param gather how long a busy loop may wait for more packets; zero: never
record OperationConfig(Optional<MetricsAddress> metrics, Optional<SessionRecords> sessions, Duration gather) {
    static final OperationConfig DEFAULT =
            new OperationConfig(Optional.of(MetricsAddress.DEFAULT), Optional.empty(), Relay.DEFAULT_GATHER);

    OperationConfig {
        if (gather.isNegative() || gather.compareTo(Relay.LONGEST_GATHER) > 0) {
            throw new IllegalArgumentException("gather " + gather + " outside 0 to " + Relay.LONGEST_GATHER);
        }
    }

    /// @param isNamed whether the operator chose it: then a relay that cannot serve there does not start; else it
    ///     starts without metrics, since another relay of this host may have the port
    record MetricsAddress(Endpoint endpoint, boolean isNamed) {
        static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
        static final int PORT = 9464;
        static final MetricsAddress DEFAULT = new MetricsAddress(new Endpoint(LOOPBACK, PORT), false);
    }

    /// One file and the older ones beside it: `sessions.jsonl`, `sessions.jsonl.1`, …
    ///
    /// @param file absolute
    /// @param maxBytes of one file
    /// @param maxFiles the one in use included
    /// @param clientAddresses whether the addresses of clients are written
    record SessionRecords(Path file, long maxBytes, int maxFiles, boolean clientAddresses) {
        static final int MAX_MEGABYTES = 64;
        static final int MAX_FILES = 8;

        SessionRecords {
            if (maxBytes < 1 || maxFiles < 1) {
                throw new IllegalArgumentException(
                        "session records of " + maxBytes + " bytes, " + maxFiles + " files: want 1 or more of each");
            }
        }
    }
}
