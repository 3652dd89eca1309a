package io.callgate.rtc;

import io.callgate.client.CloudProxy;
import io.callgate.client.mode.ProxyConfig;
import io.callgate.client.net.Hop;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.service.StreamSinks;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A client of an RTC cloud: joins a room, sends and receives, all of it through the cloud proxy.
///
/// ```java
/// MediaStack media = WebRtcMedia.open(time);
/// RtcEngine engine = RtcEngine.builder(time)
///         .service(JanusService.at("wss://sfu.example.com:8989/", time))
///         .media(media)
///         .proxy(() -> CloudProxy.builder(time).entry("proxy.example.com"))
///         .mode(RequestedMode.STANDARD)
///         .events(events)
///         .build();
/// LocalVideo camera = engine.video();
/// LocalAudio microphone = engine.audio();
/// engine.join(JoinRequest.of("daily", "alice", token));
/// engine.publish(Publication.of(microphone, camera));     // sent as soon as the room is entered
/// // in events.onStreamAdded(stream):
/// engine.subscribe(stream.name(), StreamSinks.of(speaker, screen));
/// ```
///
/// **Order.** [#join] begins a call and returns; how it goes is told by [RtcEvents]. [#publish] and
/// [#subscribe] may come before, during or after: they say what is wanted, and the engine does it as soon
/// as it can, again after every reconnection; all of it is forgotten with the call's end. [#leave] ends the
/// call, and a join right after it waits for the old goodbye. A call that has failed is over; [#join]
/// begins a new one.
///
/// **Answers.** [ErrorCode#OK] means taken, not done. In a call, [#join] is [ErrorCode#CALLED_TOO_LATE];
/// without one, [#publish], [#subscribe] and their opposites are [ErrorCode#NOT_INITIALIZED], as is
/// everything after [#close] that returns a code. Whatever is not OK has changed nothing. A null is a
/// `NullPointerException`, also after [#close]; a value out of range an `IllegalArgumentException`.
///
/// **The proxy.** Each call has a [CloudProxy] of its own, made by the supplier when the call begins, with
/// the user and the token of the call; what must outlive a call, such as the last lease, is in the
/// supplier's [io.callgate.client.LeaseStore]. The mode is that of the engine when the call begins
/// ([#setMode]); without one it is the app's policy. In a proxied mode nothing leaves but to a relay:
/// neither signalling, nor names, nor media; when the relay dies, everything moves to the next without
/// leaving the room.
///
/// **Threads.** Every method may be called from any thread and returns at once. Events come on one thread,
/// `callgate-rtc`; frames and sound on threads of the media stack.
///
/// **Closing.** [#close] leaves without waiting. Media stack, network monitor and what [#video] and
/// [#audio] have made stay the caller's to close, after the engine.
public final class RtcEngine implements Closeable {
    private final Settings settings;
    private final Loop loop;
    private final RtcEvents events;
    private final NetworkMonitor.Listener onNetwork = this::networkChanged;
    private final KeptProbe probe;

    private @Nullable Call call; // guarded by this
    private CompletableFuture<Void> goodbyes = CompletableFuture.completedFuture(null); // guarded by this; of all calls
    private boolean isClosed; // guarded by this
    private Optional<RequestedMode> mode; // guarded by this
    private List<Hop> localProxies = List.of(); // guarded by this

    record Settings(
            TimeSource time,
            RtcService service,
            MediaStack media,
            Optional<Supplier<CloudProxy.Builder>> proxy,
            Optional<Function<Way.Listener, Way>> ways,
            Optional<NetworkMonitor> network,
            Duration giveUpAfter) {}

    private RtcEngine(Settings settings, RtcEvents listener, Optional<RequestedMode> mode) {
        this.settings = settings;
        this.events = new GuardedEvents(listener);
        this.loop = new Loop(events::onDefect);
        this.mode = mode;
        this.probe = new KeptProbe(settings.service().probe(settings.time()), settings.time());
        settings.network().ifPresent(monitor -> monitor.listen(onNetwork));
    }

    public static Builder builder(TimeSource time) {
        return new Builder(Objects.requireNonNull(time, "time"));
    }

    // ------------------------------------------------------------------------------------- the call

    /// Begins a call.
    ///
    /// @throws IllegalArgumentException if no relay can be asked for that user; nothing has begun then
    /// @throws IllegalStateException if the proxy's builder lacks an entry or a token; the same
    public synchronized ErrorCode join(JoinRequest request) {
        Objects.requireNonNull(request, "request");
        if (isClosed) {
            return ErrorCode.NOT_INITIALIZED;
        }
        if (call != null && !call.isOver()) {
            return ErrorCode.CALLED_TOO_LATE;
        }
        boolean needsProxy =
                !mode.equals(Optional.of(RequestedMode.NONE)) && settings.ways().isEmpty();
        if (needsProxy && settings.proxy().isEmpty()) {
            return ErrorCode.INVALID_ARGUMENT;
        }
        Call.Setup setup = new Call.Setup(
                settings.service(), settings.media(), settings.time(), settings.giveUpAfter(), events, loop);
        Function<Way.Listener, Way> ways = settings.ways()
                .orElseGet(() -> new Proxying(settings, probe, events, loop, request).way(mode, localProxies));
        Call now = new Call(setup, request, ways);
        call = now;
        CompletableFuture<Void> before = goodbyes;
        goodbyes = CompletableFuture.allOf(before, now.ended());
        before.thenRun(() -> loop.execute(now::begin));
        return ErrorCode.OK;
    }

    /// Ends the call; OK also where there is none. [ConnectionState#DISCONNECTED] is told when the cloud
    /// has been told.
    public synchronized ErrorCode leave() {
        return end(ConnectionReason.LEFT);
    }

    private ErrorCode end(ConnectionReason why) {
        if (isClosed) {
            return ErrorCode.NOT_INITIALIZED;
        }
        Call now = call;
        if (now != null) {
            now.markOver();
            loop.execute(() -> now.leave(why));
        }
        return ErrorCode.OK;
    }

    /// Whether a call has begun and neither been left nor failed.
    public synchronized boolean isInCall() {
        return call != null && !call.isOver();
    }

    /// What this user sends from now on, in place of anything before.
    public ErrorCode publish(Publication publication) {
        Objects.requireNonNull(publication, "publication");
        return inCall(now -> now.publish(publication));
    }

    public ErrorCode unpublish() {
        return inCall(now -> now.publish(null));
    }

    /// Receives a stream whenever it is there, from now on: also one that has not been added yet.
    public ErrorCode subscribe(String name, StreamSinks sinks) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(sinks, "sinks");
        return inCall(now -> now.subscribe(name, sinks));
    }

    public ErrorCode unsubscribe(String name) {
        Objects.requireNonNull(name, "name");
        return inCall(now -> now.unsubscribe(name));
    }

    private synchronized ErrorCode inCall(Consumer<Call> does) {
        Call now = call;
        if (isClosed || now == null || now.isOver()) {
            return ErrorCode.NOT_INITIALIZED;
        }
        loop.execute(() -> does.accept(now));
        return ErrorCode.OK;
    }

    /// The call in numbers, on the engine's thread; empty without a call, and if it ends meanwhile.
    public synchronized CompletableFuture<Optional<CallStatistics>> statistics() {
        CompletableFuture<Optional<CallStatistics>> answer = new CompletableFuture<>();
        Call now = call;
        if (isClosed || now == null || now.isOver()) {
            answer.complete(Optional.empty());
        } else {
            loop.execute(() -> now.statistics(answer));
        }
        return answer;
    }

    // ------------------------------------------------------------------------------------- sources

    /// A camera to play; [LocalVideo#close] it when it is not needed any more. The media stack's, so there is one
    /// also after [#close].
    public LocalVideo video() {
        return settings.media().video();
    }

    public LocalAudio audio() {
        return settings.media().audio();
    }

    // ------------------------------------------------------------------------------------- the way

    /// Counts from the next call; during one [RtcEvents#onChangeDeferred] says so.
    ///
    /// @param requested LOCAL takes [#setLocalProxies] before it
    /// @return INVALID_ARGUMENT for LOCAL without local proxies, and for a mode that needs a proxy where
    ///     the engine has none
    public synchronized ErrorCode setMode(RequestedMode requested) {
        Objects.requireNonNull(requested, "requested");
        if (isClosed) {
            return ErrorCode.NOT_INITIALIZED;
        }
        boolean lacksLocal = requested == RequestedMode.LOCAL && localProxies.isEmpty();
        boolean lacksProxy = requested != RequestedMode.NONE && settings.proxy().isEmpty();
        if (lacksLocal || lacksProxy) {
            return ErrorCode.INVALID_ARGUMENT;
        }
        mode = Optional.of(requested);
        if (call != null && !call.isOver()) {
            loop.execute(() -> events.onChangeDeferred(requested));
        }
        return ErrorCode.OK;
    }

    public synchronized Optional<RequestedMode> mode() {
        return mode;
    }

    /// The customer's own proxies, for [RequestedMode#LOCAL]; counts from the next call.
    ///
    /// @param hops the first is tried first, the next when no relay is to be had by it
    public synchronized ErrorCode setLocalProxies(List<Hop> hops) {
        List<Hop> proxies = List.copyOf(hops);
        if (isClosed) {
            return ErrorCode.NOT_INITIALIZED;
        }
        localProxies = proxies;
        if (hops.isEmpty() && mode.equals(Optional.of(RequestedMode.LOCAL))) {
            mode = Optional.empty();
        }
        return ErrorCode.OK;
    }

    /// Begins now what SMART and AUTO ask first, whether the cloud answers without a proxy, and keeps the
    /// answer for the next call until the network changes.
    public synchronized ErrorCode prepare() {
        if (isClosed) {
            return ErrorCode.NOT_INITIALIZED;
        }
        probe.begin();
        return ErrorCode.OK;
    }

    private void networkChanged(Network before, Network now) {
        probe.forget();
        synchronized (this) {
            Call running = call;
            if (running != null && !running.isOver() && !now.addresses().isEmpty()) {
                loop.execute(running::networkChanged);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            end(ConnectionReason.CLOSED);
            isClosed = true;
            goodbyes.thenRun(loop::end);
        }
        settings.network().ifPresent(monitor -> monitor.forget(onNetwork));
    }

    // ------------------------------------------------------------------------------------- building

    /// Collects what an engine needs: a service and a media stack; and a proxy, unless its mode is NONE.
    /// Not for several threads.
    public static final class Builder {
        private final TimeSource time;
        private @Nullable RtcService service;
        private @Nullable MediaStack media;
        private @Nullable Supplier<CloudProxy.Builder> proxy;
        private @Nullable Function<Way.Listener, Way> ways;
        private @Nullable NetworkMonitor network;
        private @Nullable RequestedMode mode;
        private Duration giveUpAfter = ProxyConfig.GIVE_UP_AFTER;
        private RtcEvents events = new RtcEvents() {};

        private Builder(TimeSource time) {
            this.time = time;
        }

        public Builder service(RtcService cloud) {
            service = Objects.requireNonNull(cloud, "cloud");
            return this;
        }

        public Builder media(MediaStack stack) {
            media = Objects.requireNonNull(stack, "stack");
            return this;
        }

        /// @param supplier of a builder with entries, and app, region, trust and store where there are any;
        ///     called at each join. Uid, token, mode, network, probe and events are the engine's to add
        public Builder proxy(Supplier<CloudProxy.Builder> supplier) {
            proxy = Objects.requireNonNull(supplier, "supplier");
            return this;
        }

        /// What knows this machine's network; without it a changed network is noticed by silence alone.
        public Builder network(NetworkMonitor monitor) {
            network = Objects.requireNonNull(monitor, "monitor");
            return this;
        }

        public Builder mode(RequestedMode requested) {
            mode = Objects.requireNonNull(requested, "requested");
            return this;
        }

        /// How long a call may be on its way into the room, or back, before it has failed.
        public Builder giveUpAfter(Duration whole) {
            if (whole.isNegative() || whole.isZero()) {
                throw new IllegalArgumentException("giveUpAfter " + whole + ": want more than 0");
            }
            giveUpAfter = whole;
            return this;
        }

        public Builder events(RtcEvents listener) {
            events = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /// For tests of the engine: where plans come from, in place of a cloud proxy.
        Builder ways(Function<Way.Listener, Way> source) {
            ways = source;
            return this;
        }

        /// @throws IllegalStateException if service or media stack are missing, or a proxy that the mode
        ///     needs
        public RtcEngine build() {
            if (service == null || media == null) {
                throw new IllegalStateException("want service(cloud) and media(stack)");
            }
            if (mode == RequestedMode.LOCAL) {
                throw new IllegalStateException("mode LOCAL: set it after setLocalProxies()");
            }
            if (mode != RequestedMode.NONE && proxy == null && ways == null) {
                throw new IllegalStateException("want proxy(supplier), or mode(NONE)");
            }
            Settings settings = new Settings(
                    time,
                    service,
                    media,
                    Optional.ofNullable(proxy),
                    Optional.ofNullable(ways),
                    Optional.ofNullable(network),
                    giveUpAfter);
            return new RtcEngine(settings, events, Optional.ofNullable(mode));
        }
    }
}
