package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.Secret;
import io.callgate.model.StaticUser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a relay's YAML file: the whole of it, and everything that is wrong with it.
final class RelayFile {
    private static final int LARGEST_BYTES = 4 << 20;
    private static final int WEAK_SECRET_BYTES = 16;

    private static final Set<String> KEYS = keys(
            "listen",
            "relayAddresses",
            "publicAddress",
            "relayPorts",
            "realm",
            "tls",
            "users",
            "apps",
            "control",
            "metrics",
            "sessions",
            "check");
    private static final Set<String> LISTENER_KEYS = keys("address", "port", "ports", "transports");
    private static final Set<String> APP_KEYS = keys("id", "secrets", "clients", "destinations", "limits");
    private static final Set<String> DESTINATION_KEYS = keys("cidr", "host", "ports", "protocols");

    private final Problems problems;

    private RelayFile(Path file) {
        problems = new Problems(file);
    }

    /// @param config present if there was no error
    record Reading(Optional<RelayConfig> config, List<Problem> problems) {
        List<Problem> errors() {
            return problems.stream().filter(Problem::isError).toList();
        }

        /// @throws CommandFailed with every error, one a line
        RelayConfig orFail() {
            return config.orElseThrow(() -> new CommandFailed(
                    String.join("\n", errors().stream().map(Problem::toString).toList())));
        }
    }

    /// @throws CommandFailed if the file cannot be read at all
    static Reading read(Path file) {
        RelayFile reader = new RelayFile(file);
        Optional<RelayConfig> config = reader.config(load(file));
        return new Reading(reader.problems.hasErrors() ? Optional.empty() : config, reader.problems.inFileOrder());
    }

    /// Whether others than the owner may read a file that may hold secrets.
    static boolean isReadableByOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException e) {
            return false; // no such notion here, or the read itself will say it better
        }
    }

    private static String load(Path file) {
        try {
            if (Files.size(file) > LARGEST_BYTES) {
                throw new CommandFailed(file + " has " + Files.size(file) + " bytes: no relay file is that large");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CommandFailed("cannot read " + file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new CommandFailed("cannot read " + file + ": it is not UTF-8 text", e);
        } catch (IOException e) {
            String reason = Files.isDirectory(file) ? "it is a folder" : reason(e);
            throw new CommandFailed("cannot read " + file + ": " + reason, e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    private Optional<RelayConfig> config(String text) {
        Optional<YamlValue> document = YamlValue.compose(text, problems);
        if (document.isEmpty()) {
            return Optional.of(RelayConfig.DEFAULT);
        }
        return document.flatMap(value -> value.mapping(KEYS)).map(this::config);
    }

    private RelayConfig config(YamlMapping root) {
        List<ListenerState> listeners = listeners(root);
        Optional<YamlValue> relayPorts = root.value("relayPorts");
        PortRange ports =
                relayPorts.flatMap(value -> value.parse(PortRange::parse)).orElse(DesiredState.DEFAULT_RELAY_PORTS);
        Optional<String> realm = root.value("realm")
                .flatMap(value -> value.parse(text -> {
                    DesiredState.checkRealm(text);
                    return text;
                }));
        Optional<RelayConfig.ControlLink> control = root.value("control").flatMap(this::control);
        return new RelayConfig(
                listeners,
                relayAddresses(root),
                publicAddress(root),
                ports,
                realm.orElse(DesiredState.DEFAULT_REALM),
                root.value("tls").flatMap(this::tls),
                apps(root),
                control,
                OperationSection.read(root),
                root.value("check").flatMap(YamlValue::bool).orElse(true));
    }

    // Listeners and addresses

    private List<ListenerState> listeners(YamlMapping root) {
        List<ListenerState> listeners = new ArrayList<>();
        List<YamlValue> places = new ArrayList<>();
        List<YamlValue> items = root.value("listen").map(YamlValue::items).orElse(List.of());
        for (YamlValue item : items) {
            item.mapping(LISTENER_KEYS).flatMap(this::listener).ifPresent(listener -> {
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
        if (items.isEmpty() && root.value("listen").isPresent() && !problems.hasErrors()) {
            root.value("listen")
                    .get()
                    .error("a relay without a listener takes no clients; leave the key out for "
                            + "{address: 0.0.0.0, port: 443}");
        }
        return listeners;
    }

    private Optional<ListenerState> listener(YamlMapping listener) {
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
        Optional<List<PortRange>> ports = portsValue.flatMap(this::ports);
        Optional<Set<Protocol>> protocols = protocols(listener, "transports");
        if (address.isEmpty() || ports.isEmpty() || protocols.isEmpty()) {
            return Optional.empty();
        }
        return listener.self().attempt(() -> new ListenerState(address.get(), ports.get(), protocols.get()));
    }

    /// Empty after a reported problem.
    private Optional<List<PortRange>> ports(YamlValue value) {
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
    private Optional<Set<Protocol>> protocols(YamlMapping mapping, String key) {
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

    private List<RelayAddress> relayAddresses(YamlMapping root) {
        List<RelayAddress> addresses = new ArrayList<>();
        Set<IpAddress> bound = new LinkedHashSet<>();
        for (YamlValue item : root.value("relayAddresses").map(YamlValue::items).orElse(List.of())) {
            item.mapping(keys("bind", "public")).ifPresent(pair -> {
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

    private Optional<IpAddress> publicAddress(YamlMapping root) {
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

    // Apps

    private List<AppState> apps(YamlMapping root) {
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
            root.self().warning("no apps: nobody may use this relay; add apps: [{id: demo, secrets: [...]}]");
        }
        if (items.isEmpty() && root.value("users").isPresent()) {
            root.value("users").get().error("users belong to the first app and there is none; add one under apps");
        }
        if (!items.isEmpty() && hasControl) {
            root.value("control").get().error("control beside apps: apps come from control then; keep one of the two");
        }
        return apps;
    }

    private Optional<AppState> app(YamlMapping app, List<StaticUser> users, Map<Cidr, YamlValue> clientPlaces) {
        Optional<AppId> id = app.required("id", "demo").flatMap(value -> value.parse(AppId::new));
        List<Secret> secrets = secrets(app);
        List<Cidr> clients = clients(app, clientPlaces);
        List<DestinationRule> destinations = new ArrayList<>();
        for (YamlValue item : app.value("destinations").map(YamlValue::items).orElse(List.of())) {
            item.mapping(DESTINATION_KEYS).flatMap(this::destination).ifPresent(destinations::add);
        }
        Limits limits = app.value("limits").map(this::limits).orElse(Limits.DEFAULT);
        if (secrets.isEmpty() && clients.isEmpty() && users.isEmpty()) {
            app.self().warning("no secrets, users or clients: nobody may use this app; add secrets: [...]");
        }
        // Two secrets at most is told in its place; a state with more must not be made here.
        return id.flatMap(known -> app.self()
                .attempt(() -> new AppState(
                        known, secrets.subList(0, Math.min(2, secrets.size())), clients, destinations, limits, users)));
    }

    private List<Secret> secrets(YamlMapping app) {
        List<Secret> secrets = new ArrayList<>();
        List<YamlValue> items = app.value("secrets").map(YamlValue::items).orElse(List.of());
        for (YamlValue item : items) {
            // Messages about secrets leave the value out: they end in logs and tickets.
            secret(item).ifPresent(secret -> {
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

    private Optional<Secret> secret(YamlValue value) {
        return value.text().flatMap(text -> {
            if (text.isEmpty()) {
                value.error("an empty secret; take 16 characters or more, such as openssl rand -hex 32 makes");
                return Optional.empty();
            }
            return Optional.of(Secret.of(text));
        });
    }

    private List<Cidr> clients(YamlMapping app, Map<Cidr, YamlValue> clientPlaces) {
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

    private Optional<DestinationRule> destination(YamlMapping rule) {
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
                ? rule.value("ports").flatMap(this::ports)
                : Optional.of(List.of(PortRange.ALL));
        Optional<Set<Protocol>> protocols = protocols(rule, "protocols");
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

    private void remarks(YamlValue place, Cidr network) {
        DestinationRemarks.about(network).forEach(remark -> {
            if (remark.isWarning()) {
                place.warning(remark.sentence());
            } else {
                place.note(remark.sentence());
            }
        });
    }

    private Limits limits(YamlValue value) {
        Limits base = Limits.DEFAULT;
        return value.mapping(keys(
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

    private List<StaticUser> users(YamlMapping root) {
        List<StaticUser> users = new ArrayList<>();
        Map<String, YamlValue> places = new HashMap<>();
        for (YamlValue item : root.value("users").map(YamlValue::items).orElse(List.of())) {
            item.mapping(keys("name", "password")).ifPresent(user -> {
                Optional<String> name = user.required("name", "alice").flatMap(YamlValue::text);
                Optional<Secret> password = user.required("password", "...").flatMap(this::secret);
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

    // Parts that later versions serve: read now, so that a mistake in them shows now.

    private Optional<RelayConfig.Tls> tls(YamlValue value) {
        return value.mapping(keys("certificate", "key")).flatMap(tls -> {
            Optional<Path> certificate =
                    tls.required("certificate", "cert.pem").flatMap(place -> PemFiles.certificate(place));
            Optional<Path> key = tls.required("key", "key.pem").flatMap(place -> PemFiles.key(place));
            return certificate.isPresent() && key.isPresent()
                    ? Optional.of(new RelayConfig.Tls(certificate.get(), key.get()))
                    : Optional.empty();
        });
    }

    private Optional<RelayConfig.ControlLink> control(YamlValue value) {
        return value.mapping(keys("urls", "joinToken", "ca")).map(control -> {
            List<URI> urls = new ArrayList<>();
            Optional<YamlValue> list = control.required("urls", "[https://control.example.com]");
            for (YamlValue item : list.map(YamlValue::items).orElse(List.of())) {
                item.parse(RelayFile::httpsUrl).ifPresent(urls::add);
            }
            control.required("joinToken", "...").ifPresent(this::secret);
            Optional<Path> ca = control.value("ca").flatMap(PemFiles::certificate);
            return new RelayConfig.ControlLink(urls, ca);
        });
    }

    private static URI httpsUrl(String text) {
        URI url = URI.create(text);
        if (!"https".equals(url.getScheme()) || url.getHost() == null) {
            throw new IllegalArgumentException("\"" + text + "\": want https://HOST[:PORT]");
        }
        return url;
    }

    private static Set<String> keys(String... names) {
        return new LinkedHashSet<>(List.of(names));
    }
}
