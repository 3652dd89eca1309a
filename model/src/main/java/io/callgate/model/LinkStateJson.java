package io.callgate.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// [LinkState] as JSON, both ways. Holds relay secrets: for the link and for a file that only its owner reads.
public final class LinkStateJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private LinkStateJson() {}

    public static ObjectNode write(LinkState state) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("version", state.version());
        ArrayNode apps = document.putArray("apps");
        for (AppState app : state.apps()) {
            ObjectNode node = apps.addObject();
            node.put("id", app.id().value());
            ArrayNode secrets = node.putArray("secrets");
            app.relaySecrets().forEach(secret -> secrets.add(secret.reveal()));
            ArrayNode clients = node.putArray("clients");
            app.clients().forEach(client -> clients.add(client.toString()));
            node.set("destinations", DestinationRuleJson.write(app.destinations()));
            node.putObject("limits")
                    .put("sessions", app.limits().sessions())
                    .put("allocationsPerSubject", app.limits().allocationsPerSubject())
                    .put("kbitPerSecond", app.limits().kbitPerSecond());
        }
        ArrayNode revocations = document.putArray("revocations");
        for (Revocation revocation : state.revocations()) {
            ObjectNode node = revocations.addObject();
            node.put("app", revocation.app().value());
            revocation.subject().ifPresent(subject -> node.put("uid", subject.value()));
            node.put("notBefore", revocation.notBefore().toString());
        }
        return document;
    }

    /// @throws IllegalArgumentException if the text is no state; the message holds none of its secrets
    public static LinkState parse(String text) {
        try {
            return read(MAPPER.readTree(text));
        } catch (JacksonException | NullPointerException e) {
            throw new IllegalArgumentException(
                    "not a state of this version: " + e.getClass().getSimpleName());
        }
    }

    private static LinkState read(JsonNode document) {
        List<AppState> apps = new ArrayList<>();
        for (JsonNode node : document.get("apps").values()) {
            JsonNode limits = node.get("limits");
            apps.add(new AppState(
                    new AppId(node.get("id").asString()),
                    node.get("secrets")
                            .valueStream()
                            .map(secret -> Secret.of(secret.asString()))
                            .toList(),
                    node.get("clients")
                            .valueStream()
                            .map(client -> Cidr.parse(client.asString()))
                            .toList(),
                    node.get("destinations")
                            .valueStream()
                            .map(DestinationRuleJson::read)
                            .toList(),
                    Limits.DEFAULT.with(
                            limits.get("sessions").asInt(),
                            limits.get("allocationsPerSubject").asInt(),
                            limits.get("kbitPerSecond").asLong()),
                    List.of()));
        }
        List<Revocation> revocations = new ArrayList<>();
        for (JsonNode node : document.get("revocations").values()) {
            revocations.add(new Revocation(
                    new AppId(node.get("app").asString()),
                    Optional.ofNullable(node.get("uid")).map(uid -> new Subject(uid.asString())),
                    Instant.parse(node.get("notBefore").asString())));
        }
        return new LinkState(document.get("version").asLong(), apps, revocations);
    }
}
