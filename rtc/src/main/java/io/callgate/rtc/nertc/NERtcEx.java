package io.callgate.rtc.nertc;

import io.callgate.client.CloudProxy;
import io.callgate.client.net.HostPort;
import io.callgate.model.AppId;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.nertc.NERtcConstants.ErrorCode;
import io.callgate.rtc.nertc.NERtcConstants.TransportType;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.vendor.Callbacks;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.vendor.FacadeEngine;
import io.callgate.rtc.vendor.ProxyChoice;
import io.callgate.rtc.vendor.Screens;
import io.callgate.rtc.vendor.Sources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// NERTC's engine.
///
/// ```java
/// NERtcEx.getInstance().init(cloud, "my-app", callback, null);
/// NERtcEx.getInstance().setCloudProxy(NERtcConstants.TransportType.UDP_PROXY);
/// NERtcEx.getInstance().joinChannel(token, "daily", 42);
/// ```
///
/// **Order.** `setCloudProxy` counts from the next join, for the engine's life: in a channel it is taken and
/// changes nothing there; after [#release] it has to be set again. With the proxy on a user id must not be 0.
///
/// **Answers.** 0, or a number of [ErrorCode]: 30001 for a join that no relay can be asked for, with why in words;
/// 30003 for an argument, and a null where nothing else is said; 30005 without an engine; 30100 for a join in a
/// channel, 30101 for leaving none; 414 for user id 0 with the proxy on. What is not 0 has changed nothing. What
/// comes later is told by [NERtcCallbackEx].
///
/// One a process, as NetEase has it. Any thread; nothing blocks.
public final class NERtcEx {
    static final Duration GIVE_UP_AFTER = Duration.ofSeconds(40); // NetEase says 30 to 50
    private static final NERtcEx INSTANCE = new NERtcEx();

    private @Nullable Engine engine; // guarded by this; null before init and after release
    private int proxyType = TransportType.NONE_PROXY; // guarded by this

    /// One engine's life.
    private record Engine(
            FacadeEngine calls,
            Sources sources,
            Screens screens,
            Callbacks<NERtcCallbackEx> callbacks,
            ChannelEvents channel,
            List<String> relays) {}

    private NERtcEx() {}

    public static NERtcEx getInstance() {
        return INSTANCE;
    }

    // ------------------------------------------------------------------------------------- the engine's life

    /// @param context the cloud
    /// @param appKey the app at control
    /// @param option null for nothing but defaults
    /// @throws IllegalArgumentException for a null, or what cannot be an app or an address
    /// @throws IllegalStateException if there is an engine
    public synchronized void init(
            @Nullable Cloud context,
            @Nullable String appKey,
            @Nullable NERtcCallbackEx callback,
            @Nullable NERtcOption option) {
        if (context == null || appKey == null || callback == null) {
            throw new IllegalArgumentException("want a context (the cloud), an app key and a callback");
        }
        if (engine != null) {
            throw new IllegalStateException("there is an engine: release() it first");
        }
        String app = new AppId(appKey).toString();
        NERtcServerAddresses servers =
                option == null || option.serverAddresses == null ? new NERtcServerAddresses() : option.serverAddresses;
        List<String> relays = servers.relays();
        relays.forEach(relay -> HostPort.parse(relay, 443)); // refuses what is none
        Callbacks<NERtcCallbackEx> callbacks = new Callbacks<>("callgate-nertc");
        callbacks.add(callback);
        Screens screens = new Screens();
        ChannelEvents channel = new ChannelEvents(callbacks, screens);
        UnaryOperator<CloudProxy.Builder> asks = builder -> builder.app(app).token(() -> "");
        FacadeEngine calls = new FacadeEngine(context, service(context, servers), asks, GIVE_UP_AFTER, channel);
        channel.attach(calls);
        engine = new Engine(calls, new Sources(calls), screens, callbacks, channel, relays);
    }

    private static Optional<RtcService> service(Cloud cloud, NERtcServerAddresses servers) {
        String address = servers.roomServer;
        if (address == null) {
            return Optional.empty();
        }
        return Optional.of(cloud.services()
                .orElseThrow(() -> new IllegalArgumentException("roomServer \"" + address
                        + "\": the cloud does not say what stands at an address;" + " see Cloud.withServices"))
                .apply(address));
    }

    /// Leaves, ends the engine, and forgets the cloud proxy; OK also without an engine.
    public synchronized int release() {
        Engine last = engine;
        if (last != null) {
            last.calls().close();
            last.sources().close();
            last.callbacks().end(last.callbacks()::clear);
        }
        engine = null;
        proxyType = TransportType.NONE_PROXY;
        return ErrorCode.OK;
    }

    // ------------------------------------------------------------------------------------- proxy and channel

    /// @param type one of [TransportType]
    public synchronized int setCloudProxy(int type) {
        if (engine == null) {
            return ErrorCode.ENGINE_ERROR_INVALID_STATE;
        }
        if (type != TransportType.NONE_PROXY && type != TransportType.UDP_PROXY) {
            return ErrorCode.ENGINE_ERROR_INVALID_PARAM;
        }
        proxyType = type;
        return ErrorCode.OK;
    }

    /// @param token of the app's server; null or empty where the app needs none
    /// @param uid 0 for a number of the engine's choice, which the cloud proxy does not take
    public synchronized int joinChannel(@Nullable String token, @Nullable String channelName, long uid) {
        Engine now = engine;
        if (now == null) {
            return ErrorCode.ENGINE_ERROR_INVALID_STATE;
        }
        if (now.calls().isInCall()) {
            return ErrorCode.ENGINE_ERROR_ROOM_ALREADY_JOINED;
        }
        if (uid < 0) {
            return ErrorCode.ENGINE_ERROR_INVALID_PARAM;
        }
        if (uid == 0 && proxyType != TransportType.NONE_PROXY) {
            now.callbacks().tell(told -> {
                told.onJoinChannel(ErrorCode.RESERVE_ERROR_INVALID_PARAMETER, 0, 0, 0);
                told.onProblem("user id 0 with the cloud proxy on: give the user a number, or turn the proxy off");
            });
            return ErrorCode.RESERVE_ERROR_INVALID_PARAMETER;
        }
        long number = uid == 0 ? ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE) : uid;
        JoinRequest request;
        try {
            request = JoinRequest.of(
                    channelName == null ? "" : channelName, Long.toString(number), token == null ? "" : token);
        } catch (IllegalArgumentException e) {
            return ErrorCode.ENGINE_ERROR_INVALID_PARAM;
        }
        now.channel().joining(request.channel(), number);
        ProxyChoice choice = proxyType == TransportType.UDP_PROXY
                ? ProxyChoice.of(RequestedMode.UDP).withEntries(now.relays())
                : ProxyChoice.NONE;
        if (now.calls().join(request, List.of(choice)) != io.callgate.model.ErrorCode.OK) {
            now.channel().notJoining();
            return ErrorCode.ENGINE_ERROR_FATAL;
        }
        publish(now);
        return ErrorCode.OK;
    }

    public synchronized int leaveChannel() {
        Engine now = engine;
        if (now == null) {
            return ErrorCode.ENGINE_ERROR_INVALID_STATE;
        }
        if (!now.calls().isInCall()) {
            return ErrorCode.ENGINE_ERROR_ROOM_NOT_JOINED;
        }
        now.calls().leave();
        return ErrorCode.OK;
    }

    /// One of [NERtcConstants.ConnectionState]; 1, disconnected, also without an engine.
    public synchronized int getConnectionState() {
        return engine == null
                ? NERtcConstants.ConnectionState.DISCONNECTED
                : engine.channel().state();
    }

    // ------------------------------------------------------------------------------------- what is sent and seen

    private static void publish(Engine now) {
        now.calls().publish(now.sources().publication("", true, true));
    }

    private interface Change {
        void make(Engine now);
    }

    private synchronized int change(Change what) {
        Engine now = engine;
        if (now == null) {
            return ErrorCode.ENGINE_ERROR_INVALID_STATE;
        }
        what.make(now);
        if (now.calls().isInCall()) {
            publish(now);
        }
        return ErrorCode.OK;
    }

    /// The app's own microphone, by [#pushExternalAudioFrame]; there is no other.
    public int enableLocalAudio(boolean enable) {
        return change(now -> now.sources().audio(enable));
    }

    /// The app's own camera, by [#pushExternalVideoFrame]; there is no other.
    public int enableLocalVideo(boolean enable) {
        return change(now -> now.sources().video(enable));
    }

    /// @return 30003 also while that source is off
    public synchronized int pushExternalVideoFrame(@Nullable I420Frame frame) {
        if (engine == null) {
            return ErrorCode.ENGINE_ERROR_INVALID_STATE;
        }
        return frame != null && engine.sources().push(frame) ? ErrorCode.OK : ErrorCode.ENGINE_ERROR_INVALID_PARAM;
    }

    /// @param chunk of 10 ms, one each 10 ms
    /// @return 30003 also while that source is off
    public synchronized int pushExternalAudioFrame(@Nullable AudioChunk chunk) {
        if (engine == null) {
            return ErrorCode.ENGINE_ERROR_INVALID_STATE;
        }
        return chunk != null && engine.sources().push(chunk) ? ErrorCode.OK : ErrorCode.ENGINE_ERROR_INVALID_PARAM;
    }

    /// May come before the user does.
    ///
    /// @param view gets the frames; null for nowhere
    public int setupRemoteVideoCanvas(@Nullable VideoSink view, long uid) {
        return change(now -> {
            if (view == null) {
                now.screens().hide(uid);
            } else {
                now.screens().show(uid, view);
            }
        });
    }

    /// @param observer hears everybody, each by number; null for nobody
    public int setAudioFrameObserver(Screens.@Nullable Speaker observer) {
        return change(now -> now.screens().hear(observer == null ? Screens.Speaker.NOBODY : observer));
    }
}
