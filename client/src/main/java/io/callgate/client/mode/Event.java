package io.callgate.client.mode;

import io.callgate.model.ErrorCode;
import io.callgate.model.ModePolicy;
import java.time.Duration;
import java.util.List;

/// What can happen to a [State]. Times are from one clock that never goes back, in nanoseconds.
public sealed interface Event {
    // From the app

    record SetProxy(ProxyConfig config) implements Event {}

    /// The engine exists: some order rules freeze the proxy with it.
    record EngineCreated() implements Event {}

    record Join(NetworkKind network, long atNanos) implements Event {}

    record Leave() implements Event {}

    /// The engine is destroyed: everything that was set is forgotten.
    record Close() implements Event {}

    // From control

    /// What the operator says of the app's clients: its figures count for the running call and all later ones.
    /// The mode is the app's to set.
    record PolicyKnown(ModePolicy policy) implements Event {}

    // From the direct way

    /// What a probe found of the direct way, and how long that took.
    ///
    /// @param signalling whether the service's signalling was connected
    /// @param media whether its media side answered: a STUN server beside it, else ICE itself
    record ProbeAnswered(boolean signalling, boolean media, Duration took) implements Event {}

    record ProbeTimedOut() implements Event {}

    record DirectConnected(long atNanos) implements Event {}

    /// @param signalling whether signalling was up all the same
    record DirectFailed(boolean signalling) implements Event {}

    // From the proxies

    /// @param offered in the lease's own order
    record LeaseGranted(List<Rung> offered) implements Event {
        public LeaseGranted {
            offered = List.copyOf(offered);
        }
    }

    record LeaseRefused(ErrorCode code) implements Event {}

    /// A rung of the ladder answered. With a staggered race it need not be the one that was tried first.
    record CandidateConnected(int index, long atNanos) implements Event {}

    record CandidateFailed(int index, ErrorCode code) implements Event {}

    // While connected

    /// @param reachable whether the new network has any connectivity yet
    record NetworkChanged(NetworkKind network, boolean reachable) implements Event {}

    /// Media is silent, or keep-alive got no answer.
    record PathLost(long atNanos) implements Event {}

    /// UDP loses or delays more than a stream would.
    record PathUnstable() implements Event {}

    /// A rung above the one in use answers again, and has for a while.
    record BetterPathAnswered(int index) implements Event {}

    /// The relay in use is about to end, and that rung of another one answers.
    record OtherRelayAnswered(int index) implements Event {}

    /// Traffic has moved to that rung; the old path was kept until now.
    record Migrated(int index) implements Event {}

    /// The rung that was being opened beside the path in use is not waited for any more.
    record MigrationCalledOff() implements Event {}

    /// Nothing happened but time.
    record Tick(long nowNanos) implements Event {}
}
