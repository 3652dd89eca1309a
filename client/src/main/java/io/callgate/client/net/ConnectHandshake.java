package io.callgate.client.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// HTTP CONNECT as a client (RFC 9110 §9.3.6, RFC 9112 §3.2.3).
final class ConnectHandshake {
    private static final int LONGEST_HEAD_BYTES = 16_384;
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;
    private static final int UNAUTHORIZED = 401; // what tinyproxy says to a wrong password
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: (.*))?");

    private static final Pattern AUTHENTICATE = Pattern.compile("(proxy|www)-authenticate:", Pattern.CASE_INSENSITIVE);

    private final Hop.HttpConnect hop;
    private final Socket socket;
    private final Attempt attempt;

    ConnectHandshake(Hop.HttpConnect hop, Socket socket, Attempt attempt) {
        this.hop = hop;
        this.socket = socket;
        this.attempt = attempt;
    }

    void connect(HostPort to) {
        int patienceMillis = attempt.leftMillis();
        try {
            socket.getOutputStream().write(request(to).getBytes(ISO_8859_1));
            judge(head(), to);
        } catch (IOException e) {
            throw Causes.ofStream(hop.toString(), "asking it for " + to, e, patienceMillis);
        }
    }

    private String request(HostPort to) {
        // Basic at once, not only after a 407: it saves a round trip, and the proxy was named by whoever gave the
        // login.
        String login = hop.login()
                .map(known -> "Proxy-Authorization: Basic "
                        + Base64.getEncoder().encodeToString((known.name() + ":" + known.password()).getBytes(UTF_8))
                        + "\r\n")
                .orElse("");
        return "CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n" + login + "\r\n";
    }

    private List<String> head() throws IOException {
        HandshakeInput in = new HandshakeInput(socket, attempt);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
            if (head.length() >= LONGEST_HEAD_BYTES) {
                throw notHttp();
            }
            head.append((char) Byte.toUnsignedInt(in.next()));
            // Whoever does not begin like HTTP will hardly ever send an empty line.
            if (head.length() == 5 && !head.toString().equals("HTTP/")) {
                throw notHttp();
            }
        }
        return new ArrayList<>(List.of(head.toString().split("\r\n", -1)));
    }

    private void judge(List<String> head, HostPort to) {
        Matcher status = STATUS.matcher(head.get(0));
        if (!status.matches()) {
            throw notHttp();
        }
        int code = Integer.parseInt(status.group(1));
        if (code / 100 == 2) {
            return;
        }
        if (code == PROXY_AUTHENTICATION_REQUIRED || code == UNAUTHORIZED) {
            throw authentication(head);
        }
        throw new PathException(
                ErrorCode.HTTP_TUNNEL_FAILED,
                hop + " answers " + code + " " + status.group(2) + " when asked for " + to,
                "let that proxy open tunnels to " + to);
    }

    private PathException authentication(List<String> head) {
        String schemes = String.join(
                ", ",
                head.stream()
                        .filter(line -> AUTHENTICATE.matcher(line).lookingAt())
                        .map(line -> line.substring(line.indexOf(':') + 1).trim())
                        .map(challenge -> challenge.split("[ ,]", 2)[0])
                        .distinct()
                        .toArray(String[]::new));
        boolean knowsBasic = schemes.toLowerCase(Locale.ROOT).contains("basic");
        String offered = schemes.isEmpty() ? "" : " (it offers " + schemes + ")";
        if (hop.login().isEmpty()) {
            return new PathException(
                    ErrorCode.PROXY_AUTH_REQUIRED,
                    hop + " wants a user name and password" + offered,
                    knowsBasic ? "give them for this proxy" : "let this machine through that proxy without them");
        }
        return new PathException(
                ErrorCode.PROXY_AUTH_REQUIRED,
                hop + " does not take the user name and password of "
                        + hop.login().get().name() + offered,
                knowsBasic ? "check them" : "it takes no Basic: let this machine through without");
    }

    private PathException notHttp() {
        return new PathException(
                ErrorCode.HTTP_TUNNEL_FAILED,
                hop + " does not answer in HTTP",
                "check its address and port, and whether it wants TLS");
    }
}
