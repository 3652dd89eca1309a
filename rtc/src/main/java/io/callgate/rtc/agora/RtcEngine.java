package io.callgate.rtc.agora;

import io.callgate.client.CloudProxy;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
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
/// **Answers.** 0, or a number of [Constants] with a minus: -2 for an argument, -5 for what excludes something
/// that is set, -7 after [#destroy], -8 out of order, -17 for a join in a channel. A null is -2. What comes
/// later is told by [IRtcEngineEventHandler].
///
/// **One a process**, as Agora has it: [#create] gives the one that lives, and adds the handler.
///
/// Any thread; nothing blocks.
public final class RtcEngine {
    private static final Duration GIVE_UP_AFTER = Duration.ofMinutes(20); // Agora's: FAILED after that
    private static final Duration LOST_AFTER = Duration.ofSeconds(10); // and onConnectionLost
    private static final long MOST_USERS = 0xFFFF_FFFFL;
    private static final Map<Integer, String> AREAS = Map.ofEntries(
            Map.entry(Constants.AREA_CODE_CN, "cn"),
            Map.entry(Constants.AREA_CODE_NA, "na"),
            Map.entry(Constants.AREA_CODE_EU, "eu"),
            Map.entry(Constants.AREA_CODE_AS, "as"),
            Map.entry(Constants.AREA_CODE_JP, "jp"),
            Map.entry(Constants.AREA_CODE_IN, "in"),
            Map.entry(Constants.AREA_CODE_OC, "oc"),
            Map.entry(Constants.AREA_CODE_SA, "sa"),
            Map.entry(Constants.AREA_CODE_AF, "af"),
            Map.entry(Constants.AREA_CODE_KR, "kr"),
            Map.entry(Constants.AREA_CODE_HKMC, "hkmc"),
            Map.entry(Constants.AREA_CODE_US, "us"),
            Map.entry(Constants.AREA_CODE_RU, "ru"));

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
        String area = config.mAreaCode == Constants.AREA_CODE_GLOB ? "" : AREAS.get(config.mAreaCode);
        if (area == null) {
            throw new IllegalArgumentException("area 0x" + Integer.toHexString(config.mAreaCode)
                    + ": want one of Constants.AREA_CODE_…; a set of several is set for the app, at control");
        }
        String app = new AppId(config.mAppId).toString();
        if (living == null) {
            UnaryOperator<CloudProxy.Builder> asks = builder -> {
                builder.app(app).token(() -> "");
                return area.isEmpty() ? builder : builder.region(area);
            };
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

    public void addHandler(@Nullable IRtcEngineEventHandler handler) {
        if (handler != null) {
            callbacks.add(handler);
        }
    }

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

    public int getConnectionState() {
        return channel.state();
    }

    // ------------------------------------------------------------------------------------- what is sent and seen

    private void publish() {
        boolean isHeard =
                profile == Constants.CHANNEL_PROFILE_COMMUNICATION || role == Constants.CLIENT_ROLE_BROADCASTER;
        engine.publish(sources.publication("", isHeard && hasAudio && !mutesAudio, isHeard && hasVideo && !mutesVideo));
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
    public int setExternalVideoSource(boolean enable, boolean useTexture, boolean pushMode) {
        return useTexture || !pushMode ? -Constants.ERR_INVALID_ARGUMENT : change(() -> sources.video(enable));
    }

    public boolean pushExternalVideoFrame(@Nullable I420Frame frame) {
        return frame != null && sources.push(frame);
    }

    /// The app's own microphone, by [#pushExternalAudioFrame]; there is no other.
    public int setExternalAudioSource(boolean enabled) {
        return change(() -> sources.audio(enabled));
    }

    /// @param chunk of 10 ms, one each 10 ms
    public int pushExternalAudioFrame(@Nullable AudioChunk chunk) {
        return chunk != null && sources.push(chunk) ? Constants.ERR_OK : -Constants.ERR_INVALID_ARGUMENT;
    }

    /// May come before the user does.
    public int setupRemoteVideo(@Nullable VideoCanvas remote) {
        if (remote == null) {
            return -Constants.ERR_INVALID_ARGUMENT;
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
