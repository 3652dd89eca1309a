package io.callgate.rtc.janus;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.LinkStats;
import io.callgate.rtc.media.MediaException;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceListener;
import io.callgate.rtc.service.ServiceSession;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One user in one room: a handle that is in the room and sends, and a second one that receives.
///
/// The engine's work thread calls; what Janus offers unasked is answered on a thread of the room's own.
/// Both hold the lock while they do.
final class JanusRoom implements ServiceSession {
    private static final int MOST_PUBLISHERS = 100;

    /// After a move. Who else moved, a moment before or after, has lost pictures by it, and a decoder that lacks
    /// one waits three seconds before it asks for a whole one.
    private static final List<Duration> WHOLE_PICTURES =
            List.of(Duration.ZERO, Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));

    private final JanusService.Options options;
    private final JoinRequest request;
    private final long room;
    private final ServiceListener listener;
    private final JanusSession session;
    private final Feeds feeds;
    private final Publisher publisher;
    private final Subscriber subscriber;
    private final ReentrantLock lock = new ReentrantLock();
    private final Unasked unasked = new Unasked(lock, this::mediaLost);

    private @Nullable JanusHandle handle; // of the lock
    private long ownId; // of the lock
    private TransportPlan plan = TransportPlan.direct(0); // of the lock
    private long signallingEpoch; // of the lock; of the plan that signalling goes by
    private boolean isIn; // of the lock; whether the handle is of the session in use
    private boolean isBehind; // of the lock; whether others may have come and gone unheard
    private volatile boolean isClosed;

    JanusRoom(
            JanusSockets sockets,
            JanusService.Options options,
            JoinRequest request,
            MediaStack media,
            ServiceListener listener) {
        this.options = options;
        this.request = request;
        this.room = JanusService.roomOf(request.channel());
        this.listener = listener;
        this.feeds = new Feeds(listener);
        LongSupplier nanos = sockets.time()::nanos;
        this.session = new JanusSession(sockets, this::signallingLost);
        this.publisher = new Publisher(media, nanos, this::iceOf, this::mediaLost);
        this.subscriber = new Subscriber(session, media, nanos, this::iceOf, this::mediaLost, this::offered);
    }

    /// While direct the STUN server beside Janus belongs to ICE; in a forced plan nothing but the relay does.
    private IceSetup iceOf(TransportPlan by) {
        if (by.isForced() || options.stun().isEmpty()) {
            return by.ice();
        }
        List<IceSetup.Server> servers = new ArrayList<>(by.ice().servers());
        servers.add(new IceSetup.Server(List.of("stun:" + options.stun().get()), "", ""));
        return new IceSetup(servers, false, true);
    }

    // ------------------------------------------------------------------------------------- the room

    void enter(TransportPlan by) {
        hold();
        try {
            plan = by;
            session.open(by);
            signallingEpoch = by.epoch();
            feeds.take(join());
        } finally {
            lock.unlock();
        }
    }

    private JsonNode join() {
        JanusHandle made = session.attach(this::told);
        handle = made;
        ObjectNode body = JanusLink.node()
                .put("request", "join")
                .put("ptype", "publisher")
                .put("room", room)
                .put("display", display());
        if (options.sendsToken()) {
            request.token().ifPresent(token -> body.put("token", token));
        }
        JanusHandle.Answer answer = made.message(body.deepCopy());
        if (answer.errorCode() == JanusErrors.NO_SUCH_ROOM && options.makesRooms()) {
            make(made);
            answer = made.message(body);
        }
        JsonNode data = answer.orThrow().data();
        ownId = data.path("id").asLong();
        isIn = true;
        return data;
    }

    private void make(JanusHandle by) {
        ObjectNode body = JanusLink.node()
                .put("request", "create")
                .put("room", room)
                .put("description", request.channel())
                .put("publishers", MOST_PUBLISHERS)
                .put("notify_joining", true)
                .put("audiocodec", "opus")
                .put("videocodec", "vp8");
        JanusHandle.Answer answer = by.message(body);
        if (!JanusErrors.isRoomThere(answer.errorCode())) {
            answer.orThrow();
        }
    }

    private String display() {
        return Feeds.display(
                request.user(), publisher.publication().map(Publication::name).orElse(""));
    }

    private JanusHandle requireHandle() {
        JanusHandle here = handle;
        if (here == null) {
            throw new IllegalStateException("not in the room");
        }
        return here;
    }

    // ------------------------------------------------------------------------------------- sending and receiving

    @Override
    public void publish(Publication publication) {
        hold();
        try {
            JanusHandle here = requireHandle();
            if (publisher.isThere()) {
                publisher.forget();
                here.message(JanusLink.node().put("request", "unpublish"));
            }
            try {
                publisher.publish(here, plan, publication, Feeds.display(request.user(), publication.name()));
            } catch (RuntimeException e) {
                publisher.forget();
                here.message(JanusLink.node().put("request", "unpublish"));
                throw e;
            }
        } catch (MediaException e) {
            throw failed("sending", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unpublish() {
        hold();
        try {
            publisher.forget();
            requireHandle().message(JanusLink.node().put("request", "unpublish"));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void subscribe(String name, StreamSinks sinks) {
        hold();
        try {
            long feed = feeds.find(name)
                    .orElseThrow(() ->
                            ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, "stream " + name + " has gone"));
            subscriber.subscribe(room, plan, feed, sinks);
        } catch (MediaException e) {
            throw failed("receiving " + name, e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void unsubscribe(String name) {
        hold();
        try {
            feeds.find(name).ifPresent(subscriber::unsubscribe);
        } catch (MediaException e) {
            throw failed("receiving no more of " + name, e);
        } finally {
            lock.unlock();
        }
    }

    // ------------------------------------------------------------------------------------- moving

    @Override
    public void apply(TransportPlan to) {
        move(to, false);
    }

    @Override
    public void reclaim(TransportPlan to) {
        move(to, true);
    }

    /// Each try that fails leaves known how far it got, so that the next goes on from there, signalling included.
    ///
    /// @param anew whether signalling is known to be lost
    private void move(TransportPlan to, boolean anew) {
        hold();
        try {
            // ICE keeps a pair that works until it has found a better one. Where the old way is not allowed any
            // more, that would be media on it: cut first.
            boolean cutsFirst = to.isForced() && !plan.isForced();
            boolean wasCut = anew || !session.isUp() || isSameWay(to);
            plan = to;
            if (cutsFirst) {
                publisher.cut();
                subscriber.cut();
            }
            boolean hasFailed = isBehind;
            if (anew || to.epoch() != signallingEpoch || !session.isUp()) {
                moveSignalling(to);
            }
            if (!isIn) {
                enterAnew();
            } else {
                if (hasFailed) {
                    catchUp(); // that may have been for somebody who has gone
                }
                moveMedia(to);
                if (wasCut) {
                    subscriber.refreshPictures();
                }
                if (isBehind) {
                    catchUp();
                }
            }
            if (!session.isUp()) {
                throw ServiceException.unreachable(ErrorCode.TCP_RESET, "signalling was lost during the move");
            }
        } catch (MediaException e) {
            throw failed("moving", e);
        } finally {
            lock.unlock();
        }
    }

    /// The way in use again: what lies below it has changed. From one way to another nothing needs to be lost.
    private boolean isSameWay(TransportPlan to) {
        return to.path() == plan.path() && to.relay().equals(plan.relay());
    }

    private void moveSignalling(TransportPlan to) {
        signallingEpoch = 0; // a socket that has not claimed the session yet is no way of its
        isBehind = true;
        isIn &= session.moveTo(to);
        signallingEpoch = to.epoch();
    }

    private void moveMedia(TransportPlan to) {
        JanusHandle here = requireHandle();
        boolean receives = subscriber.beginMove(to);
        boolean sends = publisher.beginMove(here, to);
        if (!receives || !subscriber.awaitMoved(to)) {
            subscriber.rebuild(room, to);
        }
        if (!sends || !publisher.awaitMoved(to)) {
            publisher.rebuild(here, to, display());
        }
        if (publisher.publication().isPresent()) {
            WHOLE_PICTURES.forEach(after -> unasked.after(after, here::refreshPicture));
        }
    }

    /// What Janus tells while no WebSocket carries the session is lost.
    private void catchUp() {
        ObjectNode body = JanusLink.node().put("request", "listparticipants").put("room", room);
        JsonNode there = requireHandle().message(body).orThrow().data();
        feeds.keepUp(there.path("participants"), ownId).forEach(subscriber::feedLeft);
        isBehind = false;
    }

    /// Janus has forgotten this user: the room is entered again, and what was received and sent is so again.
    private void enterAnew() {
        subscriber.cut();
        publisher.cut();
        JsonNode data = join();
        feeds.keepOnly(data).forEach(subscriber::feedLeft);
        feeds.take(data);
        isBehind = false;
        subscriber.rebuild(room, plan);
        publisher.rebuild(requireHandle(), plan, display());
    }

    // ------------------------------------------------------------------------------------- what Janus tells

    /// Of the handle that is in the room, on OkHttp's thread.
    private void told(JsonNode event) {
        JsonNode data = event.path("plugindata").path("data");
        feeds.take(data);
        if (data.path("unpublished").isNumber()) {
            long id = data.path("unpublished").asLong();
            feeds.unpublished(id);
            unasked.now(() -> subscriber.feedLeft(id));
        }
        if (data.path("leaving").isNumber()) {
            long id = data.path("leaving").asLong();
            feeds.left(id);
            unasked.now(() -> subscriber.feedLeft(id));
        }
        if (data.path("reason").asString("").equals("kicked")) {
            listener.onEnded(ServiceListener.Ending.KICKED, "put out of the room");
        }
        if (data.path("videoroom").asString("").equals("destroyed")) {
            listener.onEnded(ServiceListener.Ending.CHANNEL_CLOSED, "the room was closed");
        }
    }

    /// Of the handle that receives.
    private void offered(JsonNode event) {
        String offer = event.path("jsep").path("sdp").asString("");
        if (!offer.isEmpty()) {
            unasked.now(() -> subscriber.renegotiate(event.path("plugindata").path("data"), offer));
        }
    }

    private void signallingLost(String why) {
        if (!isClosed) {
            listener.onSignallingLost(why);
        }
    }

    private void mediaLost(String why) {
        if (!isClosed) {
            listener.onMediaLost(why);
        }
    }

    private void hold() {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            throw ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, "called away", e);
        }
    }

    private static ServiceException failed(String what, MediaException e) {
        return ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, what + ": " + e.getMessage(), e);
    }

    // ------------------------------------------------------------------------------------- numbers and the end

    @Override
    public List<LinkStats> statistics() {
        List<LinkStats> links = new ArrayList<>();
        publisher.statistics().ifPresent(links::add);
        subscriber.statistics().ifPresent(links::add);
        return links;
    }

    @Override
    public void leave() {
        isClosed = true;
        try {
            session.tell("destroy", JanusLink.node());
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        unasked.close();
        publisher.cut();
        subscriber.cut();
        session.close();
    }
}
