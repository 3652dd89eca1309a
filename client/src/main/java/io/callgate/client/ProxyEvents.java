package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import java.time.Duration;
import java.time.Instant;

/// What a [CloudProxy] tells. All calls come on one thread of its own, `callgate-events`, in order; whoever
/// blocks there delays the next event and nothing else. What a listener throws goes into the trace.
public interface ProxyEvents {
    /// The names of the states: IDLE, CONFIGURED, PROBING_DIRECT, LEASING, CONNECTED and so on.
    default void onStateChanged(String from, String to) {}

    /// A new way is in use, or the same with new credentials: take it over.
    default void onPlan(Plan plan) {}

    /// @param elapsed since [CloudProxy#start]
    default void onConnected(EffectivePath path, boolean byFallback, Duration elapsed) {}

    default void onSwitching(EffectivePath from, EffectivePath to, ProxyEvent.Cause cause) {}

    /// Whether a proxy carries the call, told when that changes.
    default void onInUse(boolean proxied) {}

    /// What came of a proxy of the customer's, in mode LOCAL: of each that was tried and does not work, and of
    /// the one that does.
    ///
    /// @param type LOCAL_SOCKS5 or LOCAL_HTTP
    /// @param error OK with CONNECTED; [#onCandidateFailed] has the cause and the mend
    default void onLocalProxyState(EffectivePath type, LocalProxyState state, ErrorCode error) {}

    /// One candidate did not work; others may be left.
    default void onCandidateFailed(String candidate, Failure failure) {}

    /// The call has failed; or, once in each outage, no relay answers and all are being tried again.
    default void onFailed(Failure failure) {}

    /// The mode was set during a call, and counts from the next [CloudProxy#start].
    default void onChangeDeferred(RequestedMode mode) {}

    default void onNetworkChanged(NetworkKind now) {}

    /// The lease could not be renewed so far, and ends then.
    default void onLeaseExpiring(Instant at) {}

    /// The app is above its quota and still within the grace: beyond that, new calls are refused (42005). Told
    /// once, until a lease comes without it.
    default void onQuotaWarning() {}

    /// What the firewall must open has changed; the operator has the new list.
    default void onAllowlistChanged(long version) {}
}
