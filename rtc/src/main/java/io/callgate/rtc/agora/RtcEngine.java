package io.callgate.rtc.agora;

import io.callgate.client.CloudProxy;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.Geofence;
import io.callgate.rtc.agora.ProxySetup.Refused;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.vendor.FacadeEngine;
import io.callgate.rtc.vendor.Screens;
import io.callgate.rtc.vendor.Sources;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Agora's engine.
///
/// ```java
/// RtcEngine engine = RtcEngine.create(cloud, "my-app", handler);
/// engine.setParameters("{\"rtc.enable_proxy\":true}");
/// engine.joinChannel(token, "daily", "", 42);
/// ```
///
/// **Order.** The proxy is set before joining or after leaving; in a channel `setParameters`, `setCloudProxy`
/// and `setLocalAccessPoint` return a negative code and change nothing. From UDP to TCP or back only through 0.
/// It holds for the engine's life.
///
/// **Answers.** 0, or a number of [Constants] with a minus: -1 for a join that no relay can be asked for, with why
/// in words; -2 for an argument, -5 for what excludes something that is set, -7 after [#destroy], -8 out of order,
/// -17 for a join in a channel. A null is -2 where nothing else is said, and what is not 0 has changed nothing.
/// What comes later is told by [IRtcEngineEventHandler].
///
/// **One a process**, as Agora has it: [#create] gives the one that lives, and adds the handler.
///
/// Any thread; nothing blocks.
public final class RtcEngine {
    static final Duration GIVE_UP_AFTER = Duration.ofMinutes(20); // Agora's: FAILED after that
    static final Duration LOST_AFTER = Duration.ofSeconds(10); // and onConnectionLost
    private static final long MOST_USERS = 0xFFFF_FFFFL;

    private static @Nullable RtcEngine living; // guarded by the class

    private final Callbacks<IRtcEngineEventHandler> callbacks = new Callbacks<>("callgate-agora");
    private final Screens screens = new Screens();
    private final boolean zeroMeansOff;
    private final ChannelEvents channel;
    private final FacadeEngine engine;
    private final Sources sources;

    private ProxySetup proxy = ProxySetup.NEW; // guarded by this
    private boolean isDestroyed; // guarded by this
    private int profile = Constants.CHANNEL_PROFILE_COMMUNICATION; // guarded by this
    private int role = Constants.CLIENT_ROLE_AUDIENCE; // guarded by this
    private boolean hasVideo; // guarded by this
    private boolean hasAudio = true; // guarded by this
    private boolean mutesVideo; // guarded by this
    private boolean mutesAudio; // guarded by this

    private RtcEngine(Cloud cloud, UnaryOperator<CloudProxy.Builder> app, boolean zeroMeansOff, Duration lostAfter) {
        this.zeroMeansOff = zeroMeansOff;
        this.channel = new ChannelEvents(callbacks, screens, MOST_USERS, lostAfter);
        this.engine = new FacadeEngine(cloud, Optional.empty(), app, GIVE_UP_AFTER, channel);
        this.sources = new Sources(engine);
        channel.attach(engine);
    }

    // ------------------------------------------------------------------------------------- the engine's life

    /// @param context the cloud
    /// @param appId the app at control
    /// @throws IllegalArgumentException for a null, or what cannot be an app
    public static RtcEngine create(
            @Nullable Cloud context, @Nullable String appId, @Nullable IRtcEngineEventHandler handler) {
        RtcEngineConfig config = new RtcEngineConfig();
        config.mContext = context;
        config.mAppId = appId;
        config.mEventHandler = handler;
        return create(config);
    }

    /// @throws IllegalArgumentException for a null, or what cannot be an app or an area
    public static RtcEngine create(@Nullable RtcEngineConfig config) {
        return create(config, LOST_AFTER);
    }

    static synchronized RtcEngine create(@Nullable RtcEngineConfig config, Duration lostAfter) {
        if (config == null || config.mContext == null || config.mAppId == null || config.mEventHandler == null) {
            throw new IllegalArgumentException("want a context (the cloud), an app id and a handler");
        }
        Geofence regions = Areas.of(config.mAreaCode);
        String app = new AppId(config.mAppId).toString();
        if (living == null) {
            UnaryOperator<CloudProxy.Builder> asks =
                    builder -> builder.app(app).token(() -> "").regions(regions);
            living = new RtcEngine(config.mContext, asks, config.zeroMeansOff, lostAfter);
        }
        living.callbacks.add(config.mEventHandler);
        return living;
    }

    /// Leaves, and ends the engine that lives, if one does; after it [#create] makes a new one.
    public static synchronized void destroy() {
        if (living != null) {
            living.end();
            living = null;
        }
    }

    private synchronized void end() {
        isDestroyed = true;
        engine.close();
        sources.close();
        callbacks.end(callbacks::clear);
    }

    /// Nothing happens for a null, for one that is there already, and after the end.
    public void addHandler(@Nullable IRtcEngineEventHandler handler) {
        if (handler != null) {
            callbacks.add(handler);
        }
    }

    /// Nothing happens for one that is not there.
    public void removeHandler(@Nullable IRtcEngineEventHandler handler) {
        if (handler != null) {
            callbacks.remove(handler);
        }
    }

    // ------------------------------------------------------------------------------------- the proxy

    /// `rtc.enable_proxy` and `rtc.proxy_server`, in one text or several, in any order; all of a text or nothing.
    /// Parameters of other names are taken and do nothing.
    public int setParameters(@Nullable String parameters) {
        return setProxy(() -> {
            if (parameters == null) {
                throw new IllegalArgumentException("setParameters(null)");
            }
            JsonText json = JsonText.parse(parameters);
            if (!(json.value() instanceof Map<?, ?> members)) {
                throw new IllegalArgumentException("setParameters: want an object, {…}");
            }
            ProxySetup changed = proxy.withParameters(members);
            json.repair()
                    .ifPresent(repair ->
                            callbacks.tell(handler -> handler.onParametersRepaired(repair.column(), repair.text())));
            return changed;
        });
    }

    /// @param transportType one of `TRANSPORT_TYPE_…`
    public int setCloudProxy(int transportType) {
        return setProxy(() -> proxy.withTransportType(transportType));
    }

    public int setLocalAccessPoint(@Nullable LocalAccessPointConfiguration configuration) {
        return setProxy(() -> proxy.withAccessPoints(configuration));
    }

    private interface Change {
        ProxySetup make() throws Refused, JsonText.Malformed;
    }

    private synchronized int setProxy(Change change) {
        if (isDestroyed) {
            return -Constants.ERR_NOT_INITIALIZED;
        }
        if (engine.isInCall()) {
            return -Constants.ERR_INVALID_STATE;
        }
        try {
            proxy = change.make();
            return Constants.ERR_OK;
        } catch (Refused e) {
            return problem(Constants.ERR_REFUSED, e);
        } catch (IllegalArgumentException | JsonText.Malformed e) {
            return problem(Constants.ERR_INVALID_ARGUMENT, e);
        }
    }

    private int problem(int code, Exception told) {
        String text = String.valueOf(told.getMessage());
        callbacks.tell(handler -> handler.onProblem(text));
        return -code;
    }

    // ------------------------------------------------------------------------------------- the channel

    /// Before joining.
    public synchronized int setChannelProfile(int channelProfile) {
        if (isDestroyed) {
            return -Constants.ERR_NOT_INITIALIZED;
        }
        if (channelProfile != Constants.CHANNEL_PROFILE_COMMUNICATION
                && channelProfile != Constants.CHANNEL_PROFILE_LIVE_BROADCASTING) {
            return -Constants.ERR_INVALID_ARGUMENT;
        }
        if (engine.isInCall()) {
            return -Constants.ERR_INVALID_STATE;
        }
        profile = channelProfile;
        return Constants.ERR_OK;
    }

    /// Whether this user is sent to others in a live broadcast; at any time.
    public synchronized int setClientRole(int clientRole) {
        if (isDestroyed) {
            return -Constants.ERR_NOT_INITIALIZED;
        }
        if (clientRole != Constants.CLIENT_ROLE_BROADCASTER && clientRole != Constants.CLIENT_ROLE_AUDIENCE) {
            return -Constants.ERR_INVALID_ARGUMENT;
        }
        int before = role;
        role = clientRole;
        if (engine.isInCall() && profile == Constants.CHANNEL_PROFILE_LIVE_BROADCASTING && before != clientRole) {
            publish();
            callbacks.tell(handler -> handler.onClientRoleChanged(before, clientRole));
        }
        return Constants.ERR_OK;
    }

    /// @param token of the app's server; null or empty where the app needs none
    /// @param optionalInfo nothing is done with it
    /// @param optionalUid unsigned; 0 for a number of the engine's choice
    public synchronized int joinChannel(
            @Nullable String token, @Nullable String channelName, @Nullable String optionalInfo, int optionalUid) {
        if (isDestroyed) {
            return -Constants.ERR_NOT_INITIALIZED;
        }
        if (engine.isInCall()) {
            return -Constants.ERR_JOIN_CHANNEL_REJECTED;
        }
        int uid = optionalUid == 0 ? ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE) : optionalUid;
        JoinRequest request;
        try {
            request = JoinRequest.of(
                    channelName == null ? "" : channelName, Integer.toUnsignedString(uid), token == null ? "" : token);
        } catch (IllegalArgumentException e) {
            return problem(Constants.ERR_INVALID_ARGUMENT, e);
        }
        channel.joining(request.channel(), uid);
        ErrorCode code = engine.join(request, proxy.choices(zeroMeansOff));
        if (code != ErrorCode.OK) {
            channel.notJoining();
            return -Constants.ERR_FAILED;
        }
        publish();
        return Constants.ERR_OK;
    }

    /// 0 also where there is no channel.
    public synchronized int leaveChannel() {
        if (isDestroyed) {
            return -Constants.ERR_NOT_INITIALIZED;
        }
        engine.leave();
        return Constants.ERR_OK;
    }

    /// One of `CONNECTION_STATE_…`; 1, disconnected, also after the end.
    public int getConnectionState() {
        return channel.state();
    }

    // ------------------------------------------------------------------------------------- what is sent and seen

    private void publish() {
        boolean isHeard =
                profile == Constants.CHANNEL_PROFILE_COMMUNICATION || role == Constants.CLIENT_ROLE_BROADCASTER;
        engine.publish(sources.publication("", isHeard && hasAudio && !mutesAudio, isHeard && hasVideo && !mutesVideo));
    }

    /// After the end that is what there is to say, whatever the argument.
    private synchronized int badArgument() {
        return -(isDestroyed ? Constants.ERR_NOT_INITIALIZED : Constants.ERR_INVALID_ARGUMENT);
    }

    private synchronized int change(Runnable what) {
        if (isDestroyed) {
            return -Constants.ERR_NOT_INITIALIZED;
        }
        what.run();
        if (engine.isInCall()) {
            publish();
        }
        return Constants.ERR_OK;
    }

    public int enableVideo() {
        return change(() -> hasVideo = true);
    }

    public int disableVideo() {
        return change(() -> hasVideo = false);
    }

    public int enableAudio() {
        return change(() -> hasAudio = true);
    }

    public int disableAudio() {
        return change(() -> hasAudio = false);
    }

    public int muteLocalVideoStream(boolean muted) {
        return change(() -> mutesVideo = muted);
    }

    public int muteLocalAudioStream(boolean muted) {
        return change(() -> mutesAudio = muted);
    }

    /// The app's own camera, by [#pushExternalVideoFrame]; there is no other.
    ///
    /// @param useTexture false; Java has no textures
    /// @param pushMode true
    public int setExternalVideoSource(boolean enable, boolean useTexture, boolean pushMode) {
        return useTexture || !pushMode ? badArgument() : change(() -> sources.video(enable));
    }

    /// @return false for a null, while that source is off, and after the end
    public boolean pushExternalVideoFrame(@Nullable I420Frame frame) {
        return frame != null && sources.push(frame);
    }

    /// The app's own microphone, by [#pushExternalAudioFrame]; there is no other.
    public int setExternalAudioSource(boolean enabled) {
        return change(() -> sources.audio(enabled));
    }

    /// @param chunk of 10 ms, one each 10 ms
    /// @return -2 also while that source is off
    public int pushExternalAudioFrame(@Nullable AudioChunk chunk) {
        return chunk != null && sources.push(chunk) ? Constants.ERR_OK : badArgument();
    }

    /// May come before the user does.
    public int setupRemoteVideo(@Nullable VideoCanvas remote) {
        if (remote == null) {
            return badArgument();
        }
        VideoSink view = remote.view;
        return change(() -> {
            if (view == null) {
                screens.hide(Integer.toUnsignedLong(remote.uid));
            } else {
                screens.show(Integer.toUnsignedLong(remote.uid), view);
            }
        });
    }

    /// @param observer hears everybody, each by the unsigned number; null for nobody
    public int registerAudioFrameObserver(Screens.@Nullable Speaker observer) {
        return change(() -> screens.hear(observer == null ? Screens.Speaker.NOBODY : observer));
    }
}
