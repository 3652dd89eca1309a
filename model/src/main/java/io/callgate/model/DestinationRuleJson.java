package io.callgate.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Destination rules as JSON, both ways: `{cidr or host, ports, protocols}`, as in a relay's file.
public final class DestinationRuleJson {
    private DestinationRuleJson() {}

    public static ArrayNode write(List<DestinationRule> rules) {
        ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
        for (DestinationRule rule : rules) {
            ObjectNode node = nodes.addObject();
            if (rule instanceof DestinationRule.ToNetwork network) {
                node.put("cidr", network.cidr().toString());
            } else if (rule instanceof DestinationRule.ToHost host) {
                node.put("host", host.host());
            }
            ArrayNode ports = node.putArray("ports");
            rule.ports().forEach(range -> ports.add(range.toString()));
            ArrayNode protocols = node.putArray("protocols");
            rule.protocols().stream().sorted().forEach(protocol -> protocols.add(protocol.lowerCase()));
        }
        return nodes;
    }

    /// Ports default to 1-65535, protocols to both.
    ///
    /// @throws IllegalArgumentException with what is wanted
    public static DestinationRule read(JsonNode node) {
        if (node.has("cidr") == node.has("host")) {
            throw new IllegalArgumentException("want either cidr or host");
        }
        List<PortRange> ports = node.has("ports")
                ? node.get("ports")
                        .valueStream()
                        .map(JsonNode::asString)
                        .map(PortRange::parse)
                        .toList()
                : List.of(PortRange.ALL);
        Set<Protocol> protocols = node.has("protocols")
                ? node.get("protocols")
                        .valueStream()
                        .map(JsonNode::asString)
                        .map(Protocol::parse)
                        .collect(Collectors.toSet())
                : EnumSet.allOf(Protocol.class);
        return node.has("cidr")
                ? new DestinationRule.ToNetwork(Cidr.parse(node.get("cidr").asString()), ports, protocols)
                : new DestinationRule.ToHost(node.get("host").asString(), ports, protocols);
    }
}
