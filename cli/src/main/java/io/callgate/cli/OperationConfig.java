package io.callgate.cli;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import java.nio.file.Path;
import java.util.Optional;

/// How a relay lets itself be watched. No part of the desired state: this is about the process.
///
/// @param metrics where metrics and health are served; empty: nowhere
/// @param sessions where ended sessions are written; empty: nowhere
record OperationConfig(Optional<MetricsAddress> metrics, Optional<SessionRecords> sessions) {
    static final OperationConfig DEFAULT = new OperationConfig(Optional.of(MetricsAddress.DEFAULT), Optional.empty());

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
