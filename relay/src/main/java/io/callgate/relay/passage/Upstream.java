package io.callgate.relay.passage;

import java.util.concurrent.CompletableFuture;

/// Whoever answers what passes.
public interface Upstream {
    /// Returns at once.
    ///
    /// @return completes on any thread with the answer; exceptionally, and within seconds, if there is none. To be
    ///     cancelled when nobody waits for it any more
    CompletableFuture<PassageAnswer> pass(PassedRequest request);
}
