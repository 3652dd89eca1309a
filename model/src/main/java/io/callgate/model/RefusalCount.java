package io.callgate.model;

/// How often a relay has refused or dropped something for one reason since it started.
///
/// @param reason its label, as in the relay's metrics
public record RefusalCount(String reason, long count) {
    public RefusalCount {
        if (count < 0) {
            throw new IllegalArgumentException(reason + ": " + count + " times: want 0 or more");
        }
    }
}
