package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.rest.ApiUnderTest.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Control N serves relays N-1: what they send is kept as files, by the version that sent it first.
class OlderRelayTest {
    private final ApiUnderTest api = new ApiUnderTest();

    @AfterEach
    void close() {
        api.close();
    }

    @ParameterizedTest(name = "relay {0}")
    @ValueSource(strings = {"0.1", "0.2"})
    void isServedFromItsJoinToItsEnd(String version) {
        api.activeApp("demo", "");
        String token = api.post("/v1/join-tokens", "{\"pool\": \"main\", \"region\": \"eu\"}")
                .text("joinToken");

        String key = api.send("POST", "/link/join", "", request(version, "join").replace("JOIN", token))
                .expect(201)
                .text("relayKey");
        Reply state = api.send("POST", "/link/state", key, request(version, "await-state"));
        List<Reply> beats = List.of("heartbeat-first", "heartbeat-full", "heartbeat-last").stream()
                .map(name -> api.send("POST", "/link/heartbeat", key, request(version, name))
                        .expect(200))
                .toList();

        assertThat(state.expect(200).json().at("/apps/0/secrets").isEmpty()).isFalse();
        assertThat(beats.get(1).json().at("/portions/0/sessions").asLong()).isPositive();
        assertThat(beats.get(1).json().get("sessionsTaken").asLong()).isEqualTo(2);
        assertThat(api.get("/v1/apps/demo/usage").json().toString()).contains("172000");
        assertThat(api.get("/v1/relays").json().at("/items/0/draining").asBoolean())
                .isTrue();
    }

    private static String request(String version, String name) {
        String path = "/link-" + version + "/" + name + ".json";
        try (InputStream file = Objects.requireNonNull(OlderRelayTest.class.getResourceAsStream(path), path)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }
}
