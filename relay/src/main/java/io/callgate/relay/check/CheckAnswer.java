package io.callgate.relay.check;

import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What goes back. The ingress adds what belongs to its HTTP version, and leaves the body out for HEAD.
///
/// @param headers by lower-case name, Content-Length among them
/// @param refusal to be counted, if this is one
public record CheckAnswer(int status, Map<String, String> headers, Bytes body, Optional<DropReason> refusal) {
    static CheckAnswer of(int status, String type, byte[] body, Map<String, String> more) {
        return new CheckAnswer(status, headers(type, body, more), Bytes.of(body), Optional.empty());
    }

    static CheckAnswer refused(int status, DropReason reason, String text, Map<String, String> more) {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        return new CheckAnswer(
                status, headers("text/plain; charset=utf-8", body, more), Bytes.of(body), Optional.of(reason));
    }

    private static Map<String, String> headers(String type, byte[] body, Map<String, String> more) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", type);
        headers.put("content-length", Integer.toString(body.length));
        headers.put("cache-control", "no-store");
        headers.put("x-content-type-options", "nosniff");
        headers.putAll(more);
        return headers;
    }
}
