package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.Limits;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Of a relay file: the apps, who may use them and where that leads; and the static users of the first one.
final class AppsSection {
    private static final int WEAK_SECRET_BYTES = 16;
    private static final Set<String> APP_KEYS = YamlMapping.keys("id", "secrets", "clients", "destinations", "limits");
    private static final Set<String> DESTINATION_KEYS = YamlMapping.keys("cidr", "host", "ports", "protocols");

    private AppsSection() {}

    static List<AppState> apps(YamlMapping root) {
        List<AppState> apps = new ArrayList<>();
        List<StaticUser> users = users(root);
        Map<String, YamlValue> places = new HashMap<>();
        Map<Cidr, YamlValue> clientPlaces = new HashMap<>();
        List<YamlValue> items = root.value("apps").map(YamlValue::items).orElse(List.of());
        for (YamlValue item : items) {
            item.mapping(APP_KEYS).ifPresent(mapping -> {
                List<StaticUser> ownUsers = item == items.getFirst() ? users : List.of();
                app(mapping, ownUsers, clientPlaces).ifPresent(apps::add);
                mapping.value("id").ifPresent(id -> {
                    YamlValue first = places.putIfAbsent(id.text().orElse(""), id);
                    if (first != null) {
                        id.error("the app \"" + id.text().orElse("") + "\" is there twice, first in line "
                                + first.line() + "; give each its own id");
                    }
                });
            });
        }
        boolean hasControl = root.value("control").isPresent();
        if (items.isEmpty() && !hasControl) {
            root.self()
                    .warning("no apps: nobody may use this relay unless serve runs it, whose control has apps; add"
                            + " apps: [{id: demo, secrets: [...]}]");
        }
        if (items.isEmpty() && root.value("users").isPresent()) {
            root.value("users").get().error("users belong to the first app and there is none; add one under apps");
        }
        if (!items.isEmpty() && hasControl) {
            root.value("control").get().error("control beside apps: apps come from control then; keep one of the two");
        }
        return apps;
    }

    private static Optional<AppState> app(YamlMapping app, List<StaticUser> users, Map<Cidr, YamlValue> clientPlaces) {
        Optional<AppId> id = app.required("id", "demo").flatMap(value -> value.parse(AppId::new));
        List<Secret> secrets = secrets(app);
        List<Cidr> clients = clients(app, clientPlaces);
        List<DestinationRule> destinations = new ArrayList<>();
        for (YamlValue item : app.value("destinations").map(YamlValue::items).orElse(List.of())) {
            item.mapping(DESTINATION_KEYS).flatMap(AppsSection::destination).ifPresent(destinations::add);
        }
        Limits limits = app.value("limits").map(AppsSection::limits).orElse(Limits.DEFAULT);
        if (secrets.isEmpty() && clients.isEmpty() && users.isEmpty()) {
            app.self().warning("no secrets, users or clients: nobody may use this app; add secrets: [...]");
        }
        // Two secrets at most is told in its place; a state with more must not be made here.
        return id.flatMap(known -> app.self()
                .attempt(() -> new AppState(
                        known, secrets.subList(0, Math.min(2, secrets.size())), clients, destinations, limits, users)));
    }

    private static List<Secret> secrets(YamlMapping app) {
        List<Secret> secrets = new ArrayList<>();
        List<YamlValue> items = app.value("secrets").map(YamlValue::items).orElse(List.of());
        for (YamlValue item : items) {
            item.secret().ifPresent(secret -> {
                if (secret.lengthBytes() < WEAK_SECRET_BYTES) {
                    item.warning("this secret has " + secret.lengthBytes()
                            + " bytes: short ones can be guessed from one" + " credential; take " + WEAK_SECRET_BYTES
                            + " or more, such as openssl rand -hex 32 makes");
                }
                if (secrets.contains(secret)) {
                    item.warning("the same secret twice; rotation wants two different ones");
                }
                secrets.add(secret);
            });
        }
        if (items.size() > 2) {
            items.get(2).error(items.size() + " secrets; keep at most two, the new one and the one that it replaces");
        }
        return secrets;
    }

    private static List<Cidr> clients(YamlMapping app, Map<Cidr, YamlValue> clientPlaces) {
        List<Cidr> clients = new ArrayList<>();
        Map<Cidr, YamlValue> added = new HashMap<>();
        for (YamlValue item : app.value("clients").map(YamlValue::items).orElse(List.of())) {
            item.parse(Cidr::parse).ifPresent(cidr -> {
                if (cidr.prefixBits() == 0) {
                    item.warning(cidr + " lets the whole internet use SOCKS5 and CONNECT without a credential");
                }
                clientPlaces.forEach((other, place) -> {
                    if (other.isInside(cidr) || cidr.isInside(other)) {
                        item.error(cidr + " overlaps " + other + " of another app in line " + place.line()
                                + ": a client there would belong to both; keep the networks of apps apart");
                    }
                });
                clients.add(cidr);
                added.put(cidr, item);
            });
        }
        clientPlaces.putAll(added);
        return clients;
    }

    private static Optional<DestinationRule> destination(YamlMapping rule) {
        Optional<YamlValue> cidrValue = rule.value("cidr");
        Optional<YamlValue> hostValue = rule.value("host");
        if (cidrValue.isPresent() == hostValue.isPresent()) {
            rule.self()
                    .error(
                            cidrValue.isPresent()
                                    ? "has both cidr and host; make them two rules"
                                    : "wants cidr: 198.51.100.0/24 or host: sfu.example.com");
        }
        Optional<List<PortRange>> ports = rule.value("ports").isPresent()
                ? rule.value("ports").flatMap(YamlPorts::ports)
                : Optional.of(List.of(PortRange.ALL));
        Optional<Set<Protocol>> protocols = YamlPorts.protocols(rule, "protocols");
        Optional<Cidr> cidr = cidrValue.flatMap(value -> value.parse(Cidr::parse));
        cidr.ifPresent(network -> remarks(cidrValue.orElseThrow(), network));
        Optional<String> host = hostValue.flatMap(YamlValue::text);
        if (ports.isEmpty() || protocols.isEmpty() || (cidr.isEmpty() && host.isEmpty())) {
            // The host is looked at although the rule is lost, so that its own error is told too.
            host.ifPresent(name -> hostValue.orElseThrow().attempt(() -> hostRule(name, List.of(PortRange.ALL))));
            return Optional.empty();
        }
        if (cidr.isPresent()) {
            return Optional.of(new DestinationRule.ToNetwork(cidr.get(), ports.get(), protocols.get()));
        }
        return hostValue
                .orElseThrow()
                .attempt(() -> new DestinationRule.ToHost(host.orElseThrow(), ports.get(), protocols.get()));
    }

    private static DestinationRule hostRule(String name, List<PortRange> ports) {
        return new DestinationRule.ToHost(name, ports, EnumSet.allOf(Protocol.class));
    }

    private static void remarks(YamlValue place, Cidr network) {
        DestinationRemarks.about(network).forEach(remark -> {
            if (remark.isWarning()) {
                place.warning(remark.sentence());
            } else {
                place.note(remark.sentence());
            }
        });
    }

    private static Limits limits(YamlValue value) {
        Limits base = Limits.DEFAULT;
        return value.mapping(YamlMapping.keys(
                        "sessions",
                        "allocationsPerSubject",
                        "kbitPerSecond",
                        "permissionsPerAllocation",
                        "channelsPerAllocation",
                        "newPeersPerSecond",
                        "tunnelsPerSubject"))
                .map(limits -> new Limits(
                        limit(limits, "sessions", base.sessions()),
                        limit(limits, "allocationsPerSubject", base.allocationsPerSubject()),
                        limits.value("kbitPerSecond")
                                .flatMap(number -> number.number(0, 1_000_000_000))
                                .orElse(base.kbitPerSecond()),
                        limit(limits, "permissionsPerAllocation", base.permissionsPerAllocation()),
                        limit(limits, "channelsPerAllocation", base.channelsPerAllocation()),
                        limit(limits, "newPeersPerSecond", base.newPeersPerSecond()),
                        limit(limits, "tunnelsPerSubject", base.tunnelsPerSubject())))
                .orElse(base);
    }

    private static int limit(YamlMapping limits, String key, int base) {
        return limits.value(key)
                .flatMap(value -> value.number(1, 100_000_000))
                .map(Long::intValue)
                .orElse(base);
    }

    private static List<StaticUser> users(YamlMapping root) {
        List<StaticUser> users = new ArrayList<>();
        Map<String, YamlValue> places = new HashMap<>();
        for (YamlValue item : root.value("users").map(YamlValue::items).orElse(List.of())) {
            item.mapping(YamlMapping.keys("name", "password")).ifPresent(user -> {
                Optional<String> name = user.required("name", "alice").flatMap(YamlValue::text);
                Optional<Secret> password = user.required("password", "...").flatMap(YamlValue::secret);
                name.ifPresent(known -> {
                    YamlValue first = places.putIfAbsent(known, item);
                    if (first != null) {
                        item.error("the user \"" + known + "\" is there twice, first in line " + first.line()
                                + "; keep one");
                    } else {
                        // Without a good password the name is still looked at, to tell its own error too.
                        Secret secret = password.orElse(Secret.of("none"));
                        item.attempt(() -> new StaticUser(known, secret)).ifPresent(users::add);
                    }
                });
            });
        }
        return users;
    }
}
