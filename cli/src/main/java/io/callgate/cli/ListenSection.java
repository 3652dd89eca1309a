package io.callgate.cli;

import io.callgate.model.IpAddress;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Of a relay file: where it listens, and which addresses it relays from and is known by.
final class ListenSection {
    private static final Set<String> LISTENER_KEYS =
            YamlMapping.keys("address", "port", "ports", "transports", "proxyProtocol");

    private ListenSection() {}

    static List<ListenerState> listeners(YamlMapping root) {
        List<ListenerState> listeners = new ArrayList<>();
        List<YamlValue> places = new ArrayList<>();
        List<YamlValue> items = root.value("listen").map(YamlValue::items).orElse(List.of());
        for (YamlValue item : items) {
            item.mapping(LISTENER_KEYS).flatMap(ListenSection::listener).ifPresent(listener -> {
                for (int i = 0; i < listeners.size(); i++) {
                    if (listener.overlaps(listeners.get(i))) {
                        item.error("overlaps " + places.get(i).where() + " in line "
                                + places.get(i).line() + " on " + listener.address()
                                + "; keep each address, port and transport in one of them");
                    }
                }
                listeners.add(listener);
                places.add(item);
            });
        }
        root.value("listen")
                .filter(YamlValue::isEmptyList)
                .ifPresent(list -> list.error("a relay without a listener takes no clients; leave the key out for "
                        + "{address: 0.0.0.0, port: 443}"));
        return listeners;
    }

    private static Optional<ListenerState> listener(YamlMapping listener) {
        Optional<IpAddress> address = listener.value("address").isPresent()
                ? listener.value("address").flatMap(value -> value.parse(IpAddress::parse))
                : Optional.of(IpAddress.ANY_V4);
        if (listener.value("port").isPresent() && listener.value("ports").isPresent()) {
            listener.self().error("has both port and ports; keep one");
        }
        Optional<YamlValue> portsValue = listener.value("ports").or(() -> listener.value("port"));
        if (portsValue.isEmpty()) {
            listener.self().error("\"port\" is missing; add port: 443");
        }
        Optional<List<PortRange>> ports = portsValue.flatMap(YamlPorts::ports);
        Optional<Set<Protocol>> protocols = YamlPorts.protocols(listener, "transports");
        if (address.isEmpty() || ports.isEmpty() || protocols.isEmpty()) {
            return Optional.empty();
        }
        Optional<YamlValue> switched = listener.value("proxyProtocol");
        boolean isProxied = switched.flatMap(YamlValue::bool).orElse(false);
        if (isProxied && protocols.get().contains(Protocol.UDP)) {
            switched.get()
                    .note("proxyProtocol is for TCP only; UDP on this entry sees the load balancer as the client, or "
                            + "give it transports: [tcp]");
        }
        return listener.self().attempt(() -> new ListenerState(address.get(), ports.get(), protocols.get(), isProxied));
    }

    static List<RelayAddress> relayAddresses(YamlMapping root) {
        List<RelayAddress> addresses = new ArrayList<>();
        Set<IpAddress> bound = new LinkedHashSet<>();
        for (YamlValue item : root.value("relayAddresses").map(YamlValue::items).orElse(List.of())) {
            item.mapping(YamlMapping.keys("bind", "public")).ifPresent(pair -> {
                Optional<IpAddress> bind =
                        pair.required("bind", "10.1.3.10").flatMap(value -> value.parse(IpAddress::parse));
                Optional<IpAddress> world = pair.value("public").isPresent()
                        ? pair.value("public").flatMap(value -> value.parse(IpAddress::parse))
                        : bind;
                if (bind.isPresent() && world.isPresent()) {
                    item.attempt(() -> new RelayAddress(bind.get(), world.get()))
                            .ifPresent(addresses::add);
                    if (!bound.add(bind.get())) {
                        item.error("bind " + bind.get() + " is there twice; keep one");
                    }
                }
            });
        }
        return addresses;
    }

    static Optional<IpAddress> publicAddress(YamlMapping root) {
        Optional<YamlValue> value = root.value("publicAddress");
        Optional<String> text = value.flatMap(YamlValue::text);
        if (text.isEmpty() || text.get().equals("auto")) {
            return Optional.empty();
        }
        if (root.value("relayAddresses").isPresent()) {
            value.get()
                    .error("publicAddress " + text.get()
                            + " beside relayAddresses; write it there as public and leave this key out");
        }
        return value.get().parse(literal -> {
            IpAddress address = IpAddress.parse(literal);
            if (address.isWildcard()) {
                throw new IllegalArgumentException(literal + " is a wildcard; name the address that clients see");
            }
            return address;
        });
    }
}
