package io.callgate.model;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// [Heartbeat] and [HeartbeatAnswer] as JSON, both ways. Empty lists are left out.
public final class HeartbeatJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private HeartbeatJson() {}

    public static ObjectNode write(Heartbeat heartbeat) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("epoch", heartbeat.epoch());
        document.put("sequence", heartbeat.sequence());
        heartbeat.software().ifPresent(software -> document.put("software", software));
        document.put("loadPercent", heartbeat.loadPercent());
        document.put("draining", heartbeat.draining());
        document.put("stateVersion", heartbeat.stateVersion());
        heartbeat.refusal().ifPresent(refusal -> document.put("refusal", refusal));
        putList(document, "endpoints", heartbeat.endpoints(), HeartbeatJson::write);
        putList(document, "refusals", heartbeat.refusals(), HeartbeatJson::write);
        putList(document, "apps", heartbeat.apps(), HeartbeatJson::write);
        putList(document, "usage", heartbeat.usage(), HeartbeatJson::write);
        document.set("sessions", write(heartbeat.sessions()));
        return document;
    }

    public static ObjectNode write(HeartbeatAnswer answer) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("stateVersion", answer.stateVersion());
        document.put("draining", answer.draining());
        document.put("acknowledged", answer.acknowledged());
        document.put("sessionsTaken", answer.sessionsTaken());
        putList(document, "portions", answer.portions(), HeartbeatJson::write);
        putList(
                document,
                "inCall",
                List.copyOf(answer.inCall().entrySet()),
                each -> write(each.getKey(), each.getValue()));
        return document;
    }

    /// As [Heartbeat] and the request to join have it.
    public static ObjectNode write(RelayEndpoint endpoint) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("address", endpoint.address().toString());
        node.put("port", endpoint.port());
        ArrayNode transports = node.putArray("transports");
        endpoint.transports().stream().sorted().forEach(transport -> transports.add(transport.lowerCase()));
        endpoint.serverName().ifPresent(name -> node.put("serverName", name));
        endpoint.spki().ifPresent(pin -> node.put("spki", pin));
        return node;
    }

    /// @throws IllegalArgumentException if the text is no heartbeat of this version
    public static Heartbeat parse(String text) {
        return parse(text, HeartbeatJson::read);
    }

    /// @throws IllegalArgumentException if the text is no answer of this version
    public static HeartbeatAnswer parseAnswer(String text) {
        return parse(text, HeartbeatJson::readAnswer);
    }

    /// @param document of the form that the contract gives
    /// @throws IllegalArgumentException with the value and what is wanted
    public static Heartbeat read(JsonNode document) {
        return new Heartbeat(
                document.get("epoch").asString(),
                document.get("sequence").asLong(),
                text(document, "software"),
                document.get("loadPercent").asInt(),
                document.path("draining").asBoolean(false),
                document.get("stateVersion").asLong(),
                text(document, "refusal"),
                list(document, "endpoints", HeartbeatJson::readEndpoint),
                list(document, "refusals", HeartbeatJson::readRefusal),
                list(document, "apps", HeartbeatJson::readNeed),
                list(document, "usage", HeartbeatJson::readUsage),
                document.has("sessions") ? readSessions(document.get("sessions")) : SessionChanges.NONE);
    }

    /// @throws IllegalArgumentException with the value and what is wanted
    public static RelayEndpoint readEndpoint(JsonNode node) {
        Set<Transport> transports = EnumSet.noneOf(Transport.class);
        for (JsonNode transport : node.get("transports").values()) {
            transports.add(Transport.valueOf(transport.asString().toUpperCase(Locale.ROOT)));
        }
        return new RelayEndpoint(
                IpAddress.parse(node.get("address").asString()),
                node.get("port").asInt(),
                transports,
                text(node, "serverName").map(name -> new HostName(name).value()),
                text(node, "spki"));
    }

    private static HeartbeatAnswer readAnswer(JsonNode document) {
        return new HeartbeatAnswer(
                document.get("stateVersion").asLong(),
                document.get("draining").asBoolean(),
                document.get("acknowledged").asLong(),
                document.get("sessionsTaken").asLong(),
                list(document, "portions", HeartbeatJson::readPortion),
                document.path("inCall")
                        .valueStream()
                        .collect(Collectors.toMap(
                                node -> new AppId(node.get("app").asString()),
                                node -> SubjectSet.parse(
                                        node.get("subjects").asInt(),
                                        node.get("filter").asString()),
                                (first, other) -> first)));
    }

    private static ObjectNode write(AppId app, SubjectSet subjects) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("app", app.value())
                .put("subjects", subjects.size())
                .put("filter", subjects.base64());
    }

    private static ObjectNode write(RefusalCount refusal) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("reason", refusal.reason())
                .put("count", refusal.count());
    }

    private static RefusalCount readRefusal(JsonNode node) {
        return new RefusalCount(node.get("reason").asString(), node.get("count").asLong());
    }

    private static ObjectNode write(AppNeed need) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("app", need.app().value())
                .put("sessions", need.sessions())
                .put("peakSessions", need.peakSessions())
                .put("wantedSessions", need.wantedSessions())
                .put("kbitPerSecond", need.kbitPerSecond())
                .put("wantedKbitPerSecond", need.wantedKbitPerSecond());
        putList(node, "ingresses", need.ingresses(), HeartbeatJson::write);
        return node;
    }

    private static ObjectNode write(IngressSessions ingress) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("ingress", ingress.ingress())
                .put("sessions", ingress.sessions())
                .put("peakSessions", ingress.peak());
    }

    private static AppNeed readNeed(JsonNode node) {
        return new AppNeed(
                new AppId(node.get("app").asString()),
                node.get("sessions").asLong(),
                node.get("peakSessions").asLong(),
                node.get("wantedSessions").asLong(),
                node.get("kbitPerSecond").asLong(),
                node.get("wantedKbitPerSecond").asLong(),
                list(node, "ingresses", HeartbeatJson::readIngress));
    }

    private static IngressSessions readIngress(JsonNode node) {
        return new IngressSessions(
                node.get("ingress").asString(),
                node.get("sessions").asLong(),
                node.get("peakSessions").asLong());
    }

    private static ObjectNode write(Portion portion) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("app", portion.app().value())
                .put("sessions", portion.sessions())
                .put("lentSessions", portion.lentSessions())
                .put("kbitPerSecond", portion.kbitPerSecond());
    }

    private static Portion readPortion(JsonNode node) {
        return new Portion(
                new AppId(node.get("app").asString()),
                node.get("sessions").asLong(),
                node.get("lentSessions").asLong(),
                node.get("kbitPerSecond").asLong());
    }

    private static ObjectNode write(UsageCount count) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("epoch", count.epoch())
                .put("hour", count.hour().toString())
                .put("app", count.app().value())
                .put("ingress", count.ingress())
                .put("bytesToPeer", count.bytesToPeer())
                .put("bytesToClient", count.bytesToClient())
                .put("sessions", count.sessions())
                .put("sessionSeconds", count.sessionSeconds());
    }

    private static UsageCount readUsage(JsonNode node) {
        return new UsageCount(
                node.get("epoch").asString(),
                time(node.get("hour").asString()),
                new AppId(node.get("app").asString()),
                node.get("ingress").asString(),
                node.get("bytesToPeer").asLong(),
                node.get("bytesToClient").asLong(),
                node.get("sessions").asLong(),
                node.get("sessionSeconds").asLong());
    }

    private static ObjectNode write(SessionChanges changes) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("after", changes.after())
                .put("upTo", changes.upTo());
        putList(node, "live", changes.live(), HeartbeatJson::write);
        if (!changes.ended().isEmpty()) {
            ArrayNode ended = node.putArray("ended");
            changes.ended().forEach(ended::add);
        }
        return node;
    }

    private static SessionChanges readSessions(JsonNode node) {
        return new SessionChanges(
                node.get("after").asLong(),
                node.get("upTo").asLong(),
                list(node, "live", HeartbeatJson::readSession),
                list(node, "ended", JsonNode::asLong));
    }

    private static ObjectNode write(LiveSession session) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("number", session.number())
                .put("app", session.app().value())
                .put("subject", session.subject().value());
        ArrayNode ingresses = node.putArray("ingresses");
        session.ingresses().forEach(ingresses::add);
        node.put("client", session.client().toString());
        if (!session.reached().isEmpty()) {
            ArrayNode reached = node.putArray("reached");
            session.reached().stream().map(Endpoint::toString).sorted().forEach(reached::add);
        }
        node.put("began", session.began().toString());
        session.credentialExpiresAt().ifPresent(at -> node.put("credentialExpiresAt", at.toString()));
        return node.put("bytesToPeer", session.bytesToPeer()).put("bytesToClient", session.bytesToClient());
    }

    private static LiveSession readSession(JsonNode node) {
        return new LiveSession(
                node.get("number").asLong(),
                new AppId(node.get("app").asString()),
                new Subject(node.get("subject").asString()),
                list(node, "ingresses", JsonNode::asString),
                Cidr.parse(node.get("client").asString()),
                Set.copyOf(list(node, "reached", each -> Endpoint.parse(each.asString()))),
                time(node.get("began").asString()),
                text(node, "credentialExpiresAt").map(HeartbeatJson::time),
                node.get("bytesToPeer").asLong(),
                node.get("bytesToClient").asLong());
    }

    private static <T> T parse(String text, Function<JsonNode, T> reader) {
        try {
            return reader.apply(MAPPER.readTree(text));
        } catch (JacksonException | NullPointerException e) {
            throw new IllegalArgumentException(
                    "not of this version of the link: " + e.getClass().getSimpleName(), e);
        }
    }

    private static <T> void putList(ObjectNode node, String name, List<T> items, Function<T, ObjectNode> json) {
        if (!items.isEmpty()) {
            ArrayNode array = node.putArray(name);
            items.forEach(item -> array.add(json.apply(item)));
        }
    }

    private static <T> List<T> list(JsonNode node, String name, Function<JsonNode, T> reader) {
        return node.path(name).valueStream().map(reader).toList();
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant(); // Instant wants the seconds, the contract does not
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.get(name).asString()) : Optional.empty();
    }
}
