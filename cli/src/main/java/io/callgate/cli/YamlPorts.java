package io.callgate.cli;

import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Ports and protocols, which listeners and destinations write in the same way.
final class YamlPorts {
    private YamlPorts() {}

    /// Empty after a reported problem.
    static Optional<List<PortRange>> ports(YamlValue value) {
        List<PortRange> ports = new ArrayList<>();
        List<YamlValue> items = value.itemsOrOne();
        for (YamlValue item : items) {
            item.parse(PortRange::parse).ifPresent(ports::add);
        }
        if (items.isEmpty()) {
            value.error("an empty list of ports; name one, as in [443]");
        }
        return ports.size() == items.size() && !ports.isEmpty() ? Optional.of(ports) : Optional.empty();
    }

    /// Both where the key is absent; empty after a reported problem.
    static Optional<Set<Protocol>> protocols(YamlMapping mapping, String key) {
        Optional<YamlValue> value = mapping.value(key);
        if (value.isEmpty()) {
            return Optional.of(EnumSet.allOf(Protocol.class));
        }
        List<YamlValue> items = value.get().itemsOrOne();
        Set<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        int understood = 0;
        for (YamlValue item : items) {
            Optional<Protocol> protocol = item.parse(Protocol::parse);
            understood += protocol.isPresent() ? 1 : 0;
            protocol.ifPresent(protocols::add);
        }
        if (items.isEmpty()) {
            value.get().error("an empty list; want [udp], [tcp] or [udp, tcp]");
        }
        return understood == items.size() && understood > 0 ? Optional.of(protocols) : Optional.empty();
    }
}
