package io.callgate.rtc;

import io.callgate.client.LocalProxyState;
import io.callgate.client.Plan;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.service.RemoteStream;
import java.time.Duration;
import java.time.Instant;

/// The app's listener, so that nothing it throws comes through: that is told to its own [RtcEvents#onDefect], and
/// what that throws, to nobody. Whatever the engine tells, it tells by this.
///
/// Has every method of [RtcEvents]; its test sees to that.
final class GuardedEvents implements RtcEvents {
    private final RtcEvents listener;

    GuardedEvents(RtcEvents listener) {
        this.listener = listener;
    }

    private void guard(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            onDefect(e);
        }
    }

    @Override
    public void onDefect(Throwable thrown) {
        try {
            listener.onDefect(thrown);
        } catch (RuntimeException | Error e) {
            // There is nobody else to tell.
        }
    }

    // ------------------------------------------------------------------------------------- of the call

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        guard(() -> listener.onConnectionStateChanged(state, reason));
    }

    @Override
    public void onCallFailed(Failure failure) {
        guard(() -> listener.onCallFailed(failure));
    }

    @Override
    public void onAttemptFailed(Failure failure) {
        guard(() -> listener.onAttemptFailed(failure));
    }

    @Override
    public void onJoined(String channel, String user, Duration elapsed) {
        guard(() -> listener.onJoined(channel, user, elapsed));
    }

    @Override
    public void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration elapsed) {
        guard(() -> listener.onPathInUse(path, byFallback, relay, elapsed));
    }

    @Override
    public void onUserJoined(String user) {
        guard(() -> listener.onUserJoined(user));
    }

    @Override
    public void onUserLeft(String user) {
        guard(() -> listener.onUserLeft(user));
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        guard(() -> listener.onStreamAdded(stream));
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        guard(() -> listener.onStreamRemoved(stream));
    }

    @Override
    public void onPublished(String name) {
        guard(() -> listener.onPublished(name));
    }

    @Override
    public void onUnpublished(String name) {
        guard(() -> listener.onUnpublished(name));
    }

    @Override
    public void onPublishFailed(String name, Failure failure) {
        guard(() -> listener.onPublishFailed(name, failure));
    }

    @Override
    public void onSubscribed(String name) {
        guard(() -> listener.onSubscribed(name));
    }

    @Override
    public void onSubscribeFailed(String name, Failure failure) {
        guard(() -> listener.onSubscribeFailed(name, failure));
    }

    @Override
    public void onFirstFrame(String name, int width, int height, Duration elapsed) {
        guard(() -> listener.onFirstFrame(name, width, height, elapsed));
    }

    @Override
    public void onFirstAudio(String name, Duration elapsed) {
        guard(() -> listener.onFirstAudio(name, elapsed));
    }

    // ------------------------------------------------------------------------------------- of the proxy

    @Override
    public void onStateChanged(String from, String to) {
        guard(() -> listener.onStateChanged(from, to));
    }

    @Override
    public void onPlan(Plan plan) {
        guard(() -> listener.onPlan(plan));
    }

    @Override
    public void onConnected(EffectivePath path, boolean byFallback, Duration elapsed) {
        guard(() -> listener.onConnected(path, byFallback, elapsed));
    }

    @Override
    public void onSwitching(EffectivePath from, EffectivePath to, ProxyEvent.Cause cause) {
        guard(() -> listener.onSwitching(from, to, cause));
    }

    @Override
    public void onInUse(boolean proxied) {
        guard(() -> listener.onInUse(proxied));
    }

    @Override
    public void onLocalProxyState(EffectivePath type, LocalProxyState state, ErrorCode error) {
        guard(() -> listener.onLocalProxyState(type, state, error));
    }

    @Override
    public void onCandidateFailed(String candidate, Failure failure) {
        guard(() -> listener.onCandidateFailed(candidate, failure));
    }

    @Override
    public void onFailed(Failure failure) {
        guard(() -> listener.onFailed(failure));
    }

    @Override
    public void onChangeDeferred(RequestedMode mode) {
        guard(() -> listener.onChangeDeferred(mode));
    }

    @Override
    public void onNetworkChanged(NetworkKind now) {
        guard(() -> listener.onNetworkChanged(now));
    }

    @Override
    public void onLeaseExpiring(Instant at) {
        guard(() -> listener.onLeaseExpiring(at));
    }

    @Override
    public void onQuotaWarning() {
        guard(listener::onQuotaWarning);
    }

    @Override
    public void onAllowlistChanged(long version) {
        guard(() -> listener.onAllowlistChanged(version));
    }
}
