package io.callgate.rtc.janus;

import io.callgate.model.TimeSource;
import io.callgate.rtc.http.PlannedHttp;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.net.URI;
import java.time.Duration;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/// Opens WebSockets to a Janus, each by the plan of its time.
final class JanusSockets {
    private final URI url;
    private final TimeSource time;
    private final Duration patience;
    private final PlannedHttp http;

    JanusSockets(URI url, TimeSource time, JanusService.Options options) {
        this.url = url;
        this.time = time;
        this.patience = options.patience();
        this.http = new PlannedHttp(String.valueOf(url.getHost()), time, options.tls());
    }

    /// Begins to open one; the listener is told how it goes.
    WebSocket open(TransportPlan plan, WebSocketListener listener) {
        Request request = new Request.Builder()
                .url(url.toString())
                .header("Sec-WebSocket-Protocol", "janus-protocol")
                .build();
        return http.by(plan).newWebSocket(request, listener);
    }

    /// How long an answer may take.
    Duration patience() {
        return patience;
    }

    TimeSource time() {
        return time;
    }

    /// Why a WebSocket did not open, as the engine understands it.
    ServiceException refusal(Throwable thrown, @Nullable Response response) {
        return http.refusal(thrown, response);
    }
}
