package io.callgate.rtc.vendor;

import io.callgate.client.CloudProxy;
import io.callgate.client.failure.Failure;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.RtcEngine;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RtcService;
import io.callgate.rtc.service.StreamSinks;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The engine below a facade: begins a call by the first of several choices, and where no relay is to be had
/// by it, goes on with the next, without the app's hearing of a failure.
///
/// Any thread, as [RtcEngine], whose answers these are.
public final class FacadeEngine implements Closeable {
    private final Cloud cloud;
    private final UnaryOperator<CloudProxy.Builder> app;
    private final RtcEvents events;
    private final TimeSource time;
    private final RtcEngine engine;

    private final Deque<ProxyChoice> left = new ArrayDeque<>(); // guarded by this
    private final Map<String, StreamSinks> streams = new LinkedHashMap<>(); // guarded by this
    private Optional<Publication> publication = Optional.empty(); // guarded by this
    private ProxyChoice choice = ProxyChoice.NONE; // guarded by this
    private @Nullable JoinRequest request; // guarded by this; null when there is nothing to go on with
    private boolean isLaterTry; // guarded by this
    private int calls; // guarded by this; begun, and their end not told yet
    private long joinedNanos; // guarded by this

    /// @param service in place of the cloud's
    /// @param app says who asks for a lease: app, and a sign or an empty token
    /// @param events on the engine's thread; ask [#isNoNews] before a change of state is told
    public FacadeEngine(
            Cloud cloud,
            Optional<RtcService> service,
            UnaryOperator<CloudProxy.Builder> app,
            Duration giveUpAfter,
            RtcEvents events) {
        this.cloud = cloud;
        this.app = app;
        this.events = events;
        this.time = cloud.time();
        RtcEngine.Builder builder = cloud.engines().get();
        service.ifPresent(builder::service);
        cloud.network().ifPresent(builder::network);
        this.engine = builder.proxy(() -> proxy().giveUpAfter(giveUpAfter))
                .giveUpAfter(giveUpAfter)
                .events(events)
                .build();
    }

    private synchronized CloudProxy.Builder proxy() {
        CloudProxy.Builder builder = app.apply(cloud.proxies().get());
        (choice.entries().isEmpty() ? cloud.entries() : choice.entries()).forEach(builder::entry);
        return choice.transports().isEmpty() ? builder : builder.transports(choice.transports());
    }

    // ------------------------------------------------------------------------------------- the call

    /// @param choices the first is tried first; one at least
    /// @return INVALID_ARGUMENT if the choice lacks something, which [RtcEvents#onCallFailed] tells
    public synchronized ErrorCode join(JoinRequest wanted, List<ProxyChoice> choices) {
        if (engine.isInCall()) {
            return ErrorCode.CALLED_TOO_LATE;
        }
        left.clear();
        left.addAll(choices);
        streams.clear();
        publication = Optional.empty();
        request = wanted;
        isLaterTry = false;
        joinedNanos = time.nanos();
        ErrorCode code = begin(wanted);
        if (code != ErrorCode.OK) {
            request = null;
        }
        return code;
    }

    private ErrorCode begin(JoinRequest wanted) {
        choice = left.removeFirst();
        choice.hop().ifPresent(hop -> engine.setLocalProxies(List.of(hop)));
        Optional<RequestedMode> mode = choice.mode();
        ErrorCode code = mode.isPresent() ? engine.setMode(mode.get()) : ErrorCode.OK;
        if (code != ErrorCode.OK) {
            return code;
        }
        try {
            ErrorCode joining = engine.join(wanted);
            calls += joining == ErrorCode.OK ? 1 : 0;
            return joining;
        } catch (IllegalArgumentException | IllegalStateException e) {
            // The builder of the cloud proxy says so of a user or an app that no relay knows, or of no entry.
            events.onCallFailed(
                    new Failure(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), "see Cloud.withEntries"));
            return ErrorCode.INVALID_ARGUMENT;
        }
    }

    /// Whether the app need not hear of that change, as the next choice is being tried. To be asked of every one.
    public synchronized boolean isNoNews(ConnectionState state, ConnectionReason reason) {
        // A call begins when all before it are told to have ended: until then what is told is theirs.
        boolean isOfAnOlderCall = calls > 1;
        if (state == ConnectionState.DISCONNECTED || state == ConnectionState.FAILED) {
            calls--;
        }
        return !isOfAnOlderCall && isNoNewsOfThisCall(state, reason);
    }

    private boolean isNoNewsOfThisCall(ConnectionState state, ConnectionReason reason) {
        JoinRequest wanted = request;
        if (state == ConnectionState.CONNECTED || state == ConnectionState.DISCONNECTED) {
            request = null; // whatever comes now is no reason for another choice
        }
        if (isLaterTry && reason == ConnectionReason.JOINING) {
            return true;
        }
        boolean isGoingOn = state == ConnectionState.FAILED
                && reason == ConnectionReason.PROXY_FAILED
                && wanted != null
                && !left.isEmpty();
        if (!isGoingOn || wanted == null) {
            return false;
        }
        isLaterTry = true;
        if (begin(wanted) != ErrorCode.OK) {
            return false;
        }
        publication.ifPresent(engine::publish);
        streams.forEach(engine::subscribe);
        return true;
    }

    public synchronized ErrorCode leave() {
        request = null;
        return engine.leave();
    }

    public boolean isInCall() {
        return engine.isInCall();
    }

    /// @param wanted empty to send nothing
    public synchronized ErrorCode publish(Optional<Publication> wanted) {
        publication = wanted;
        return wanted.isPresent() ? engine.publish(wanted.get()) : engine.unpublish();
    }

    public synchronized ErrorCode subscribe(String stream, StreamSinks sinks) {
        streams.put(stream, sinks);
        return engine.subscribe(stream, sinks);
    }

    public synchronized ErrorCode unsubscribe(String stream) {
        streams.remove(stream);
        return engine.unsubscribe(stream);
    }

    public LocalVideo video() {
        return engine.video();
    }

    public LocalAudio audio() {
        return engine.audio();
    }

    /// Begins what SMART and AUTO ask first.
    public ErrorCode prepare() {
        return engine.prepare();
    }

    /// The choice that the call goes by, or the last one went by.
    public synchronized ProxyChoice choice() {
        return choice;
    }

    /// Whether choices before that one have failed.
    public synchronized boolean isLaterChoice() {
        return isLaterTry;
    }

    /// Since [#join], whichever choice it was that worked.
    public synchronized Duration sinceJoin() {
        return Duration.ofNanos(time.nanos() - joinedNanos);
    }

    @Override
    public void close() {
        synchronized (this) {
            request = null;
        }
        engine.close();
    }
}
