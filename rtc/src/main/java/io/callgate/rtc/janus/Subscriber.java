package io.callgate.rtc.janus;

import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.MediaEnd;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// All that this user receives, over one connection. Used by one thread at a time, that of the room's lock.
final class Subscriber {
    private static final Duration TO_CONNECT = Duration.ofSeconds(6);
    private static final Duration TO_MOVE = Duration.ofSeconds(3);

    private final JanusSession session;
    private final MediaStack media;
    private final LongSupplier nanos;
    private final Function<TransportPlan, IceSetup> ice;
    private final Consumer<String> onLost;
    private final Consumer<JsonNode> onEvent;
    private final Map<Long, StreamSinks> sinksByFeed = new LinkedHashMap<>();
    private @Nullable JanusHandle handle;
    private volatile @Nullable MediaEnd end;

    /// @param onEvent gets what Janus tells of the handle: [#renegotiate] on another thread, if there is an
    ///     offer
    Subscriber(
            JanusSession session,
            MediaStack media,
            LongSupplier nanos,
            Function<TransportPlan, IceSetup> ice,
            Consumer<String> onLost,
            Consumer<JsonNode> onEvent) {
        this.session = session;
        this.media = media;
        this.nanos = nanos;
        this.ice = ice;
        this.onLost = onLost;
        this.onEvent = onEvent;
    }

    void subscribe(long room, TransportPlan plan, long feed, StreamSinks sinks) {
        sinksByFeed.put(feed, sinks);
        try {
            JanusHandle here = handle;
            if (here == null) {
                connect(room, plan);
                return;
            }
            ObjectNode body = JanusLink.node().put("request", "subscribe");
            body.putArray("streams").addObject().put("feed", feed);
            JanusHandle.Answer answer = here.message(body).orThrow();
            renegotiate(answer.data(), answer.sdp());
        } catch (RuntimeException e) {
            sinksByFeed.remove(feed);
            throw e;
        }
    }

    void unsubscribe(long feed) {
        JanusHandle here = handle;
        if (sinksByFeed.remove(feed) == null || here == null) {
            return;
        }
        if (sinksByFeed.isEmpty()) {
            cut();
            return;
        }
        ObjectNode body = JanusLink.node().put("request", "unsubscribe");
        body.putArray("streams").addObject().put("feed", feed);
        JanusHandle.Answer answer = here.message(body);
        if (answer.errorCode() == 0) { // else Janus has taken it off by itself
            renegotiate(answer.data(), answer.sdp());
        }
    }

    /// The feed is gone, and Janus takes it off the connection by itself.
    void feedLeft(long feed) {
        if (sinksByFeed.remove(feed) != null && sinksByFeed.isEmpty()) {
            cut();
        }
    }

    /// Answers an offer of Janus's.
    void renegotiate(JsonNode data, String offer) {
        JanusHandle here = handle;
        MediaEnd of = end;
        if (here == null || of == null || offer.isEmpty()) {
            return;
        }
        String answer = of.link().answer(offer);
        route(of, data);
        here.message(JanusLink.node().put("request", "start"), "answer", answer).orThrow();
    }

    private void connect(long room, TransportPlan plan) {
        JanusHandle made = session.attach(onEvent);
        MediaEnd receiving = new MediaEnd(made, onLost);
        handle = made;
        try {
            ObjectNode body = JanusLink.node()
                    .put("request", "join")
                    .put("ptype", "subscriber")
                    .put("room", room);
            ArrayNode streams = body.putArray("streams");
            sinksByFeed.keySet().forEach(feed -> streams.addObject().put("feed", feed));
            JanusHandle.Answer answer = made.message(body).orThrow();
            receiving.begin(media.receiver(ice.apply(plan), receiving));
            end = receiving;
            renegotiate(answer.data(), answer.sdp());
            if (!receiving.awaitPath(plan, TO_CONNECT, nanos)) {
                throw receiving.noPath("what is received");
            }
        } catch (RuntimeException e) {
            cut();
            throw e;
        }
    }

    /// Which mid goes to whose sinks: Janus says so beside every offer.
    private void route(MediaEnd of, JsonNode data) {
        for (JsonNode stream : data.path("streams")) {
            StreamSinks sinks = sinksByFeed.get(stream.path("feed_id").asLong(0));
            if (sinks == null || !stream.path("active").asBoolean(true)) {
                continue;
            }
            String mid = stream.path("mid").asString("");
            if (stream.path("type").asString("").equals("audio")) {
                of.link().hear(mid, sinks.audio());
            } else {
                of.link().watch(mid, sinks.video());
            }
        }
    }

    /// Begins to move to another plan while the connection stands.
    ///
    /// @return false if Janus does not want to; then only a new connection helps
    boolean beginMove(TransportPlan plan) {
        JanusHandle here = handle;
        MediaEnd moved = end;
        if (here == null || moved == null) {
            return sinksByFeed.isEmpty();
        }
        moved.link().configure(ice.apply(plan));
        ObjectNode body = JanusLink.node().put("request", "configure").put("restart", true);
        JanusHandle.Answer answer = here.message(body);
        if (answer.errorCode() != 0 || answer.sdp().isEmpty()) {
            return false;
        }
        renegotiate(answer.data(), answer.sdp());
        return true;
    }

    /// @return false if the connection stays where it is; then only a new one helps
    boolean awaitMoved(TransportPlan plan) {
        MediaEnd moved = end;
        return moved == null || moved.awaitPath(plan, TO_MOVE, nanos);
    }

    /// Whoever did not move sends on, and does not know what was missed here meanwhile. Drops a picture or
    /// two, so only where some are missing anyway.
    void refreshPictures() {
        JanusHandle here = handle;
        if (here != null) {
            here.refreshReceived();
        }
    }

    /// Receives again what is received, by a new connection.
    void rebuild(long room, TransportPlan plan) {
        cut();
        if (!sinksByFeed.isEmpty()) {
            connect(room, plan);
        }
    }

    /// At once. What was subscribed is remembered.
    void cut() {
        MediaEnd cut = end;
        end = null;
        if (cut != null) {
            cut.close();
        }
        JanusHandle gone = handle;
        handle = null;
        if (gone != null) {
            gone.detach();
        }
    }

    Optional<LinkStats> statistics() {
        MediaEnd of = end;
        return of == null ? Optional.empty() : of.statistics();
    }
}
