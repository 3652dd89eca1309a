package io.callgate.relay.grant;

import io.callgate.model.IpAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Looks up host names without blocking a loop.
public interface NameResolver {
    /// All addresses of a name, both families.
    ///
    /// @return completes with at least one address, or with an [java.net.UnknownHostException] whose message is
    ///     for people; on any thread
    CompletionStage<Resolved> resolve(String host);

    /// @param timeToLive how long the answer may be used
    record Resolved(List<IpAddress> addresses, Duration timeToLive) {}
}
