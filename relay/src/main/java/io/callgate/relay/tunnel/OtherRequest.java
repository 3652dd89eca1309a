package io.callgate.relay.tunnel;

import io.callgate.relay.grant.DropReason;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/// A request that is no CONNECT, in whichever HTTP it came: the one place where these are answered.
///
/// @param path in origin form, `*`, or what else stood there
/// @param isForProxy whether it wants something from elsewhere fetched (`GET http://…`)
record OtherRequest(String method, String path, boolean isForProxy) {
    /// @param isLast whether an HTTP/1.1 connection ends with the answer
    HttpAnswer answer(Tunnels tunnels, boolean isLast) {
        tunnels.loop().drops().count(DropReason.UNEXPECTED_MESSAGE);
        return isForProxy
                ? new HttpAnswer(
                        HttpResponseStatus.METHOD_NOT_ALLOWED,
                        Map.of("Allow", "CONNECT"),
                        "Callgate tunnels by CONNECT only",
                        isLast)
                : new HttpAnswer(HttpResponseStatus.NOT_FOUND, Map.of(), "nothing here", isLast);
    }

    /// The answer to a HEAD is its head.
    boolean wantsBody() {
        return !method.equals("HEAD");
    }
}
