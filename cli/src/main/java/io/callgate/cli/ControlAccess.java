package io.callgate.cli;

import io.callgate.model.Secret;
import java.net.URI;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// How to reach a control, and as whom.
///
/// @param url `http://` on loopback, else `https://`
/// @param token an operator token
record ControlAccess(URI url, Secret token, ControlTrust trust) {
    /// For `cli.json`, which only its owner may read.
    ObjectNode json() {
        ObjectNode node = JsonOutput.object().put("url", url.toString()).put("token", token.reveal());
        trust.pin().ifPresent(pin -> node.put("pin", pin));
        return node;
    }

    /// @throws IllegalArgumentException unless it is what [#json] makes
    static ControlAccess parse(ObjectNode node) {
        try {
            return new ControlAccess(
                    URI.create(node.required("url").asString()),
                    Secret.of(node.required("token").asString()),
                    Optional.ofNullable(node.get("pin"))
                            .map(pin -> ControlTrust.ofPin(pin.asString()))
                            .orElseGet(ControlTrust::ofSystem));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
