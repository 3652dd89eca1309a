package io.callgate.relay.link;

import io.callgate.model.Secret;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who this relay is to control.
///
/// @param key proves it
/// @param heartbeat how often control wants to hear of it
/// @param joinedWith a hash of the join token: another token in the file is for joining anew
record Membership(String relayId, Secret key, Duration heartbeat, String joinedWith) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /// @param answer of control to a join
    /// @throws IllegalArgumentException if it is none
    static Membership joined(String answer, Secret joinToken) {
        return read(answer, Optional.of(hashOf(joinToken)));
    }

    /// @throws IllegalArgumentException if the text was not made by [#json]
    static Membership parse(String kept) {
        return read(kept, Optional.empty());
    }

    String json() {
        ObjectNode node = MAPPER.createObjectNode();
        node.put("relayId", relayId);
        node.put("relayKey", key.reveal());
        node.put("heartbeatSeconds", heartbeat.toSeconds());
        node.put("joinedWith", joinedWith);
        return node.toString();
    }

    boolean wasJoinedWith(Secret joinToken) {
        return joinedWith.equals(hashOf(joinToken));
    }

    private static Membership read(String text, Optional<String> joinedWith) {
        try {
            JsonNode node = MAPPER.readTree(text);
            return new Membership(
                    node.get("relayId").asString(),
                    Secret.of(node.get("relayKey").asString()),
                    Duration.ofSeconds(node.get("heartbeatSeconds").asLong()),
                    joinedWith.orElseGet(() -> node.get("joinedWith").asString()));
        } catch (JacksonException | NullPointerException e) {
            throw new IllegalArgumentException("no membership of this version", e);
        }
    }

    private static String hashOf(Secret token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token.bytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
