package io.callgate.rtc.http;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.DialerSockets;
import io.callgate.model.ErrorCode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.net.Proxy;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/// OkHttp for one service: it resolves nothing, knows no proxy, and keeps no connection for a later plan. Any
/// thread.
public final class PlannedHttp {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PING_EVERY = Duration.ofSeconds(4);

    /// One for all calls. Their threads end a second after the last: with a pool for each call and OkHttp's
    /// minute, calls that follow each other leave theirs behind, some 200 kB of memory each.
    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons());

    private final TimeSource time;
    private final String host;
    private final OkHttpClient client;

    /// Whom to trust, where that is not the system's authorities.
    public record Tls(SSLSocketFactory sockets, X509TrustManager trust) {}

    /// @param host of the service, as failures call it
    public PlannedHttp(String host, TimeSource time, Optional<Tls> tls) {
        this.host = host;
        this.time = time;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .dispatcher(new Dispatcher(THREADS))
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
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

    /// A client whose every socket goes by that plan.
    public OkHttpClient by(TransportPlan plan) {
        return client.newBuilder()
                .socketFactory(new DialerSockets(plan::signalling, time))
                .build();
    }

    /// OkHttp's own threads would keep the JVM for a minute after the last call.
    private static ThreadFactory daemons() {
        return work -> {
            Thread made = new Thread(work, "callgate-http");
            made.setDaemon(true);
            return made;
        };
    }

    /// Why there was no answer, or a refusal for one, as the engine understands it.
    public ServiceException refusal(Throwable thrown, @Nullable Response response) {
        if (response != null && (response.code() == 401 || response.code() == 403)) {
            return refusedToken(response.code());
        }
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PathException path) {
                return ServiceException.unreachable(path.code(), path.failure().cause(), thrown);
            }
            if (cause instanceof SSLException refusal) {
                return ServiceException.unreachable(
                        codeOf(refusal), "no TLS with " + host + ": " + refusal.getMessage(), thrown);
            }
        }
        return ServiceException.unreachable(
                ErrorCode.TCP_BLOCKED, "no way to " + host + ": " + thrown.getMessage(), thrown);
    }

    private static ErrorCode codeOf(SSLException refusal) {
        if (refusal instanceof SSLPeerUnverifiedException) {
            return ErrorCode.TLS_NAME;
        }
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return ErrorCode.TLS_UNTRUSTED;
            }
        }
        return ErrorCode.TLS_FAILED;
    }

    public ServiceException refusedToken(int status) {
        return ServiceException.refused(ErrorCode.TOKEN_INVALID, host + " answers " + status);
    }
}
