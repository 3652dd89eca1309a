package io.callgate.rtc.janus;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.io.Closeable;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One WebSocket to Janus: requests and their answers, and events. Requests block, any thread; events come
/// on OkHttp's.
final class JanusLink implements Closeable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int NORMAL_CLOSURE = 1000;

    private final JanusSockets sockets;
    private final Consumer<JsonNode> onEvent;
    private final Consumer<String> onLost;
    private final AtomicLong transactions = new AtomicLong();
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    private volatile boolean isClosed;
    private @Nullable WebSocket socket; // set before the link is handed out

    /// @param ackIsEnough whether `ack` is the whole answer, and not the promise of one
    private record Waiting(CompletableFuture<JsonNode> answer, boolean ackIsEnough) {}

    private JanusLink(JanusSockets sockets, Consumer<JsonNode> onEvent, Consumer<String> onLost) {
        this.sockets = sockets;
        this.onEvent = onEvent;
        this.onLost = onLost;
    }

    /// @param onEvent gets what Janus tells unasked
    /// @param onLost told once, if it ends without [#close]
    static JanusLink open(
            JanusSockets sockets, TransportPlan plan, Consumer<JsonNode> onEvent, Consumer<String> onLost) {
        JanusLink link = new JanusLink(sockets, onEvent, onLost);
        WebSocket socket = sockets.open(plan, link.new Ear());
        try {
            link.socket = link.await(link.opened);
            return link;
        } catch (ServiceException e) {
            link.isClosed = true;
            socket.cancel();
            throw e;
        }
    }

    /// Whether nothing has ended it yet, as far as is known here.
    boolean isOpen() {
        return !isClosed;
    }

    /// Sends a request of one session and waits for its answer, which may be an error. A WebSocket on which none
    /// comes is given up, though its pings may be answered: where Janus takes the session for another's, only the
    /// next one, which claims it, gets answers.
    ///
    /// @throws ServiceException if Janus does not answer
    JsonNode request(String verb, long session, ObjectNode body) {
        CompletableFuture<JsonNode> answer = begin(verb, session, body, verb.equals("keepalive"));
        try {
            return await(answer);
        } catch (ServiceException e) {
            if (e.getCause() instanceof TimeoutException) {
                ended(String.valueOf(e.getMessage()));
                cancel();
            }
            throw e;
        }
    }

    /// Sends a request whose answer nobody waits for.
    void tell(String verb, long session, ObjectNode body) {
        send(verb, session, body, Long.toString(transactions.incrementAndGet()));
    }

    private CompletableFuture<JsonNode> begin(String verb, long session, ObjectNode body, boolean ackIsEnough) {
        String transaction = Long.toString(transactions.incrementAndGet());
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(transaction, new Waiting(answer, ackIsEnough));
        answer.whenComplete((done, failed) -> waiting.remove(transaction));
        if (!send(verb, session, body, transaction)) {
            answer.completeExceptionally(lost("the WebSocket has closed"));
        }
        return answer;
    }

    private boolean send(String verb, long session, ObjectNode body, String transaction) {
        WebSocket to = socket;
        if (isClosed || to == null) {
            return false;
        }
        body.put("janus", verb).put("transaction", transaction);
        if (session != 0) {
            body.put("session_id", session);
        }
        return to.send(body.toString());
    }

    static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ServiceException lost(String why) {
        return ServiceException.unreachable(ErrorCode.TCP_RESET, why);
    }

    private <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(sockets.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            answer.cancel(false);
            throw ServiceException.unreachable(ErrorCode.TCP_BLOCKED, "called away from the SFU", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ServiceException known
                    ? known
                    : ServiceException.unreachable(ErrorCode.TCP_RESET, "the SFU cannot be asked", e);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw ServiceException.unreachable(
                    ErrorCode.TCP_BLOCKED,
                    "the SFU has not answered within " + sockets.patience().toMillis() + " ms",
                    e);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        WebSocket closing = socket;
        if (closing != null && !closing.close(NORMAL_CLOSURE, null)) {
            closing.cancel();
        }
        waiting.values().forEach(each -> each.answer().completeExceptionally(lost("the connection was closed")));
    }

    /// Without waiting for the other end, which may be gone.
    void cut() {
        close();
        cancel();
    }

    private void cancel() {
        WebSocket closing = socket;
        if (closing != null) {
            closing.cancel();
        }
    }

    private void ended(String why) {
        boolean isFirst = !isClosed;
        isClosed = true;
        waiting.values().forEach(each -> each.answer().completeExceptionally(lost(why)));
        if (isFirst) {
            onLost.accept(why);
        }
    }

    private final class Ear extends WebSocketListener {
        @Override
        public void onOpen(WebSocket open, Response response) {
            opened.complete(open);
        }

        @Override
        public void onMessage(WebSocket from, String text) {
            JsonNode message;
            try {
                message = MAPPER.readTree(text);
            } catch (JacksonException e) {
                from.cancel(); // whoever speaks here is no Janus
                return;
            }
            Waiting asked = waiting.get(message.path("transaction").asString(""));
            boolean isAck = message.path("janus").asString("").equals("ack");
            if (asked != null && (!isAck || asked.ackIsEnough())) {
                asked.answer().complete(message);
            } else if (asked == null && !isAck) {
                onEvent.accept(message);
            }
        }

        @Override
        public void onClosing(WebSocket from, int code, String reason) {
            from.close(NORMAL_CLOSURE, null);
            ended("closed by the other end with " + code);
        }

        @Override
        public void onFailure(WebSocket from, Throwable thrown, @Nullable Response response) {
            if (!opened.completeExceptionally(sockets.refusal(thrown, response))) {
                ended(String.valueOf(thrown.getMessage()));
            }
        }
    }
}
