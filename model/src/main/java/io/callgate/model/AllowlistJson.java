package io.callgate.model;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Allowlists as JSON, both ways: one object with app, version, issuedAt, side, entries.
public final class AllowlistJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private AllowlistJson() {}

    public static ObjectNode write(Allowlist allowlist) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        allowlist.app().ifPresent(app -> document.put("app", app.value()));
        document.put("version", allowlist.version());
        document.put("issuedAt", allowlist.issuedAt().toString());
        document.put("side", allowlist.side().lowerCase());
        write(document.putArray("entries"), allowlist.entries());
        return document;
    }

    public static ObjectNode write(Allowlist.Changes changes) {
        ObjectNode document = JsonNodeFactory.instance
                .objectNode()
                .put("from", changes.from())
                .put("to", changes.to());
        write(document.putArray("added"), changes.added());
        write(document.putArray("removed"), changes.removed());
        return document;
    }

    /// @throws IllegalArgumentException with what is wrong
    public static Allowlist read(JsonNode document) {
        try {
            return new Allowlist(
                    text(document, "app").map(AppId::new),
                    document.required("version").asLong(),
                    time(document, "issuedAt"),
                    Allowlist.Side.valueOf(document.required("side").asString().toUpperCase(Locale.ROOT)),
                    readEntries(document.required("entries")));
        } catch (JacksonException | DateTimeParseException e) {
            throw new IllegalArgumentException("not an allowlist: " + e.getMessage(), e);
        }
    }

    /// @throws IllegalArgumentException with what is wrong
    public static Allowlist.Changes readChanges(JsonNode document) {
        try {
            return new Allowlist.Changes(
                    document.required("from").asLong(),
                    document.required("to").asLong(),
                    readEntries(document.required("added")),
                    readEntries(document.required("removed")));
        } catch (JacksonException | DateTimeParseException e) {
            throw new IllegalArgumentException("not the changes of an allowlist: " + e.getMessage(), e);
        }
    }

    static String render(ObjectNode document) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
    }

    /// No name twice, nothing after it: who reads it otherwise than we must not read another list.
    ///
    /// @throws IllegalArgumentException unless the text is one JSON object
    static ObjectNode parse(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode document) {
                return document;
            }
            throw new IllegalArgumentException("not an allowlist: no JSON object");
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not an allowlist: " + e.getOriginalMessage(), e);
        }
    }

    private static void write(ArrayNode nodes, List<AllowlistEntry> entries) {
        for (AllowlistEntry entry : entries) {
            ObjectNode node = nodes.addObject();
            node.put("direction", entry.direction().word());
            entry.domain().ifPresent(domain -> node.put("domain", domain));
            entry.address().ifPresent(address -> node.put("address", entry.target()));
            node.put("ports", entry.ports().toString());
            node.put("protocol", entry.protocol().lowerCase());
            node.put("purpose", entry.purpose());
            entry.region().ifPresent(region -> node.put("region", region.value()));
            node.put("validFrom", entry.validFrom().toString());
            entry.validUntil().ifPresent(until -> node.put("validUntil", until.toString()));
        }
    }

    private static List<AllowlistEntry> readEntries(JsonNode nodes) {
        List<AllowlistEntry> entries = new ArrayList<>();
        for (JsonNode node : nodes.values()) {
            entries.add(new AllowlistEntry(
                    AllowlistEntry.Direction.parse(node.required("direction").asString()),
                    text(node, "domain"),
                    text(node, "address").map(Cidr::parse),
                    PortRange.parse(node.required("ports").asString()),
                    Protocol.valueOf(node.required("protocol").asString().toUpperCase(Locale.ROOT)),
                    node.required("purpose").asString(),
                    text(node, "region").map(Region::new),
                    time(node, "validFrom"),
                    text(node, "validUntil").map(Instant::parse)));
        }
        return entries;
    }

    private static Instant time(JsonNode node, String name) {
        return Instant.parse(node.required(name).asString());
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.get(name).asString()) : Optional.empty();
    }
}
