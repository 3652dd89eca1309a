package io.callgate.client.lease;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.callgate.client.net.Attempt;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One request and its answer (RFC 9112) on a connection that ends with it. Small on purpose: no redirects, no
/// cookies, no compression, an answer of 1 MB at most, as a relay
/// passes on.
final class HttpExchange {
    private static final int LARGEST_HEAD_BYTES = 16_384;
    private static final int LARGEST_BODY_BYTES = 1_048_576;
    private static final int UNTIL_END = -1;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");

    private final Socket socket;
    private final InputStream in;
    private final Attempt attempt;
    private int headBytes;

    /// What a server said.
    record Answer(int status, String body) {}

    HttpExchange(Socket socket, Attempt attempt) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.attempt = attempt;
    }

    /// @param headers besides Host, Content-Length and Connection
    Answer ask(String method, String path, String host, Map<String, String> headers, String body) throws IOException {
        byte[] content = body.getBytes(UTF_8);
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(content.length).append("\r\nConnection: close\r\n\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head.toString().getBytes(ISO_8859_1));
        request.write(content);
        socket.getOutputStream().write(request.toByteArray());
        return answer();
    }

    private Answer answer() throws IOException {
        Matcher status = STATUS.matcher(line());
        if (!status.matches()) {
            throw new IOException("the answer is no HTTP/1.1");
        }
        Map<String, String> fields = fields();
        boolean chunked = fields.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
        byte[] body = chunked ? chunks() : bytes(length(fields));
        return new Answer(Integer.parseInt(status.group(1)), new String(body, UTF_8));
    }

    private Map<String, String> fields() throws IOException {
        Map<String, String> fields = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
        }
        return fields;
    }

    private static int length(Map<String, String> fields) throws IOException {
        String length = fields.get("content-length");
        return length == null ? UNTIL_END : bounded(length, 10);
    }

    private static int bounded(String digits, int radix) throws IOException {
        try {
            int value = Integer.parseInt(digits, radix);
            if (value >= 0 && value <= LARGEST_BODY_BYTES) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new IOException("a body of \"" + digits + "\" bytes: want " + LARGEST_BODY_BYTES + " at most");
    }

    private static void requireBounded(int bytes) throws IOException {
        if (bytes > LARGEST_BODY_BYTES) {
            throw new IOException("a body of more than " + LARGEST_BODY_BYTES + " bytes");
        }
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int bytes = chunkBytes(); bytes > 0; bytes = chunkBytes()) {
            body.write(bytes(bytes));
            requireBounded(body.size());
            line();
        }
        return body.toByteArray();
    }

    private int chunkBytes() throws IOException {
        return bounded(line().split(";", 2)[0].trim(), 16);
    }

    private byte[] bytes(int wanted) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (wanted == UNTIL_END || body.size() < wanted) {
            int next = next();
            if (next < 0 && wanted == UNTIL_END) {
                break;
            }
            if (next < 0) {
                throw new EOFException("the answer ends early");
            }
            body.write(next);
            requireBounded(body.size());
        }
        return body.toByteArray();
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = next(); next != '\n'; next = next()) {
            if (next < 0) {
                throw new EOFException("the answer ends early");
            }
            if (++headBytes > LARGEST_HEAD_BYTES) {
                throw new IOException("a head of more than " + LARGEST_HEAD_BYTES + " bytes");
            }
            line.append((char) next);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    private int next() throws IOException {
        if (in.available() == 0) {
            if (attempt.isOver()) {
                throw new SocketTimeoutException("the attempt is over");
            }
            socket.setSoTimeout(attempt.leftMillis());
        }
        return in.read();
    }
}
