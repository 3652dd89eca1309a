package io.callgate.relay.passage;

import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What goes back to the client: control's answer, or ours in its place.
///
/// @param headers by lower-case name, Content-Length among them unless the status forbids one
/// @param refusal to be counted, if the answer is ours
public record PassageAnswer(int status, Map<String, String> headers, Bytes body, Optional<DropReason> refusal) {
    /// What of control's answer reaches the client.
    public static final List<String> HEADERS =
            List.of("content-type", "cache-control", "etag", "retry-after", "www-authenticate");

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    /// What control has said.
    ///
    /// @param headers those of [#HEADERS] that it has
    public static PassageAnswer of(int status, Map<String, String> headers, Bytes body) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        if (status != NO_CONTENT && status != NOT_MODIFIED) { // RFC 9110 §8.6
            all.put("content-length", String.valueOf(body.length()));
        }
        all.put("x-content-type-options", "nosniff");
        return new PassageAnswer(status, all, body, Optional.empty());
    }

    /// In the form of control's own refusals (RFC 9457). The texts are ours and need no escape.
    static PassageAnswer problem(
            int status, String type, String title, String detail, String mend, DropReason reason, String... more) {
        byte[] body = ("{\"type\":\"urn:callgate:problem:" + type + "\",\"title\":\"" + title + "\",\"status\":"
                        + status + ",\"detail\":\"" + detail + "\",\"mend\":\"" + mend + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/problem+json");
        headers.put("content-length", String.valueOf(body.length));
        headers.put("cache-control", "no-store");
        headers.put("x-content-type-options", "nosniff");
        for (int i = 0; i < more.length; i += 2) {
            headers.put(more[i], more[i + 1]);
        }
        return new PassageAnswer(status, headers, Bytes.of(body), Optional.of(reason));
    }
}
