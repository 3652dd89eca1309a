package io.callgate.rtc.janus;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.DialerSockets;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/// Opens WebSockets to a Janus, each by the plan of its time.
final class JanusSockets {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PING_EVERY = Duration.ofSeconds(4);

    private final URI url;
    private final TimeSource time;
    private final OkHttpClient client;

    JanusSockets(URI url, TimeSource time, Optional<JanusService.Tls> tls) {
        this.url = url;
        this.time = time;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dispatcher(new Dispatcher(Executors.newCachedThreadPool(JanusSockets::daemon)))
                .proxy(Proxy.NO_PROXY)
                .dns(name -> List.of(DialerSockets.unresolved(name)))
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .fastFallback(false)
                .connectTimeout(PATIENCE)
                .readTimeout(PATIENCE)
                .pingInterval(PING_EVERY);
        tls.ifPresent(trust -> builder.sslSocketFactory(trust.sockets(), trust.trust()));
        client = builder.build();
    }

    /// Begins to open one; the listener is told how it goes.
    WebSocket open(TransportPlan plan, WebSocketListener listener) {
        OkHttpClient byThisPlan = client.newBuilder()
                .socketFactory(new DialerSockets(plan::signalling, time))
                .build();
        Request request = new Request.Builder()
                .url(url.toString())
                .header("Sec-WebSocket-Protocol", "janus-protocol")
                .build();
        return byThisPlan.newWebSocket(request, listener);
    }

    /// OkHttp's own threads would keep the JVM for a minute after the last call.
    private static Thread daemon(Runnable work) {
        Thread made = new Thread(work, "callgate-janus-socket");
        made.setDaemon(true);
        return made;
    }

    TimeSource time() {
        return time;
    }

    /// Why a WebSocket did not open, as the engine understands it.
    ServiceException refusal(Throwable thrown, @Nullable Response response) {
        if (response != null && (response.code() == 401 || response.code() == 403)) {
            return ServiceException.refused(
                    ErrorCode.TOKEN_INVALID, "the SFU at " + url.getHost() + " answers " + response.code());
        }
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PathException path) {
                return ServiceException.unreachable(path.code(), path.failure().cause(), thrown);
            }
        }
        return ServiceException.unreachable(
                ErrorCode.TCP_BLOCKED, "no WebSocket to " + url.getHost() + ": " + thrown.getMessage(), thrown);
    }
}
