package io.callgate.model;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One JSON object: version, issuedAt, side, entries.
final class AllowlistJson {
    private AllowlistJson() {}

    static String render(Allowlist allowlist) {
        JsonMapper mapper = JsonMapper.builder().build();
        ObjectNode document = mapper.createObjectNode();
        document.put("version", allowlist.version());
        document.put("issuedAt", allowlist.issuedAt().toString());
        document.put("side", allowlist.side().lowerCase());
        var entries = document.putArray("entries");
        for (AllowlistEntry entry : allowlist.entries()) {
            ObjectNode node = entries.addObject();
            node.put("direction", entry.direction() == AllowlistEntry.Direction.OUTBOUND ? "out" : "in");
            entry.domain().ifPresent(domain -> node.put("domain", domain));
            entry.address().ifPresent(address -> node.put("address", entry.target()));
            node.put("ports", entry.ports().toString());
            node.put("protocol", entry.protocol().lowerCase());
            node.put("purpose", entry.purpose());
            entry.region().ifPresent(region -> node.put("region", region));
            node.put("validFrom", entry.validFrom().toString());
            entry.validUntil().ifPresent(until -> node.put("validUntil", until.toString()));
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
    }
}
