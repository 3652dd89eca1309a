package io.callgate.rtc.zego;

import io.callgate.client.failure.Failure;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.FacadeEngine;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the engine tells, in ZEGO's words. Comes on the engine's thread; all else from any.
final class RoomEvents implements RtcEvents {
    private final Callbacks<IZegoEventHandler> callbacks;
    private @Nullable FacadeEngine engine;
    private volatile String name = "";
    private volatile String publishing = "";
    private volatile @Nullable Failure failure;
    private boolean hasJoined; // the engine's thread's alone

    RoomEvents(Callbacks<IZegoEventHandler> callbacks) {
        this.callbacks = callbacks;
    }

    /// Once, before the first login.
    void attach(FacadeEngine made) {
        engine = made;
    }

    private FacadeEngine engine() {
        return Objects.requireNonNull(engine, "attach comes first");
    }

    void logsIn(String roomID) {
        name = roomID;
        publishing = "";
        failure = null;
        callbacks.callBegins();
    }

    /// The engine did not take the login after all.
    void notLoggedIn(String roomID) {
        refused(roomID, ZegoErrorCode.ofLogin(failure), String.valueOf(failure));
        callbacks.callEnds();
    }

    /// The last room that was logged in to.
    String name() {
        return name;
    }

    /// What is being sent, or is on its way; empty for nothing.
    String publishing() {
        return publishing;
    }

    void publishes(String streamID) {
        publishing = streamID;
        publisher(streamID, ZegoPublisherState.PUBLISH_REQUESTING, ZegoErrorCode.CommonSuccess, "");
    }

    void publishesNothing() {
        publishing = "";
    }

    // ------------------------------------------------------------------------------------- states

    void refused(String roomID, int code, String text) {
        callbacks.tell(handler -> handler.onRoomStateUpdate(roomID, ZegoRoomState.DISCONNECTED, code, text));
    }

    void publisher(String streamID, ZegoPublisherState state, int code, String text) {
        callbacks.tell(handler -> handler.onPublisherStateUpdate(streamID, state, code, text));
    }

    void player(String streamID, ZegoPlayerState state, int code, String text) {
        callbacks.tell(handler -> handler.onPlayerStateUpdate(streamID, state, code, text));
    }

    private void room(ZegoRoomState state, int code) {
        String roomID = name;
        callbacks.tell(handler -> handler.onRoomStateUpdate(roomID, state, code, ""));
    }

    @Override
    public void onConnectionStateChanged(ConnectionState now, ConnectionReason reason) {
        if (engine().isNoNews(now, reason)) {
            return;
        }
        switch (reason) {
            case JOINING -> {
                hasJoined = false;
                room(ZegoRoomState.CONNECTING, ZegoErrorCode.CommonSuccess);
            }
            case JOINED -> {
                hasJoined = true;
                room(ZegoRoomState.CONNECTED, ZegoErrorCode.CommonSuccess);
            }
            case SIGNALLING_LOST, MEDIA_LOST, NETWORK_CHANGED ->
                room(ZegoRoomState.CONNECTING, ZegoErrorCode.RoomConnectTemporaryBroken);
            case REJOINED -> room(ZegoRoomState.CONNECTED, ZegoErrorCode.CommonSuccess);
            case LEFT, CLOSED -> ended(ZegoErrorCode.CommonSuccess);
            case KICKED -> ended(ZegoErrorCode.RoomManualKickedOut);
            case SAME_USER_JOINED -> ended(ZegoErrorCode.RoomKickedOut);
            case CHANNEL_CLOSED -> ended(ZegoErrorCode.RoomDisconnect);
            case GAVE_UP -> ended(hasJoined ? ZegoErrorCode.RoomRetryTimeout : ZegoErrorCode.RoomErrorLoginTimeout);
            case REFUSED, PROXY_FAILED ->
                ended(hasJoined ? ZegoErrorCode.RoomDisconnect : ZegoErrorCode.ofLogin(failure));
            case PROXY_LEASED, PROXY_ANSWERED, PATH_CHANGED -> {
                // ZEGO has no word for the proxy's success.
            }
        }
    }

    private void ended(int code) {
        Failure why = failure;
        String text = code == ZegoErrorCode.CommonSuccess || why == null ? "" : why.toString();
        refused(name, code, text);
        callbacks.callEnds();
    }

    @Override
    public void onCallFailed(Failure why) {
        failure = why;
    }

    @Override
    public void onCandidateFailed(String candidate, Failure why) {
        debug(why.code().number(), "cloudProxy", candidate + ": " + why);
    }

    @Override
    public void onDefect(Throwable thrown) {
        debug(ZegoErrorCode.RoomInnerError, "engine", String.valueOf(thrown));
    }

    private void debug(int code, String function, String info) {
        callbacks.tell(handler -> handler.onDebugError(code, function, info));
    }

    // ------------------------------------------------------------------------------------- the others

    @Override
    public void onUserJoined(String user) {
        users(ZegoUpdateType.ADD, user);
    }

    @Override
    public void onUserLeft(String user) {
        users(ZegoUpdateType.DELETE, user);
    }

    private void users(ZegoUpdateType type, String user) {
        String roomID = name;
        callbacks.tell(handler -> handler.onRoomUserUpdate(roomID, type, List.of(new ZegoUser(user))));
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        streams(ZegoUpdateType.ADD, stream);
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        streams(ZegoUpdateType.DELETE, stream);
    }

    private void streams(ZegoUpdateType type, RemoteStream stream) {
        String roomID = name;
        ZegoStream shown = new ZegoStream(new ZegoUser(stream.user()), stream.name());
        callbacks.tell(handler -> handler.onRoomStreamUpdate(roomID, type, List.of(shown), ""));
    }

    @Override
    public void onPublished(String streamID) {
        publisher(streamID, ZegoPublisherState.PUBLISHING, ZegoErrorCode.CommonSuccess, "");
    }

    @Override
    public void onPublishFailed(String streamID, Failure why) {
        publishesNothing();
        publisher(streamID, ZegoPublisherState.NO_PUBLISH, ZegoErrorCode.PublisherPublishStreamFailed, why.toString());
    }

    @Override
    public void onSubscribed(String streamID) {
        player(streamID, ZegoPlayerState.PLAYING, ZegoErrorCode.CommonSuccess, "");
    }

    @Override
    public void onSubscribeFailed(String streamID, Failure why) {
        player(streamID, ZegoPlayerState.NO_PLAY, ZegoErrorCode.PlayerPlayStreamFailed, why.toString());
    }

    @Override
    public void onFirstFrame(String streamID, int width, int height, Duration sinceItsJoin) {
        callbacks.tell(handler -> handler.onPlayerRecvVideoFirstFrame(streamID));
    }

    @Override
    public void onFirstAudio(String streamID, Duration sinceItsJoin) {
        callbacks.tell(handler -> handler.onPlayerRecvAudioFirstFrame(streamID));
    }
}
