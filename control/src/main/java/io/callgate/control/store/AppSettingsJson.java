package io.callgate.control.store;

import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import io.callgate.model.HostName;
import io.callgate.model.IpAddress;
import io.callgate.model.LeaseJson;
import io.callgate.model.SdkVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// An app's settings as JSON: the same form in the store and in the API.
public final class AppSettingsJson {
    private AppSettingsJson() {}

    public static ObjectNode write(AppSettings settings) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("contact", settings.contact());
        node.putObject("quota")
                .put("sessions", settings.quota().sessions())
                .put("kbitPerSecond", settings.quota().kbitPerSecond())
                .put("allocationsPerSubject", settings.quota().allocationsPerSubject());
        node.set("regions", LeaseJson.write(settings.regions()));
        ArrayNode carriers = node.putArray("carriers");
        settings.carriers().forEach(carriers::add);
        ArrayNode pools = node.putArray("pools");
        settings.pools().forEach(pools::add);
        settings.entry().ifPresent(entry -> {
            ObjectNode place = node.putObject("entry");
            entry.domain().ifPresent(domain -> place.put("domain", domain));
            ArrayNode ips = place.putArray("ips");
            entry.ips().forEach(ip -> ips.add(ip.toString()));
            place.put("port", entry.port());
        });
        node.set("policy", LeaseJson.write(settings.policy()));
        node.set("destinations", DestinationRuleJson.write(settings.destinations()));
        ArrayNode clients = node.putArray("clients");
        settings.clients().forEach(client -> clients.add(client.toString()));
        settings.sdkMinimumVersion().ifPresent(version -> node.put("sdkMinimumVersion", version.toString()));
        node.put("leaseSeconds", settings.leaseLife().toSeconds());
        return node;
    }

    /// The settings with every member replaced that `changes` has; null takes an optional one away.
    ///
    /// @throws InvalidField with the first member that cannot be
    public static AppSettings merge(AppSettings old, JsonNode changes) {
        return new AppSettings(
                member(changes, "contact", old.contact(), JsonNode::asString),
                member(changes, "quota", old.quota(), AppSettingsJson::readQuota),
                member(changes, "regions", old.regions(), LeaseJson::readGeofence),
                member(changes, "carriers", old.carriers(), AppSettingsJson::readTexts),
                member(changes, "pools", old.pools(), AppSettingsJson::readTexts),
                optionalMember(changes, "entry", old.entry(), AppSettingsJson::readEntry),
                member(changes, "policy", old.policy(), LeaseJson::readPolicy),
                member(changes, "destinations", old.destinations(), AppSettingsJson::readDestinations),
                member(changes, "clients", old.clients(), AppSettingsJson::readClients),
                optionalMember(
                        changes,
                        "sdkMinimumVersion",
                        old.sdkMinimumVersion(),
                        version -> SdkVersion.parse(version.asString())),
                member(changes, "leaseSeconds", old.leaseLife(), seconds -> Duration.ofSeconds(seconds.asLong())));
    }

    private static <T> T member(JsonNode changes, String name, T old, Function<JsonNode, T> reader) {
        JsonNode node = changes.get(name);
        return node == null ? old : InvalidField.within("/" + name, node, reader);
    }

    private static <T> Optional<T> optionalMember(
            JsonNode changes, String name, Optional<T> old, Function<JsonNode, T> reader) {
        JsonNode node = changes.get(name);
        if (node == null) {
            return old;
        }
        return node.isNull() ? Optional.empty() : Optional.of(InvalidField.within("/" + name, node, reader));
    }

    private static Quota readQuota(JsonNode node) {
        return new Quota(
                node.get("sessions").asInt(),
                node.path("kbitPerSecond").asLong(Quota.DEFAULT.kbitPerSecond()),
                node.path("allocationsPerSubject").asInt(Quota.DEFAULT.allocationsPerSubject()));
    }

    private static Entry readEntry(JsonNode node) {
        List<IpAddress> ips = new ArrayList<>();
        for (String ip : node.has("ips") ? readTexts(node.get("ips")) : List.<String>of()) {
            ips.add(IpAddress.parse(ip));
        }
        Optional<String> domain = node.has("domain")
                ? Optional.of(new HostName(node.get("domain").asString()).value())
                : Optional.empty();
        return new Entry(domain, ips, node.get("port").asInt());
    }

    private static List<DestinationRule> readDestinations(JsonNode nodes) {
        List<DestinationRule> rules = new ArrayList<>();
        int place = 0;
        for (JsonNode node : nodes.values()) {
            rules.add(InvalidField.within("/" + place++, node, DestinationRuleJson::read));
        }
        return rules;
    }

    private static List<Cidr> readClients(JsonNode nodes) {
        return readTexts(nodes).stream().map(Cidr::parse).toList();
    }

    private static List<String> readTexts(JsonNode nodes) {
        return nodes.valueStream().map(JsonNode::asString).toList();
    }
}
