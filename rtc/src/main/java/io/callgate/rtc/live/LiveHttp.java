package io.callgate.rtc.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.callgate.model.ErrorCode;
import io.callgate.rtc.http.PlannedHttp;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/// One exchange after the other, each with the token. Blocks; an interrupt calls it off.
final class LiveHttp {
    static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final MediaType SDP = MediaType.get("application/sdp");
    private static final long MOST_BYTES = 256 * 1024;

    private final PlannedHttp http;
    private final String token;

    LiveHttp(PlannedHttp http, String token) {
        this.http = http;
        this.token = token;
    }

    /// @param location of the resource that was made, resolved; empty if the server names none
    record Reply(int status, String body, Optional<String> location) {
        boolean isDone() {
            return status >= 200 && status < 300;
        }
    }

    Reply send(String method, String url, String sdp, TransportPlan plan, Duration patience) {
        Request.Builder request = new Request.Builder()
                .url(url)
                .method(method, sdp.isEmpty() ? null : RequestBody.create(sdp.getBytes(UTF_8), SDP));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        Call call = http.by(plan).newCall(request.build());
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onResponse(Call answered, Response response) {
                try (response) {
                    reply.complete(read(response));
                } catch (IOException e) {
                    reply.completeExceptionally(http.refusal(e, null));
                }
            }

            @Override
            public void onFailure(Call failed, IOException e) {
                reply.completeExceptionally(http.refusal(e, null));
            }
        });
        try {
            return reply.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            call.cancel();
            throw ServiceException.unreachable(ErrorCode.TCP_BLOCKED, "called away from the live cloud", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ServiceException known
                    ? known
                    : ServiceException.unreachable(ErrorCode.TCP_RESET, "the live cloud cannot be asked", e);
        } catch (TimeoutException e) {
            call.cancel();
            throw ServiceException.unreachable(
                    ErrorCode.TCP_BLOCKED, "the live cloud has not answered within " + patience.toMillis() + " ms", e);
        }
    }

    private static Reply read(Response response) throws IOException {
        String location = response.header("Location");
        HttpUrl resolved = location == null ? null : response.request().url().resolve(location);
        String body = response.peekBody(MOST_BYTES).string();
        return new Reply(response.code(), body, Optional.ofNullable(resolved).map(HttpUrl::toString));
    }

    /// What to throw for an answer that is not the wanted one.
    ServiceException refusal(Reply reply, String what) {
        int status = reply.status();
        if (status == 401 || status == 403) {
            return http.refusedToken(status);
        }
        String message = what + ": the live cloud answers " + status;
        boolean mayChange = status == 404 || status == 408 || status == 409 || status == 429 || status >= 500;
        return mayChange
                ? ServiceException.unreachable(ErrorCode.NOT_INITIALIZED, message)
                : ServiceException.refused(ErrorCode.INVALID_ARGUMENT, message);
    }
}
