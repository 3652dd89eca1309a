package io.callgate.rtc.janus;

import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.io.Closeable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One session of Janus, which outlives the WebSockets that carry it: another one claims it.
final class JanusSession implements Closeable {
    /// Janus forgets a session after a minute of silence.
    private static final int KEEP_ALIVE_SECONDS = 20;

    private final JanusSockets sockets;
    private final Consumer<String> onLost;
    private final Map<Long, Consumer<JsonNode>> byHandle = new ConcurrentHashMap<>();
    private final ScheduledExecutorService keepAlive = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread made = new Thread(work, "callgate-janus-keepalive");
        made.setDaemon(true);
        return made;
    });
    private volatile @Nullable JanusLink link;
    private volatile long id;
    private volatile boolean isForgotten;

    /// @param onLost told when the WebSocket in use ends, or Janus gives the session up
    JanusSession(JanusSockets sockets, Consumer<String> onLost) {
        this.sockets = sockets;
        this.onLost = onLost;
    }

    void open(TransportPlan plan) {
        JanusLink made = connect(plan);
        link = made;
        create(made);
        keepAlive.scheduleWithFixedDelay(this::keepAlive, KEEP_ALIVE_SECONDS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    }

    /// A WebSocket that ended while the engine was busy with a move may have gone unheard.
    private void keepAlive() {
        if (isUp()) {
            tell("keepalive", JanusLink.node());
        } else {
            onLost.accept("the WebSocket has closed");
        }
    }

    /// Whether the WebSocket in use has not ended.
    boolean isUp() {
        JanusLink by = link;
        return by != null && by.isOpen();
    }

    /// Goes on by another WebSocket.
    ///
    /// @return whether the session is still the same; if not, its handles are gone with it
    boolean moveTo(TransportPlan plan) {
        JanusLink old = link;
        JanusLink made = connect(plan);
        link = made;
        if (old != null) {
            old.cut();
        }
        if (!isForgotten) {
            JsonNode answer = made.request("claim", id, JanusLink.node());
            if (!isError(answer)) {
                return true;
            }
            int code = answer.path("error").path("code").asInt(0);
            if (code != JanusErrors.NO_SUCH_SESSION) {
                throw errorOf(answer);
            }
        }
        byHandle.clear();
        create(made);
        return false;
    }

    private JanusLink connect(TransportPlan plan) {
        JanusLink[] made = new JanusLink[1];
        made[0] = JanusLink.open(sockets, plan, this::onEvent, why -> {
            if (made[0] == link) { // an old one that ends is no loss
                onLost.accept(why);
            }
        });
        return made[0];
    }

    private void create(JanusLink by) {
        JsonNode created = by.request("create", 0, JanusLink.node());
        if (isError(created)) {
            throw errorOf(created);
        }
        id = created.path("data").path("id").asLong();
        isForgotten = false;
    }

    private void onEvent(JsonNode event) {
        if (event.path("janus").asString("").equals("timeout")
                && event.path("session_id").asLong(0) == id) {
            isForgotten = true;
            onLost.accept("Janus has forgotten the session");
            return;
        }
        Consumer<JsonNode> handler = byHandle.get(event.path("sender").asLong(0));
        if (handler != null) {
            handler.accept(event);
        }
    }

    /// @return the answer, when it is no error
    JsonNode request(String verb, ObjectNode body) {
        JsonNode answer = requireLink().request(verb, id, body);
        if (isError(answer)) {
            throw errorOf(answer);
        }
        return answer;
    }

    void tell(String verb, ObjectNode body) {
        JanusLink by = link;
        if (by != null) {
            by.tell(verb, id, body);
        }
    }

    /// @param onEvent gets what Janus tells of this handle, on OkHttp's thread
    JanusHandle attach(Consumer<JsonNode> onEvent) {
        JsonNode attached = request("attach", JanusLink.node().put("plugin", "janus.plugin.videoroom"));
        long handle = attached.path("data").path("id").asLong();
        byHandle.put(handle, onEvent);
        return new JanusHandle(this, handle);
    }

    void detached(long handle) {
        byHandle.remove(handle);
    }

    private JanusLink requireLink() {
        JanusLink by = link;
        if (by == null) {
            throw new IllegalStateException("not open yet");
        }
        return by;
    }

    private static boolean isError(JsonNode answer) {
        return answer.path("janus").asString("").equals("error");
    }

    private static ServiceException errorOf(JsonNode answer) {
        JsonNode error = answer.path("error");
        return JanusErrors.of(error.path("code").asInt(0), error.path("reason").asString(""));
    }

    @Override
    public void close() {
        keepAlive.shutdownNow();
        JanusLink by = link;
        link = null;
        if (by != null) {
            by.close();
        }
    }
}
