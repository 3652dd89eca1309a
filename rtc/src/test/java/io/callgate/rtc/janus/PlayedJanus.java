package io.callgate.rtc.janus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A Janus in small, over WebSockets of its own: takes everything, and ends a WebSocket or forgets where a test
/// says so. Notes each request with the number of the WebSocket that it came by: `2 claim`, `1 join`.
final class PlayedJanus implements Closeable {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Pattern KEY = Pattern.compile("(?i)Sec-WebSocket-Key: (\\S+)");
    private static final String SDP = "v=0\r\n";
    private static final int TEXT = 1;

    private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    private final Map<String, Boolean> endings = new ConcurrentHashMap<>(); // by request; whether it is answered first
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet(); // by request
    private final AtomicInteger sockets = new AtomicInteger();
    private final AtomicInteger numbers = new AtomicInteger(1000);
    private final ServerSocket server;
    private volatile boolean knowsSession = true;
    private volatile String publishers = "[]";
    private volatile String participants = "[]";

    PlayedJanus() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        start(this::acceptAll);
    }

    String url() {
        return "ws://127.0.0.1:" + server.getLocalPort() + "/";
    }

    /// The WebSocket that brings the next request of that kind ends.
    ///
    /// @param answersFirst whether that request is still answered
    void endAt(String request, boolean answersFirst) {
        endings.put(request, answersFirst);
    }

    /// The next request of that kind is not answered, and its WebSocket stays open.
    void leaveUnanswered(String request) {
        unanswered.add(request);
    }

    /// As after a time of silence: the next claim is refused.
    void forgetSession() {
        knowsSession = false;
    }

    /// Whom the next join finds, and who is listed from now on, as JSON.
    void room(String sending, String all) {
        publishers = sending;
        participants = all;
    }

    /// What was asked since the last call, but for what nobody waits for.
    String asked() {
        StringBuilder all = new StringBuilder();
        for (String next = asked.poll(); next != null; next = asked.poll()) {
            all.append(all.isEmpty() ? "" : ", ").append(next);
        }
        return all.toString();
    }

    /// Waits for a request, and forgets what came before it.
    void await(String request) throws InterruptedException {
        String next = "";
        while (!request.equals(next)) {
            next = asked.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nobody asked: " + request);
            }
        }
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                int number = sockets.incrementAndGet();
                start(() -> serve(socket, number));
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "played-janus");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            greet(in, out);
            while (true) {
                JsonNode request = MAPPER.readTree(readText(in));
                String verb = request.path("janus").asString("");
                String what = verb.equals("message")
                        ? request.path("body").path("request").asString("")
                        : verb;
                boolean isTold = verb.equals("trickle") || verb.equals("detach") || verb.equals("destroy");
                if (isTold) {
                    continue;
                }
                asked.add(number + " " + what);
                if (unanswered.remove(what)) {
                    continue;
                }
                Boolean answersFirst = endings.remove(what);
                if (answersFirst == null || answersFirst) {
                    write(out, answer(request, what));
                }
                if (answersFirst != null) {
                    return;
                }
            }
        } catch (IOException e) {
            return; // the other end has gone
        }
    }

    private String answer(JsonNode request, String what) {
        boolean isRefused = what.equals("claim") && !knowsSession;
        ObjectNode answer = MAPPER.createObjectNode()
                .put("janus", isRefused ? "error" : "success")
                .put("transaction", request.path("transaction").asString(""));
        if (isRefused) {
            knowsSession = true;
            answer.putObject("error").put("code", JanusErrors.NO_SUCH_SESSION).put("reason", "forgotten");
            return answer.toString();
        }
        answer.putObject("data").put("id", numbers.incrementAndGet());
        ObjectNode data = answer.putObject("plugindata").putObject("data").put("id", 1);
        boolean receives = request.path("body").path("ptype").asString("").equals("subscriber")
                || request.path("body").path("restart").asBoolean(false);
        if (what.equals("join") && !receives) {
            data.set("publishers", MAPPER.readTree(publishers));
        } else if (what.equals("listparticipants")) {
            data.set("participants", MAPPER.readTree(participants));
        }
        if (receives) {
            answer.putObject("jsep").put("type", "offer").put("sdp", SDP);
        } else if (request.has("jsep")) {
            answer.putObject("jsep").put("type", "answer").put("sdp", SDP);
        }
        return answer.toString();
    }

    // ------------------------------------------------------------------------------------- RFC 6455, as far as needed

    private static void greet(DataInputStream in, OutputStream out) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        Matcher key = KEY.matcher(head);
        if (!key.find()) {
            throw new IOException("no WebSocket: " + head);
        }
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Protocol: janus-protocol\r\nSec-WebSocket-Accept: " + accept(key.group(1))
                + "\r\n\r\n";
        out.write(answer.getBytes(UTF_8));
    }

    private static String accept(String key) {
        try {
            byte[] both = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(UTF_8);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(both));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /// The next message of text; anything else is passed over.
    private static String readText(DataInputStream in) throws IOException {
        while (true) {
            int kind = in.readUnsignedByte() & 0x0F;
            int length = in.readUnsignedByte() & 0x7F;
            if (length == 126) {
                length = in.readUnsignedShort();
            }
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < payload.length; i++) {
                payload[i] ^= mask[i % 4];
            }
            if (kind == TEXT) {
                return new String(payload, UTF_8);
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        byte[] payload = text.getBytes(UTF_8);
        byte[] frame = new byte[4 + payload.length];
        frame[0] = (byte) (0x80 | TEXT);
        frame[1] = 126;
        frame[2] = (byte) (payload.length >> 8);
        frame[3] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 4, payload.length);
        out.write(frame);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
