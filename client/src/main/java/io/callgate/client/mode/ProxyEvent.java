package io.callgate.client.mode;

import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import java.time.Duration;

/// What an app is told. Facades make their vendor's callbacks of these.
public sealed interface ProxyEvent {
    /// The names of both states.
    record StateChanged(String from, String to) implements ProxyEvent {}

    /// A call that changed nothing: it came too late, or in the wrong order.
    record Refused(ErrorCode code) implements ProxyEvent {}

    /// The proxy was set in a room: it takes effect at the next join.
    record ChangeDeferred(RequestedMode mode) implements ProxyEvent {}

    /// @param elapsed since the join
    record Connected(EffectivePath path, boolean byFallback, Duration elapsed) implements ProxyEvent {}

    /// Traffic moves from one path to another.
    record Switching(EffectivePath from, EffectivePath to, Cause cause) implements ProxyEvent {}

    /// Whether a proxy carries the call, told when that changes.
    record InUse(boolean proxied) implements ProxyEvent {}

    /// One rung did not work; others may be left.
    record CandidateFailed(Rung rung, ErrorCode code) implements ProxyEvent {}

    /// The call has failed.
    record Failed(ErrorCode code) implements ProxyEvent {}

    record NetworkModeChanged(NetworkKind network) implements ProxyEvent {}

    /// Why a path was left.
    enum Cause {
        /// The direct way did not answer in time.
        PROBE_TIMED_OUT,

        /// The path in use went silent.
        PATH_LOST,

        /// UDP lost too much.
        UNSTABLE,

        /// A better one works again.
        BETTER_AVAILABLE,

        /// Its relay is about to end.
        DRAINING,

        NETWORK_CHANGED,

        /// No local proxy works, and connectivity goes first.
        NO_LOCAL_PROXY
    }
}
