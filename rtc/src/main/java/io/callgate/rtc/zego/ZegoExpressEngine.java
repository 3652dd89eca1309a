package io.callgate.rtc.zego;

import io.callgate.client.CloudProxy;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.vendor.FacadeEngine;
import io.callgate.rtc.vendor.Sources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// ZEGO's engine.
///
/// ```java
/// ZegoExpressEngine.setCloudProxyConfig(proxies, "", true);
/// ZegoExpressEngine engine = ZegoExpressEngine.createEngine(profile, handler);
/// engine.loginRoom("daily", new ZegoUser("alice"), config);
/// engine.startPublishingStream("alice-camera");
/// ```
///
/// **Order.** Proxies and geofence are set before [#createEngine], for the whole process, and are frozen until
/// [#destroyEngine]: a call in between changes nothing and is told by [IZegoEventHandler#onDebugError]; what is
/// wrong before there is a handler is told by the next engine's. Cloud proxy and local proxies exclude each
/// other. Token or AppSign is looked at when a room is logged in to.
///
/// **Answers.** Methods return nothing; what a room, a stream that is sent or one that is received lacks is told
/// by its own state, all else by `onDebugError`, with a number of [ZegoErrorCode]. A login: 1002001 in a room,
/// 1002011 to 1002013 for the room's name, 1002005 to 1002007 for the user's, 1002067 without token and AppSign.
/// A stream: 1000002 without a login, 1000014 and 1000015 for its name, 1003023 where one is sent, 1003001 where
/// there is nothing to send. What was told so has changed nothing. After `destroyEngine` nothing happens and
/// nothing is told.
///
/// **Standard or smart** is what control says of the app, unless [ZegoEngineProfile#proxyMode] does; the smart
/// mode's look at the direct way begins with the engine in that case, else with the login.
///
/// Any thread; nothing blocks.
public final class ZegoExpressEngine {
    static final Duration GIVE_UP_AFTER = Duration.ofMinutes(20); // ZEGO gives no figure

    /// What a call lacks, until there is somebody to tell.
    private record Problem(int code, String function, String info) {}

    private static ProxySettings settings = ProxySettings.NEW; // guarded by the class
    private static final List<Problem> UNTOLD = new ArrayList<>(); // guarded by the class
    private static @Nullable ZegoExpressEngine living; // guarded by the class

    private final Callbacks<IZegoEventHandler> callbacks = new Callbacks<>("callgate-zego");
    private final ProxySettings frozen;
    private final Optional<RequestedMode> mode;
    private final boolean hasAppSign;
    private final RoomEvents room;
    private final FacadeEngine engine;
    private final Sources sources;
    private final Streams streams;
    private final Optional<NetworkMonitor> network;
    private final NetworkMonitor.Listener onNetwork = this::networkChanged;

    private boolean isDestroyed; // guarded by this

    private ZegoExpressEngine(ZegoEngineProfile profile, Cloud cloud, ProxySettings frozen) {
        String sign = profile.appSign == null ? "" : profile.appSign;
        String app = Long.toString(profile.appID);
        UnaryOperator<CloudProxy.Builder> asks = builder -> {
            if (sign.isEmpty()) {
                builder.app(app).token(frozen::token);
            } else {
                builder.appSign(app, sign);
            }
            return builder.regions(frozen.regions());
        };
        this.frozen = frozen;
        this.mode = Optional.ofNullable(profile.proxyMode);
        this.hasAppSign = !sign.isEmpty();
        this.room = new RoomEvents(callbacks);
        this.engine = new FacadeEngine(cloud, Optional.empty(), asks, GIVE_UP_AFTER, room);
        this.sources = new Sources(engine);
        this.network = cloud.network();
        room.attach(engine);
        LiveEvents liveEvents = new LiveEvents(callbacks, room);
        Optional<FacadeEngine> live = cloud.live()
                .map(service -> new FacadeEngine(cloud, Optional.of(service), asks, GIVE_UP_AFTER, liveEvents));
        live.ifPresent(liveEvents::attach);
        this.streams = new Streams(engine, live, room, liveEvents, sources);
    }

    // ------------------------------------------------------------------------------------- before the engine

    /// @param proxyList tried in this order; one at least where it is enabled
    /// @param token of a user, where there is no AppSign and no token comes with the login
    public static void setCloudProxyConfig(
            @Nullable List<ZegoProxyInfo> proxyList, @Nullable String token, boolean enable) {
        set(
                "setCloudProxyConfig",
                ErrorCode.CALLED_TOO_LATE.number(),
                ErrorCode.INVALID_ARGUMENT.number(),
                () -> settings.withCloud(proxyList, token, enable));
    }

    /// @param proxyList SOCKS5 proxies, tried in this order; one at least where it is enabled
    public static void setLocalProxyConfig(@Nullable List<ZegoProxyInfo> proxyList, boolean enable) {
        set(
                "setLocalProxyConfig",
                ErrorCode.CALLED_TOO_LATE.number(),
                ErrorCode.INVALID_ARGUMENT.number(),
                () -> settings.withLocal(proxyList, enable));
    }

    /// Where the relays may stand that are used. An area is every region that operators name `cn` (2); `na` or
    /// `us` (3); `eu` (4); `as`, `jp`, `kr` or `hkmc` (5, Asia without mainland China and India); `in` (6); or so
    /// with a part behind, as `cn-north`. Where there is no relay in them none is used, and the login fails with
    /// 1000039.
    ///
    /// @param areaList one at least, unless the type is NONE
    public static void setGeoFence(@Nullable ZegoGeoFenceType type, @Nullable List<Integer> areaList) {
        set(
                "setGeoFence",
                ZegoErrorCode.EngineSetGeoFenceErrorTime,
                ZegoErrorCode.CommonIllegalParam,
                () -> settings.withGeoFence(type, areaList));
    }

    private interface Change {
        ProxySettings make() throws ProxySettings.Exclusive;
    }

    private static synchronized void set(String function, int tooLate, int illegal, Change change) {
        if (living != null) {
            tell(new Problem(tooLate, function, "set it before createEngine; nothing has changed"));
            return;
        }
        try {
            settings = change.make();
        } catch (ProxySettings.Exclusive e) {
            tell(new Problem(ErrorCode.EXCLUSIVE_MODES.number(), function, String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            tell(new Problem(illegal, function, String.valueOf(e.getMessage())));
        }
    }

    private static void tell(Problem problem) {
        if (living == null) {
            UNTOLD.add(problem);
        } else {
            living.debug(problem.code(), problem.function(), problem.info());
        }
    }

    // ------------------------------------------------------------------------------------- the engine's life

    /// @return the one that lives, if one does; null if the profile is none, as ZEGO has it
    public static synchronized @Nullable ZegoExpressEngine createEngine(
            @Nullable ZegoEngineProfile profile, @Nullable IZegoEventHandler handler) {
        if (living != null) {
            return living;
        }
        if (profile == null || profile.application == null || profile.appID <= 0 || isNoMode(profile.proxyMode)) {
            return null;
        }
        ZegoExpressEngine made = new ZegoExpressEngine(profile, profile.application, settings);
        living = made;
        if (handler != null) {
            made.callbacks.add(handler);
        }
        UNTOLD.forEach(ZegoExpressEngine::tell);
        UNTOLD.clear();
        made.begin();
        return made;
    }

    private static boolean isNoMode(@Nullable RequestedMode mode) {
        return mode != null && mode != RequestedMode.STANDARD && mode != RequestedMode.SMART;
    }

    private void begin() {
        network.ifPresent(monitor -> {
            monitor.listen(onNetwork);
            tellNetwork(monitor.current().kind());
        });
        if (frozen.isCloud() && mode.equals(Optional.of(RequestedMode.SMART))) {
            engine.prepare();
        }
    }

    private void networkChanged(Network before, Network now) {
        if (before.kind() != now.kind()) {
            tellNetwork(now.kind());
        }
    }

    private void tellNetwork(NetworkKind kind) {
        ZegoNetworkMode shown = switch (kind) {
            case OFFLINE -> ZegoNetworkMode.OFFLINE;
            case UNKNOWN -> ZegoNetworkMode.UNKNOWN;
            case ETHERNET -> ZegoNetworkMode.ETHERNET;
            case WIFI -> ZegoNetworkMode.WIFI;
            case CELLULAR -> ZegoNetworkMode.MODE_4G;
        };
        callbacks.tell(handler -> handler.onNetworkModeChanged(shown));
    }

    /// @return null if none lives
    public static synchronized @Nullable ZegoExpressEngine getEngine() {
        return living;
    }

    /// Leaves, and ends the engine that lives, if one does; then proxies and geofence may be set again.
    ///
    /// @param callback told at the very last; at once if there is no engine
    public static void destroyEngine(@Nullable IZegoDestroyCompletionCallback callback) {
        IZegoDestroyCompletionCallback told = callback == null ? () -> {} : callback;
        ZegoExpressEngine last;
        synchronized (ZegoExpressEngine.class) {
            last = living;
            living = null;
        }
        if (last == null) {
            told.onDestroyCompletion();
        } else {
            last.end(told);
        }
    }

    private synchronized void end(IZegoDestroyCompletionCallback told) {
        isDestroyed = true;
        network.ifPresent(monitor -> monitor.forget(onNetwork));
        streams.close();
        engine.close();
        sources.close();
        callbacks.end(() -> {
            callbacks.clear();
            told.onDestroyCompletion();
        });
    }

    /// One at a time; null for none.
    public synchronized void setEventHandler(@Nullable IZegoEventHandler handler) {
        if (handler == null) {
            callbacks.clear();
        } else {
            callbacks.replaceBy(handler);
        }
    }

    private void debug(int code, String function, String info) {
        callbacks.tell(handler -> handler.onDebugError(code, function, info));
    }

    // ------------------------------------------------------------------------------------- the room

    /// How it goes is told by [IZegoEventHandler#onRoomStateUpdate].
    public synchronized void loginRoom(
            @Nullable String roomID, @Nullable ZegoUser user, @Nullable ZegoRoomConfig config) {
        if (isDestroyed) {
            return;
        }
        Login login = Login.of(roomID, user, config, frozen.token());
        int problem = engine.isInCall() ? ZegoErrorCode.RoomCountExceed : login.problem(hasAppSign);
        if (problem != ZegoErrorCode.CommonSuccess) {
            room.refused(login.roomID(), problem, "");
            return;
        }
        room.logsIn(login.roomID());
        JoinRequest request = login.request();
        ErrorCode code = engine.join(request, frozen.choices(mode));
        if (code == ErrorCode.OK) {
            streams.begin(request, frozen.choices(mode));
        } else {
            room.notLoggedIn(login.roomID());
        }
    }

    /// @param roomID null for the one that is logged in to; 1002002 for another, and without a login
    public synchronized void logoutRoom(@Nullable String roomID) {
        if (isDestroyed) {
            return;
        }
        boolean isOther = roomID != null && !roomID.equals(room.name());
        if (!engine.isInCall() || isOther) {
            debug(ZegoErrorCode.RoomRoomidIncorrect, "logoutRoom", "not logged in to that room");
            return;
        }
        streams.end();
        engine.leave();
    }

    // ------------------------------------------------------------------------------------- streams

    /// Sends what [#enableCustomVideoCapture] and [#enableCustomAudioIO] have switched on.
    public void startPublishingStream(@Nullable String streamID) {
        startPublishingStream(streamID, null);
    }

    /// @param config null for the room
    public synchronized void startPublishingStream(@Nullable String streamID, @Nullable ZegoPublisherConfig config) {
        if (!isDestroyed) {
            streams.publish(nameOf(streamID), config != null && isLive(config.resourceMode));
        }
    }

    /// Nothing where nothing is sent.
    public synchronized void stopPublishingStream() {
        if (!isDestroyed) {
            streams.publishNothing();
        }
    }

    /// Whenever the stream is there, from now on.
    ///
    /// @param canvas null for nowhere
    public void startPlayingStream(@Nullable String streamID, @Nullable ZegoCanvas canvas) {
        startPlayingStream(streamID, canvas, null);
    }

    /// @param config null for the room
    public synchronized void startPlayingStream(
            @Nullable String streamID, @Nullable ZegoCanvas canvas, @Nullable ZegoPlayerConfig config) {
        if (!isDestroyed) {
            streams.play(nameOf(streamID), canvas, config != null && isLive(config.resourceMode));
        }
    }

    public synchronized void stopPlayingStream(@Nullable String streamID) {
        if (!isDestroyed) {
            streams.playNoMore(nameOf(streamID));
        }
    }

    private static String nameOf(@Nullable String streamID) {
        return streamID == null ? "" : streamID;
    }

    private static boolean isLive(@Nullable ZegoStreamResourceMode mode) {
        return mode == ZegoStreamResourceMode.ONLY_L3;
    }

    // ------------------------------------------------------------------------------------- sources

    /// The app's own camera, by [#sendCustomVideoCaptureFrame]; there is no other. Before publishing.
    public synchronized void enableCustomVideoCapture(boolean enable) {
        if (!isDestroyed) {
            sources.video(enable);
        }
    }

    /// The app's own microphone, by [#sendCustomAudioCapturePCMData]; there is no other. Before publishing.
    public synchronized void enableCustomAudioIO(boolean enable) {
        if (!isDestroyed) {
            sources.audio(enable);
        }
    }

    /// Nothing happens for a null, nor while that source is off.
    public void sendCustomVideoCaptureFrame(@Nullable I420Frame frame) {
        if (frame != null) {
            sources.push(frame);
        }
    }

    /// Nothing happens for a null, nor while that source is off.
    ///
    /// @param chunk of 10 ms, one each 10 ms; one of another length is told by 1000017 and not sent
    public void sendCustomAudioCapturePCMData(@Nullable AudioChunk chunk) {
        if (chunk != null && !chunk.isTenMillis()) {
            debug(ZegoErrorCode.CommonIllegalParam, "sendCustomAudioCapturePCMData", "want chunks of 10 ms");
        } else if (chunk != null) {
            sources.push(chunk);
        }
    }
}
