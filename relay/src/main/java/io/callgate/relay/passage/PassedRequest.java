package io.callgate.relay.passage;

import io.callgate.model.IpAddress;
import io.callgate.wire.Bytes;
import java.util.List;
import java.util.Map;

/// One request of a client that control answers.
///
/// @param target path and query, of characters that need no escape
/// @param headers by lower-case name: those of [#HEADERS] that the client sent
/// @param body empty if there is none
/// @param client who asks: limits are by its network; control is not told (decision 0117)
public record PassedRequest(String method, String target, Map<String, String> headers, Bytes body, IpAddress client) {
    /// All that passes. Nothing that says where a client is, or through whom it came.
    public static final List<String> HEADERS = List.of("authorization", "content-type", "accept", "if-none-match");

    public PassedRequest {
        headers = Map.copyOf(headers);
    }

    PassedRequest with(Bytes otherBody) {
        return new PassedRequest(method, target, headers, otherBody, client);
    }
}
