package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Control's API as somebody on one host of a laboratory calls it, at control or through a relay.
///
/// By `HttpsURLConnection`, for it opens its socket on the calling thread, which is in the host's network.
///
/// @param base `https://ADDRESS:PORT`
/// @param bearer what proves who calls; null for none
record ControlApi(Host from, SSLSocketFactory trust, URI base, @Nullable String bearer) {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// @param body null where the answer had none
    record Reply(int status, @Nullable JsonNode body) {
        /// The code for SDKs of a refusal (VENDORS 4.5); 0 if there is none.
        int code() {
            return body == null ? 0 : body.path("code").asInt(0);
        }

        /// What was asked for.
        JsonNode granted() {
            assertThat(status).as("%s", body).isBetween(200, 299);
            return body == null ? MAPPER.createObjectNode() : body;
        }
    }

    ControlApi as(String otherBearer) {
        return new ControlApi(from, trust, base, otherBearer);
    }

    JsonNode post(String path, String json) {
        return call("POST", path, json).granted();
    }

    JsonNode post(String path) {
        return call("POST", path, null).granted();
    }

    JsonNode get(String path) {
        return call("GET", path, null).granted();
    }

    /// @param json null for no body
    /// @throws io.callgate.testkit.LabException if there is no answer at all
    Reply call(String method, String path, @Nullable String json) {
        return from.inside(() -> exchange(method, path, json));
    }

    private Reply exchange(String method, String path, @Nullable String json) throws IOException {
        HttpsURLConnection connection =
                (HttpsURLConnection) base.resolve(path).toURL().openConnection(java.net.Proxy.NO_PROXY);
        connection.setSSLSocketFactory(trust);
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setRequestMethod(method);
        connection.setRequestProperty("Connection", "close"); // or the next call may meet a socket of a killed server
        if (bearer != null) connection.setRequestProperty("Authorization", "Bearer " + bearer);
        if (json != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            try (OutputStream out = connection.getOutputStream()) {
                out.write(json.getBytes(StandardCharsets.UTF_8));
            }
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            byte[] answer = in == null ? new byte[0] : in.readAllBytes();
            boolean isJson = String.valueOf(connection.getContentType()).contains("json");
            return new Reply(status, isJson ? MAPPER.readTree(answer) : null);
        }
    }
}
