package io.callgate.rtc.agora;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.FacadeEngine;
import io.callgate.rtc.vendor.Members;
import io.callgate.rtc.vendor.ProxyChoice;
import io.callgate.rtc.vendor.Screens;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What the engine tells, in Agora's numbers; and what follows from it without the app: every stream that
/// comes is received.
///
/// Comes on the engine's thread; [#joining] and [#state] from any.
final class ChannelEvents implements RtcEvents {
    private static final int OFFLINE_QUIT = 0;

    private final Callbacks<IRtcEngineEventHandler> callbacks;
    private final Members members;
    private final Duration lostAfter;
    private final AtomicInteger outages = new AtomicInteger();
    private @Nullable FacadeEngine engine;
    private volatile String channel = "";
    private volatile int uid;
    private volatile int state = Constants.CONNECTION_STATE_DISCONNECTED;
    private volatile @Nullable Failure failure;
    private boolean hasJoined; // the engine's thread's alone

    ChannelEvents(Callbacks<IRtcEngineEventHandler> callbacks, Screens screens, long mostUsers, Duration lostAfter) {
        this.callbacks = callbacks;
        this.members = new Members(mostUsers, screens);
        this.lostAfter = lostAfter;
    }

    /// Once, before the first join.
    void attach(FacadeEngine made) {
        engine = made;
    }

    private FacadeEngine engine() {
        return Objects.requireNonNull(engine, "attach comes first");
    }

    void joining(String name, int user) {
        channel = name;
        uid = user;
        failure = null;
        callbacks.callBegins();
    }

    /// The join was not taken after all.
    void notJoining() {
        callbacks.callEnds();
    }

    int state() {
        return state;
    }

    private int elapsed() {
        return (int) engine().sinceJoin().toMillis();
    }

    // ------------------------------------------------------------------------------------- the state

    @Override
    public void onConnectionStateChanged(ConnectionState now, ConnectionReason reason) {
        if (engine().isNoNews(now, reason)) {
            return;
        }
        int elapsed = elapsed();
        String name = channel;
        int user = uid;
        switch (reason) {
            case JOINING -> {
                hasJoined = false;
                become(Constants.CONNECTION_STATE_CONNECTING, Constants.CONNECTION_CHANGED_CONNECTING);
            }
            case PROXY_LEASED ->
                become(Constants.CONNECTION_STATE_CONNECTING, Constants.CONNECTION_CHANGED_SETTING_PROXY_SERVER);
            case JOINED -> {
                hasJoined = true;
                become(Constants.CONNECTION_STATE_CONNECTED, Constants.CONNECTION_CHANGED_JOIN_SUCCESS);
                callbacks.tell(handler -> handler.onJoinChannelSuccess(name, user, elapsed));
            }
            case SIGNALLING_LOST -> lost(Constants.CONNECTION_CHANGED_INTERRUPTED);
            case MEDIA_LOST -> lost(Constants.CONNECTION_CHANGED_KEEP_ALIVE_TIMEOUT);
            case NETWORK_CHANGED -> lost(Constants.CONNECTION_CHANGED_CLIENT_IP_ADDRESS_CHANGED);
            case REJOINED -> {
                outages.incrementAndGet();
                become(Constants.CONNECTION_STATE_CONNECTED, Constants.CONNECTION_CHANGED_REJOIN_SUCCESS);
                callbacks.tell(handler -> handler.onRejoinChannelSuccess(name, user, elapsed));
            }
            case LEFT, CLOSED -> {
                outages.incrementAndGet();
                become(Constants.CONNECTION_STATE_DISCONNECTED, Constants.CONNECTION_CHANGED_LEAVE_CHANNEL);
                callbacks.tell(IRtcEngineEventHandler::onLeaveChannel);
                callbacks.callEnds();
            }
            case REFUSED, PROXY_FAILED, GAVE_UP, KICKED, CHANNEL_CLOSED, SAME_USER_JOINED -> {
                outages.incrementAndGet();
                become(Constants.CONNECTION_STATE_FAILED, changedBy(reason));
                callbacks.callEnds();
            }
            case PROXY_ANSWERED, PATH_CHANGED -> {
                // Told by onProxyConnected.
            }
        }
    }

    private void lost(int reason) {
        int outage = outages.incrementAndGet();
        become(Constants.CONNECTION_STATE_RECONNECTING, reason);
        callbacks.after(lostAfter, () -> {
            if (outage == outages.get()) {
                callbacks.tell(IRtcEngineEventHandler::onConnectionLost);
            }
        });
    }

    private void become(int now, int reason) {
        state = now;
        callbacks.tell(handler -> handler.onConnectionStateChanged(now, reason));
    }

    private int changedBy(ConnectionReason reason) {
        Failure why = failure;
        ErrorCode code = why == null ? ErrorCode.OK : why.code();
        return switch (reason) {
            case KICKED -> Constants.CONNECTION_CHANGED_BANNED_BY_SERVER;
            case SAME_USER_JOINED -> Constants.CONNECTION_CHANGED_SAME_UID_LOGIN;
            case CHANNEL_CLOSED -> Constants.CONNECTION_CHANGED_REJECTED_BY_SERVER;
            case GAVE_UP -> hasJoined ? Constants.CONNECTION_CHANGED_LOST : Constants.CONNECTION_CHANGED_JOIN_FAILED;
            default -> changedBy(code, reason == ConnectionReason.REFUSED);
        };
    }

    private int changedBy(ErrorCode code, boolean isRefused) {
        return switch (code) {
            case TOKEN_REQUIRED, TOKEN_INVALID -> Constants.CONNECTION_CHANGED_INVALID_TOKEN;
            case TOKEN_EXPIRED -> Constants.CONNECTION_CHANGED_TOKEN_EXPIRED;
            case NOT_ACTIVATED -> Constants.CONNECTION_CHANGED_INVALID_APP_ID;
            case QUOTA_EXCEEDED, REGION_FORBIDDEN, SDK_TOO_OLD -> Constants.CONNECTION_CHANGED_REJECTED_BY_SERVER;
            case TLS_INTERCEPTED, TLS_NAME, TLS_UNTRUSTED -> Constants.CONNECTION_CHANGED_CERTIFICATE_VERIFY_FAILURE;
            default ->
                isRefused
                        ? Constants.CONNECTION_CHANGED_REJECTED_BY_SERVER
                        : hasJoined ? Constants.CONNECTION_CHANGED_LOST : Constants.CONNECTION_CHANGED_JOIN_FAILED;
        };
    }

    @Override
    public void onCallFailed(Failure why) {
        failure = why;
        callbacks.tell(handler -> handler.onProblem(why.toString()));
    }

    @Override
    public void onCandidateFailed(String candidate, Failure why) {
        callbacks.tell(handler -> handler.onProblem(candidate + ": " + why));
    }

    @Override
    public void onDefect(Throwable thrown) {
        callbacks.tell(handler -> {
            handler.onError(Constants.ERR_FAILED);
            handler.onProblem(String.valueOf(thrown));
        });
    }

    // ------------------------------------------------------------------------------------- the way

    @Override
    public void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration sinceItsJoin) {
        ProxyChoice choice = engine().choice();
        if (!choice.isProxied() && !engine().isLaterChoice()) {
            return;
        }
        boolean isAutomatic =
                choice.mode().filter(mode -> mode == RequestedMode.AUTO).isPresent();
        int type = ProxySetup.proxyType(choice.shown(path), isAutomatic);
        String localIp = choice.isAccessPoint() && path.isProxied()
                ? relay
                : choice.hop().map(hop -> hop.at().host()).orElse("");
        int elapsed = elapsed();
        String name = channel;
        int user = uid;
        callbacks.tell(handler -> handler.onProxyConnected(name, user, type, localIp, elapsed));
    }

    // ------------------------------------------------------------------------------------- the others

    private int number(String name) {
        return (int) members.number(name);
    }

    @Override
    public void onUserJoined(String user) {
        int elapsed = elapsed();
        callbacks.tell(handler -> handler.onUserJoined(number(user), elapsed));
    }

    @Override
    public void onUserLeft(String user) {
        callbacks.tell(handler -> handler.onUserOffline(number(user), OFFLINE_QUIT));
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        members.added(stream, engine());
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        members.removed(stream);
    }

    @Override
    public void onPublished(String name) {
        int elapsed = elapsed();
        callbacks.tell(handler -> handler.onFirstLocalVideoFramePublished(elapsed));
    }

    @Override
    public void onPublishFailed(String name, Failure why) {
        callbacks.tell(handler -> {
            handler.onError(Constants.ERR_FAILED);
            handler.onProblem(why.toString());
        });
    }

    @Override
    public void onSubscribeFailed(String name, Failure why) {
        onPublishFailed(name, why);
    }

    @Override
    public void onFirstFrame(String name, int width, int height, Duration sinceItsJoin) {
        int user = (int) members.ownerOf(name);
        int elapsed = elapsed();
        callbacks.tell(handler -> handler.onFirstRemoteVideoFrame(user, width, height, elapsed));
    }

    @Override
    public void onFirstAudio(String name, Duration sinceItsJoin) {
        int user = (int) members.ownerOf(name);
        int elapsed = elapsed();
        callbacks.tell(handler -> handler.onFirstRemoteAudioFrame(user, elapsed));
    }
}
