package io.callgate.relay.check;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import java.util.Optional;
import java.util.function.Function;

/// A request that is not for a proxy, whatever HTTP version it came by.
///
/// @param target path and query as the client wrote them
/// @param authority `Host`, or HTTP/2's `:authority`; empty if there is none
/// @param header the first value of a header by its lower-case name
/// @param client who asks
/// @param local where on this relay it came in
public record CheckRequest(
        String method,
        String target,
        String authority,
        Function<String, Optional<String>> header,
        IpAddress client,
        Endpoint local) {
    String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }
}
