package io.callgate.model;

import java.time.Instant;

/// Where time comes from. Only `cli` reads the system's clocks; tests turn their own.
public interface TimeSource {
    /// For durations and deadlines: never goes back, means nothing outside the process.
    long nanos();

    /// For what has a date: credentials, reports.
    Instant now();
}
