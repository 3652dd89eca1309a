package io.callgate.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Leases and the requests for them as JSON, both ways.
public final class LeaseJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private LeaseJson() {}

    public static ObjectNode write(Lease lease) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("leaseId", lease.leaseId());
        document.put("expiresAt", lease.expiresAt().toString());
        ArrayNode candidates = document.putArray("candidates");
        for (Candidate candidate : lease.candidates()) {
            ObjectNode node = candidates.addObject();
            node.put("relay", candidate.relay());
            node.put("region", candidate.region().value());
            node.put("address", candidate.endpoint().address().toString());
            node.put("port", candidate.endpoint().port());
            node.put("transport", candidate.transport().lowerCase());
            node.put("priority", candidate.priority());
            candidate.serverName().ifPresent(name -> node.put("serverName", name));
            candidate.spki().ifPresent(pin -> node.put("spki", pin));
        }
        ObjectNode credential = document.putObject("credential");
        credential.put("username", lease.credential().username());
        credential.put("password", lease.credential().password());
        credential.put("expiresAt", lease.credential().expiresAt().toString());
        ArrayNode iceServers = document.putArray("iceServers");
        for (IceServer server : lease.iceServers()) {
            ObjectNode node = iceServers.addObject();
            ArrayNode urls = node.putArray("urls");
            server.urls().forEach(urls::add);
            node.put("username", server.credential().username());
            node.put("credential", server.credential().password());
        }
        lease.signalling()
                .ifPresent(signalling -> document.putObject("signalling")
                        .put("socks5", signalling.socks5().toString())
                        .put("connect", signalling.connect().toString()));
        document.set("policy", write(lease.policy()));
        document.put("allowlistVersion", lease.allowlistVersion());
        if (!lease.warnings().isEmpty()) {
            ArrayNode warnings = document.putArray("warnings");
            lease.warnings().forEach(warning -> warnings.add(warning.number()));
        }
        return document;
    }

    public static ObjectNode write(ModePolicy policy) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("mode", policy.mode().name())
                .put("probeTimeoutMillis", policy.probeTimeoutMillis())
                .put("cellularStaysDirect", policy.cellularStaysDirect());
    }

    public static ObjectNode write(LeaseRequest request) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("uid", request.uid().value());
        request.region().ifPresent(region -> document.put("region", region.value()));
        if (!request.regions().equals(Geofence.EVERYWHERE)) {
            document.set("regions", write(request.regions()));
        }
        request.carrier().ifPresent(carrier -> document.put("carrier", carrier));
        request.network()
                .ifPresent(network -> document.put("network", network.name().toLowerCase(Locale.ROOT)));
        if (!request.transports().isEmpty()) {
            ArrayNode transports = document.putArray("transports");
            request.transports().stream().sorted().forEach(transport -> transports.add(transport.lowerCase()));
        }
        request.sdk()
                .ifPresent(sdk -> document.putObject("sdk")
                        .put("name", sdk.name())
                        .put("version", sdk.version().toString()));
        request.allowlistVersion().ifPresent(version -> document.put("allowlistVersion", version));
        return document;
    }

    public static ObjectNode write(Geofence regions) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("rule", regions.rule().name().toLowerCase(Locale.ROOT));
        ArrayNode names = node.putArray("names");
        regions.names().stream().map(Region::value).sorted().forEach(names::add);
        return node;
    }

    /// @throws IllegalArgumentException if the text is no lease; the message holds none of its secrets
    public static Lease parseLease(String text) {
        try {
            return readLease(MAPPER.readTree(text));
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "not a lease of this version: " + e.getClass().getSimpleName());
        }
    }

    public static ModePolicy readPolicy(JsonNode node) {
        return new ModePolicy(
                RequestedMode.valueOf(node.get("mode").asString()),
                node.get("probeTimeoutMillis").asInt(),
                node.get("cellularStaysDirect").asBoolean());
    }

    /// @throws IllegalArgumentException with the value and what is wanted
    public static Geofence readGeofence(JsonNode node) {
        Set<Region> names = new HashSet<>();
        for (JsonNode name : node.get("names").values()) {
            names.add(new Region(name.asString()));
        }
        return new Geofence(Geofence.Rule.valueOf(node.get("rule").asString().toUpperCase(Locale.ROOT)), names);
    }

    /// @throws IllegalArgumentException with the value and what is wanted
    public static LeaseRequest readRequest(JsonNode node) {
        Set<Transport> transports = EnumSet.noneOf(Transport.class);
        for (JsonNode transport : node.path("transports").values()) {
            transports.add(Transport.valueOf(transport.asString().toUpperCase(Locale.ROOT)));
        }
        return new LeaseRequest(
                new Subject(node.get("uid").asString()),
                text(node, "region").map(Region::new),
                node.has("regions") ? readGeofence(node.get("regions")) : Geofence.EVERYWHERE,
                text(node, "carrier"),
                text(node, "network").map(name -> LeaseRequest.Network.valueOf(name.toUpperCase(Locale.ROOT))),
                transports,
                node.has("sdk")
                        ? Optional.of(new LeaseRequest.Sdk(
                                node.get("sdk").get("name").asString(),
                                SdkVersion.parse(node.get("sdk").get("version").asString())))
                        : Optional.empty(),
                node.has("allowlistVersion")
                        ? OptionalLong.of(node.get("allowlistVersion").asLong())
                        : OptionalLong.empty());
    }

    private static Lease readLease(JsonNode node) {
        List<Candidate> candidates = new ArrayList<>();
        for (JsonNode candidate : node.get("candidates").values()) {
            candidates.add(new Candidate(
                    candidate.get("relay").asString(),
                    new Region(candidate.get("region").asString()),
                    new Endpoint(
                            IpAddress.parse(candidate.get("address").asString()),
                            candidate.get("port").asInt()),
                    Transport.valueOf(candidate.get("transport").asString().toUpperCase(Locale.ROOT)),
                    candidate.get("priority").asInt(),
                    text(candidate, "serverName"),
                    text(candidate, "spki")));
        }
        JsonNode credential = node.get("credential");
        return new Lease(
                node.get("leaseId").asString(),
                Instant.parse(node.get("expiresAt").asString()),
                candidates,
                RelayCredential.received(
                        credential.get("username").asString(),
                        credential.get("password").asString()),
                readPolicy(node.get("policy")),
                node.get("allowlistVersion").asLong(),
                warnings(node));
    }

    /// Those that this version knows.
    private static List<ErrorCode> warnings(JsonNode node) {
        List<ErrorCode> warnings = new ArrayList<>();
        for (JsonNode warning : node.path("warnings").values()) {
            ErrorCode.of(warning.asInt()).ifPresent(warnings::add);
        }
        return warnings;
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.get(name).asString()) : Optional.empty();
    }
}
