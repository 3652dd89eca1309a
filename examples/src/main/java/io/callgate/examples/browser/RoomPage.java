package io.callgate.examples.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.callgate.client.CloudProxy;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Trust;
import io.callgate.examples.SystemTime;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.janus.JanusService;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A page that joins the room of a Janus, sends camera and microphone, and shows who else is there; all of it
/// through the relay, with nothing set in the browser.
///
/// The page's server has the lease: it gives the page the ICE servers of the moment, and a door for
/// signalling that leads through the relay too. In the page there is no secret but the lease's short-lived
/// credential.
public final class RoomPage implements ProxyEvents {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final String room;
    private final CloudProxy proxy;
    private final SignallingDoor door;
    private volatile Optional<Failure> failure = Optional.empty();

    private RoomPage(String relay, Trust trust, URI janus, String room, String token) throws IOException {
        this.room = room;
        this.proxy = CloudProxy.builder(new SystemTime())
                .entry(relay)
                .trust(trust)
                .uid("page")
                .token(() -> token)
                .mode(RequestedMode.STANDARD)
                .events(this)
                .build();
        this.door = SignallingDoor.to(janus, proxy.signallingSockets());
    }

    /// @param args relay as HOST:PORT, its certificate in PEM, the URL of Janus (`ws://…`), the room; the
    ///     token of the user `page` is in `CALLGATE_TOKEN`
    public static void main(String[] args) throws IOException, InterruptedException {
        String token = System.getenv("CALLGATE_TOKEN");
        if (args.length != 4 || token == null) {
            System.err.println("usage: RoomPage RELAY CERTIFICATE JANUS ROOM, and CALLGATE_TOKEN");
            System.exit(2);
            return;
        }
        Trust trust = Trust.authorities(Files.readAllBytes(Path.of(args[1])));
        RoomPage page = new RoomPage(args[0], trust, URI.create(args[2]), args[3], token);
        page.proxy.start();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", page::answer);
        server.start();
        System.out.println(
                "open http://127.0.0.1:" + server.getAddress().getPort() + "/ in a browser; Ctrl-C ends this");
        new CountDownLatch(1).await();
    }

    // ------------------------------------------------------------------------------------- what the page asks for

    private void answer(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/" -> file(exchange, "room.html", "text/html");
            case "/room.css" -> file(exchange, "room.css", "text/css");
            case "/room.js" -> file(exchange, "room.js", "text/javascript");
            case "/janus.js" -> file(exchange, "janus.js", "text/javascript");
            case "/way" ->
                answer(exchange, 200, "application/json", way().toString().getBytes(UTF_8));
            default -> answer(exchange, 404, "text/plain", "not here".getBytes(UTF_8));
        }
    }

    private void file(HttpExchange exchange, String name, String type) throws IOException {
        try (InputStream in = RoomPage.class.getResourceAsStream(name)) {
            answer(exchange, 200, type, in == null ? new byte[0] : in.readAllBytes());
        }
    }

    /// Where the page goes, and by what; without ICE servers while there is no way.
    ///
    /// Of the plan's ICE servers only the first, the way in use: a browser makes an allocation for each URL in
    /// each of its connections, and has one of those for everybody in the room. All URLs would use up a subject's
    /// allocations with five people. When the way is lost, the page asks again.
    private ObjectNode way() {
        ObjectNode way = MAPPER.createObjectNode();
        Optional<Plan> plan = proxy.plan();
        way.put("room", JanusService.roomOf(room));
        way.put("signalling", door.url());
        way.put("relay", plan.map(Plan::relay).orElse(""));
        way.put("path", plan.map(Plan::path).map(EffectivePath::name).orElse(""));
        way.put(
                "failure",
                plan.isPresent() ? "" : failure.map(Failure::toString).orElse(""));
        ArrayNode servers = way.putArray("iceServers");
        plan.stream()
                .flatMap(known -> known.iceServers().stream())
                .limit(1)
                .forEach(server -> servers.addObject()
                        .put("urls", server.urls().get(0))
                        .put("username", server.credential().username())
                        .put("credential", server.credential().password()));
        return way;
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().add("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    // ------------------------------------------------------------------------------------- from the proxy

    @Override
    public void onConnected(EffectivePath path, boolean byFallback, Duration elapsed) {
        System.out.println("through the relay by " + path + " after " + elapsed.toMillis() + " ms");
    }

    @Override
    public void onFailed(Failure why) {
        failure = Optional.of(why);
        System.err.println(why);
    }
}
