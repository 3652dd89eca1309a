package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.Host;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Control's API as somebody on one host of a laboratory calls it, at control or through a relay: by curl, which
/// runs in the host's network and knows nothing of us.
///
/// @param authority the only one that is trusted
/// @param base `https://ADDRESS:PORT`
/// @param bearer what proves who calls
record ControlApi(Host from, Path authority, URI base, String bearer) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// @param status 0 if there was no answer
    /// @param body missing where the answer had none
    record Reply(int status, JsonNode body) {
        /// The code for SDKs of a refusal (VENDORS 4.5); 0 if there is none.
        int code() {
            return body.path("code").asInt(0);
        }

        /// What was asked for.
        JsonNode granted() {
            assertThat(status).as("%s", body).isBetween(200, 299);
            return body;
        }
    }

    ControlApi as(String otherBearer) {
        return new ControlApi(from, authority, base, otherBearer);
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
    Reply call(String method, String path, @Nullable String json) {
        List<String> command = new ArrayList<>(List.of("curl", "--silent", "--max-time", "10", "--noproxy", "*"));
        command.addAll(List.of("--cacert", authority.toString(), "--request", method));
        command.addAll(List.of("--header", "Authorization: Bearer " + bearer));
        if (json != null) command.addAll(List.of("--header", "Content-Type: application/json", "--data-binary", json));
        command.addAll(
                List.of("--write-out", "\n%{http_code}", base.resolve(path).toString()));
        String output = ProgramRun.of(from.commandInside(command)).output();
        int end = output.lastIndexOf('\n');
        String body = output.substring(0, end);
        return new Reply(
                Integer.parseInt(output.substring(end + 1).strip()),
                body.startsWith("{") ? MAPPER.readTree(body) : MAPPER.missingNode());
    }
}
