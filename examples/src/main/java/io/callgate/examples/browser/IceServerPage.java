package io.callgate.examples.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.examples.RelayLogin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;

/// An app's web server in small: it keeps what signs, and gives each page the ICE servers to use. A real one asks
/// control for a lease for each user and passes its `iceServers` on; this one has a single credential.
public final class IceServerPage {
    private static final String PAGE = """
        <!doctype html>
        <title>ICE through Callgate</title>
        <ul></ul>
        <script>
          const say = text => document.querySelector('ul').append(
            Object.assign(document.createElement('li'), {textContent: text}));
          fetch('ice-servers').then(answer => answer.json()).then(async iceServers => {
            // "relay": nothing but the relay, so that no firewall sees another address.
            const connection = new RTCPeerConnection({iceServers, iceTransportPolicy: 'relay'});
            connection.onicecandidate = event => say(event.candidate ? event.candidate.candidate : 'done');
            connection.onicecandidateerror = event => say(event.url + ': ' + event.errorCode + ' ' + event.errorText);
            connection.createDataChannel('any');
            await connection.setLocalDescription();
          });
        </script>
        """;

    private IceServerPage() {}

    /// @param args the relay, as HOST:PORT
    public static void main(String[] args) throws IOException, InterruptedException {
        HostPort relay = HostPort.parse(args.length == 0 ? "127.0.0.1:8443" : args[0], 443);
        Login login = RelayLogin.fromEnvironment();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> answer(exchange, "text/html", PAGE));
        server.createContext(
                "/ice-servers", exchange -> answer(exchange, "application/json", iceServers(relay, login)));
        server.start();
        System.out.println(
                "open http://127.0.0.1:" + server.getAddress().getPort() + "/ in a browser; Ctrl-C ends this");
        new CountDownLatch(1).await();
    }

    /// Names and passwords of relays are base64 and a few marks: nothing that JSON would have to escape.
    private static String iceServers(HostPort relay, Login login) {
        return """
            [{"urls": ["turn:%1$s?transport=udp", "turn:%1$s?transport=tcp"], "username": "%2$s", "credential": "%3$s"}]
            """.formatted(relay, login.name(), login.password());
    }

    private static void answer(HttpExchange exchange, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type + "; charset=utf-8");
        exchange.getResponseHeaders().add("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
