package io.callgate.relay.grant;

import io.callgate.model.AppId;
import io.callgate.model.IpAddress;
import io.callgate.model.Subject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// Looks up host names without blocking a loop.
public interface NameResolver {
    /// All addresses of a name, both families.
    ///
    /// @param asker on whose account it is looked up, if it has to be
    /// @return completes with at least one address, or with an [java.net.UnknownHostException] whose message is
    ///     for people, or with [LookupRefused]; on any thread
    CompletionStage<Resolved> resolve(String host, Asker asker);

    /// Who wants to know.
    sealed interface Asker {
        /// The relay itself, for the hosts that destination rules name.
        record Rules() implements Asker {}

        record Client(AppId app, Subject subject) implements Asker {}
    }

    /// @param timeToLive how long the answer may be used
    record Resolved(List<IpAddress> addresses, Duration timeToLive) {}
}
