package io.callgate.client.net;

import io.callgate.client.failure.PathException;
import io.callgate.model.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.util.Locale;

/// What an exception of a socket means for the network between here and there.
final class Causes {
    private Causes() {}

    /// @param what the party that was dialled, as in "relay 203.0.113.7:443"
    static PathException ofConnect(String what, IOException e, int afterMillis) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (e instanceof NoRouteToHostException || text.contains("unreachable")) {
            return new PathException(
                    ErrorCode.NO_ROUTE,
                    "no route to " + what,
                    "check the network of this machine; a firewall that answers \"prohibited\" looks the same: open TCP"
                            + " there",
                    e);
        }
        if (e instanceof SocketTimeoutException) {
            return new PathException(
                    ErrorCode.TCP_BLOCKED,
                    "TCP to " + what + " gets no answer within " + afterMillis + " ms",
                    "a firewall drops it silently: open TCP to that address and port; or nothing runs there",
                    e);
        }
        if (e instanceof ConnectException && text.contains("refused")) {
            return new PathException(
                    ErrorCode.TCP_REFUSED,
                    "TCP to " + what + " is refused",
                    "a firewall rejects it, or nothing listens there: open TCP, and check that the port is right",
                    e);
        }
        return ofStream(what, "connecting", e, afterMillis);
    }

    /// @param doing what was under way when the stream failed
    static PathException ofStream(String what, String doing, IOException e, int afterMillis) {
        if (e instanceof SocketTimeoutException) {
            return new PathException(
                    ErrorCode.TCP_BLOCKED,
                    what + " accepts the connection and then says nothing for " + afterMillis + " ms while " + doing,
                    "a firewall that looks into connections swallows this one: exempt that address from inspection",
                    e);
        }
        String how = e instanceof EOFException ? "ended" : "reset";
        return new PathException(
                ErrorCode.TCP_RESET,
                "the connection to " + what + " is " + how + " while " + doing,
                "a firewall that looks into connections cuts this one: exempt that address from inspection",
                e);
    }
}
