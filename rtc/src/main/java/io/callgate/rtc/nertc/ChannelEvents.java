package io.callgate.rtc.nertc;

import io.callgate.client.failure.Failure;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.nertc.NERtcConstants.ConnectionStateChangeReason;
import io.callgate.rtc.nertc.NERtcConstants.ErrorCode;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.FacadeEngine;
import io.callgate.rtc.vendor.Members;
import io.callgate.rtc.vendor.Screens;
import io.callgate.rtc.vendor.UserNumbers;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the engine tells, in NERTC's numbers; and what follows from it without the app: every stream that
/// comes is received.
///
/// Comes on the engine's thread; [#joining] and [#state] from any.
final class ChannelEvents implements RtcEvents {
    private static final long MOST_USERS = Long.MAX_VALUE;
    private static final int LEFT_NORMALLY = 0;
    private static final int UNKNOWN_PROFILE = 0;

    private final Callbacks<NERtcCallbackEx> callbacks;
    private final Members members;
    private final UserNumbers channels = new UserNumbers(MOST_USERS);
    private @Nullable FacadeEngine engine;
    private volatile String channel = "";
    private volatile long uid;
    private volatile int state = NERtcConstants.ConnectionState.DISCONNECTED;
    private volatile @Nullable Failure failure;
    private boolean hasJoined; // the engine's thread's alone

    ChannelEvents(Callbacks<NERtcCallbackEx> callbacks, Screens screens) {
        this.callbacks = callbacks;
        this.members = new Members(MOST_USERS, screens);
    }

    /// Once, before the first join.
    void attach(FacadeEngine made) {
        engine = made;
    }

    private FacadeEngine engine() {
        return Objects.requireNonNull(engine, "attach comes first");
    }

    void joining(String name, long user) {
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

    // ------------------------------------------------------------------------------------- the state

    @Override
    public void onConnectionStateChanged(ConnectionState now, ConnectionReason reason) {
        if (engine().isNoNews(now, reason)) {
            return;
        }
        switch (reason) {
            case JOINING -> {
                hasJoined = false;
                become(NERtcConstants.ConnectionState.CONNECTING, ConnectionStateChangeReason.JOIN_CHANNEL);
            }
            case PROXY_ANSWERED ->
                become(NERtcConstants.ConnectionState.CONNECTING, ConnectionStateChangeReason.SETTING_PROXY_SERVER);
            case JOINED -> {
                hasJoined = true;
                become(NERtcConstants.ConnectionState.CONNECTED, ConnectionStateChangeReason.JOIN_SUCCEED);
                tellJoined(ErrorCode.OK);
            }
            case SIGNALLING_LOST -> lost(ConnectionStateChangeReason.SIGNAL_DISCONNECTED);
            case MEDIA_LOST, NETWORK_CHANGED -> lost(ConnectionStateChangeReason.MEDIA_CONNECTION_DISCONNECTED);
            case REJOINED -> {
                long id = channels.of(channel);
                become(NERtcConstants.ConnectionState.CONNECTED, ConnectionStateChangeReason.REJOIN_SUCCEED);
                callbacks.tell(told -> told.onReJoinChannel(ErrorCode.OK, id));
            }
            case LEFT, CLOSED -> {
                become(NERtcConstants.ConnectionState.DISCONNECTED, ConnectionStateChangeReason.LEAVE_CHANNEL);
                callbacks.tell(told -> told.onLeaveChannel(ErrorCode.OK));
                callbacks.callEnds();
            }
            case KICKED, SAME_USER_JOINED ->
                disconnected(
                        NERtcConstants.ConnectionState.DISCONNECTED,
                        ConnectionStateChangeReason.SERVER_KICKED,
                        ErrorCode.CHANNEL_KICKED);
            case CHANNEL_CLOSED ->
                disconnected(
                        NERtcConstants.ConnectionState.DISCONNECTED,
                        ConnectionStateChangeReason.CHANNEL_CLOSED,
                        ErrorCode.CHANNEL_CLOSED);
            case GAVE_UP ->
                disconnected(
                        NERtcConstants.ConnectionState.FAILED,
                        hasJoined
                                ? ConnectionStateChangeReason.TIMEOUT
                                : ConnectionStateChangeReason.JOIN_CHANNEL_FAILED,
                        ErrorCode.RESERVE_ERROR_TIME_OUT);
            case REFUSED ->
                disconnected(
                        NERtcConstants.ConnectionState.FAILED, ConnectionStateChangeReason.JOIN_CHANNEL_FAILED, code());
            case PROXY_FAILED ->
                disconnected(
                        NERtcConstants.ConnectionState.FAILED,
                        ConnectionStateChangeReason.REQUEST_CHANNEL_FAILED,
                        code());
            case PROXY_LEASED, PATH_CHANGED -> {
                // NERTC has no word for these.
            }
        }
    }

    private void lost(int reason) {
        become(NERtcConstants.ConnectionState.RECONNECTING, reason);
        callbacks.tell(NERtcCallbackEx::onReconnectingStart);
    }

    private void disconnected(int now, int reason, int code) {
        become(now, reason);
        if (hasJoined) {
            callbacks.tell(told -> told.onDisconnect(code));
        } else {
            tellJoined(code);
        }
        callbacks.callEnds();
    }

    private void tellJoined(int result) {
        long id = channels.of(channel);
        long user = uid;
        long elapsedMillis = engine().sinceJoin().toMillis();
        callbacks.tell(told -> told.onJoinChannel(result, id, elapsedMillis, user));
    }

    private void become(int now, int reason) {
        state = now;
        callbacks.tell(told -> told.onConnectionStateChanged(now, reason));
    }

    private int code() {
        Failure why = failure;
        if (why == null) {
            return ErrorCode.ENGINE_ERROR_CONNECT_FAIL;
        }
        return switch (why.code()) {
            case TOKEN_REQUIRED, TOKEN_INVALID -> ErrorCode.PERMISSION_KEY_ERROR;
            case TOKEN_EXPIRED -> ErrorCode.PERMISSION_KEY_TIME_OUT;
            case NOT_ACTIVATED, QUOTA_EXCEEDED, REGION_FORBIDDEN, SDK_TOO_OLD -> ErrorCode.RESERVE_ERROR_NO_PERMISSION;
            default -> ErrorCode.ENGINE_ERROR_CONNECT_FAIL;
        };
    }

    @Override
    public void onCallFailed(Failure why) {
        failure = why;
        callbacks.tell(told -> told.onProblem(why.toString()));
    }

    @Override
    public void onCandidateFailed(String candidate, Failure why) {
        callbacks.tell(told -> told.onProblem(candidate + ": " + why));
    }

    @Override
    public void onDefect(Throwable thrown) {
        fail(String.valueOf(thrown));
    }

    @Override
    public void onPublishFailed(String name, Failure why) {
        fail(why.toString());
    }

    @Override
    public void onSubscribeFailed(String name, Failure why) {
        fail(why.toString());
    }

    private void fail(String text) {
        callbacks.tell(told -> {
            told.onError(ErrorCode.ENGINE_ERROR_FATAL);
            told.onProblem(text);
        });
    }

    // ------------------------------------------------------------------------------------- the others

    @Override
    public void onUserJoined(String user) {
        long number = members.number(user);
        callbacks.tell(told -> told.onUserJoined(number));
    }

    @Override
    public void onUserLeft(String user) {
        long number = members.number(user);
        callbacks.tell(told -> told.onUserLeave(number, LEFT_NORMALLY));
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        long number = members.added(stream, engine());
        if (stream.audio()) {
            callbacks.tell(told -> told.onUserAudioStart(number));
        }
        if (stream.video()) {
            callbacks.tell(told -> told.onUserVideoStart(number, UNKNOWN_PROFILE));
        }
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        long number = members.removed(stream);
        if (stream.audio()) {
            callbacks.tell(told -> told.onUserAudioStop(number));
        }
        if (stream.video()) {
            callbacks.tell(told -> told.onUserVideoStop(number));
        }
    }

    @Override
    public void onFirstFrame(String name, int width, int height, Duration sinceItsJoin) {
        long number = members.ownerOf(name);
        callbacks.tell(told -> told.onFirstVideoFrameDecoded(number, width, height));
    }

    @Override
    public void onFirstAudio(String name, Duration sinceItsJoin) {
        long number = members.ownerOf(name);
        callbacks.tell(told -> told.onFirstAudioFrameDecoded(number));
    }
}
