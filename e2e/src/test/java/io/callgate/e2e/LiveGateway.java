package io.callgate.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A live cloud in small: WHIP and WHEP in front of Janus VideoRoom, a room for each stream, a program of its own.
/// Janus offers to whoever receives, so an offer of WHEP gets a counter-offer (406), as `janus-whep-server` has
/// it.
///
/// Tells what it does, a line each; stops with its signals.
final class LiveGateway {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final long HOST_ID = 1; // whoever publishes, in the room of its stream

    private final String janus;
    private final Set<String> tokens;
    private final Map<String, Talk> resources = new ConcurrentHashMap<>();
    private int made;

    private LiveGateway(String janus, Set<String> tokens) {
        this.janus = janus;
        this.tokens = tokens;
    }

    /// @param arguments address, port, URL of Janus; tokens that are taken stand in `LIVE_TOKENS`, with commas
    public static void main(String[] arguments) throws IOException {
        LiveGateway gateway = new LiveGateway(
                arguments[2], Set.of(System.getenv("LIVE_TOKENS").split(",", -1)));
        HttpServer server = HttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 0);
        server.createContext("/", gateway::answer);
        server.start();
        System.out.println("ready");
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String sdp = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            String[] path = exchange.getRequestURI().getPath().split("/", -1);
            int status;
            String body = "";
            if (!tokens.contains(authorization.replaceFirst("^Bearer ", ""))) {
                status = 401;
            } else if (exchange.getRequestMethod().equals("POST")) {
                Talk talk = new Talk(path[2]);
                JsonNode told = path[1].equals("whip") ? talk.publish(sdp) : talk.play();
                body = told.path("jsep").path("sdp").asString("");
                status = body.isEmpty() ? 404 : path[1].equals("whip") ? 201 : 406;
                if (status != 404) exchange.getResponseHeaders().add("Location", keep(path[1], talk));
                else talk.close();
            } else {
                status = change(
                        exchange.getRequestMethod(), exchange.getRequestURI().getPath(), sdp);
            }
            System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + status);
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/sdp");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized String keep(String kind, Talk talk) {
        String location = "/resource/" + kind + "/" + talk.stream + "/" + ++made;
        resources.put(location, talk);
        return location;
    }

    private int change(String method, String path, String sdp) {
        Talk talk = method.equals("DELETE") ? resources.remove(path) : resources.get(path);
        if (talk == null) return 404;
        if (method.equals("DELETE")) {
            talk.close();
            return 200;
        }
        talk.start(sdp);
        return 204;
    }

    /// One session of Janus with one handle.
    private final class Talk implements WebSocket.Listener {
        private final String stream;
        private final long room;
        private final WebSocket socket;
        private final LinkedBlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final long session;
        private final long handle;
        private int transactions;

        Talk(String stream) {
            this.stream = stream;
            this.room = 1_000_000L + Integer.toUnsignedLong(stream.hashCode());
            socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .subprotocols("janus-protocol")
                    .buildAsync(URI.create(janus), this)
                    .join();
            session = ask(request("create")).path("data").path("id").asLong();
            handle = ask(request("attach").put("session_id", session).put("plugin", "janus.plugin.videoroom"))
                    .path("data")
                    .path("id")
                    .asLong();
        }

        JsonNode publish(String offer) {
            message(
                    body("create")
                            .put("publishers", 1)
                            .put("audiocodec", "opus")
                            .put("videocodec", "vp8"),
                    "",
                    "");
            return message(body("joinandconfigure").put("ptype", "publisher").put("id", HOST_ID), "offer", offer);
        }

        /// @return without an offer if nobody publishes
        JsonNode play() {
            ObjectNode join = body("join").put("ptype", "subscriber");
            join.putArray("streams").addObject().put("feed", HOST_ID);
            return message(join, "", "");
        }

        void start(String answer) {
            message(body("start"), "answer", answer);
        }

        void close() {
            socket.sendText(request("destroy").put("session_id", session).toString(), true);
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
        }

        private ObjectNode body(String request) {
            return JsonNodeFactory.instance.objectNode().put("request", request).put("room", room);
        }

        private JsonNode message(ObjectNode body, String type, String sdp) {
            ObjectNode message = request("message").put("session_id", session).put("handle_id", handle);
            message.set("body", body);
            if (!sdp.isEmpty()) message.putObject("jsep").put("type", type).put("sdp", sdp);
            return ask(message);
        }

        private ObjectNode request(String verb) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("janus", verb)
                    .put("transaction", Integer.toString(++transactions));
        }

        private JsonNode ask(ObjectNode message) {
            String transaction = message.path("transaction").asString();
            socket.sendText(message.toString(), true).join();
            try {
                while (true) {
                    JsonNode answer = told.poll(5, TimeUnit.SECONDS);
                    if (answer == null) throw new IllegalStateException("Janus does not answer");
                    boolean isAck = answer.path("janus").asString("").equals("ack");
                    if (!isAck && answer.path("transaction").asString("").equals(transaction)) return answer;
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                told.add(MAPPER.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
