package io.callgate.cli;

import io.callgate.model.Cidr;
import io.callgate.model.Secret;
import io.callgate.model.SpecialRanges;
import io.callgate.relay.link.LinkOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Of a relay file: how it reaches control, and what it leaves control to decide.
final class ControlSection {
    private static final Set<String> KEYS = YamlMapping.keys("urls", "joinToken", "joinTokenFile", "name", "ca", "pin");
    private static final String PIN_PREFIX = "sha256/";

    private ControlSection() {}

    static Optional<RelayConfig.ControlLink> control(YamlMapping root) {
        return root.value("control").flatMap(value -> value.mapping(KEYS)).flatMap(ControlSection::link);
    }

    private static Optional<RelayConfig.ControlLink> link(YamlMapping control) {
        List<URI> urls = urls(control);
        Optional<Secret> token = joinToken(control);
        Optional<String> name = control.value("name")
                .flatMap(value -> value.parse(text -> {
                    LinkOptions.checkName(text);
                    return text;
                }));
        Optional<String> pin = control.value("pin")
                .flatMap(value -> value.parse(text -> {
                    String bare = text.startsWith(PIN_PREFIX) ? text.substring(PIN_PREFIX.length()) : text;
                    LinkOptions.checkPin(bare);
                    return bare;
                }));
        if (pin.isPresent() && control.value("ca").isPresent()) {
            control.value("ca").get().note("the pin decides alone; ca is not asked");
        }
        return urls.isEmpty()
                ? Optional.empty()
                : Optional.of(new RelayConfig.ControlLink(
                        urls,
                        token,
                        name.orElseGet(ControlSection::hostName),
                        control.value("ca").flatMap(TlsSection::authorities).orElse(List.of()),
                        pin));
    }

    private static List<URI> urls(YamlMapping control) {
        List<URI> urls = new ArrayList<>();
        Optional<YamlValue> list = control.required("urls", "[https://control.example.com]");
        for (YamlValue item : list.map(YamlValue::items).orElse(List.of())) {
            item.parse(text -> {
                        URI url = URI.create(text);
                        LinkOptions.checkUrl(url);
                        return url;
                    })
                    .ifPresent(urls::add);
        }
        list.filter(YamlValue::isEmptyList)
                .ifPresent(empty -> empty.error("no URL of control; name one, as in [https://control.example.com]"));
        return urls;
    }

    /// Needed only until the relay has joined: so that its file has gone is no mistake.
    private static Optional<Secret> joinToken(YamlMapping control) {
        Optional<YamlValue> file = control.value("joinTokenFile");
        if (file.isEmpty()) {
            return control.value("joinToken").flatMap(YamlValue::secret);
        }
        if (control.value("joinToken").isPresent()) {
            file.get().error("joinTokenFile beside joinToken; keep one");
        }
        return file.get().path().flatMap(path -> read(file.get(), path));
    }

    private static Optional<Secret> read(YamlValue place, Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(Secret.of(text));
        } catch (NoSuchFileException e) {
            place.note("there is no file " + file + ": enough for a relay that has joined before");
        } catch (IOException e) {
            place.error("cannot read " + file + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    /// What stays closed to rules of control unless it is named here (loopback, private networks …).
    static List<Cidr> controlMayOpen(YamlMapping root) {
        List<Cidr> networks = new ArrayList<>();
        Optional<YamlValue> list = root.value("controlMayOpen");
        for (YamlValue item : list.map(YamlValue::items).orElse(List.of())) {
            item.parse(Cidr::parse).ifPresent(network -> {
                networks.add(network);
                boolean isOneAddress = network.equals(Cidr.of(network.network()));
                if (!isOneAddress && SpecialRanges.enclosing(network).isEmpty()) {
                    item.warning(network + " lies in no special range: rules of control need no leave for it, and for a"
                            + " range inside it leave must name that range");
                }
            });
        }
        if (list.isPresent() && root.value("apps").isPresent()) {
            list.get().error("controlMayOpen beside apps: rules of this file may open what they name; leave it out");
        }
        return networks;
    }

    /// By which the operator of control knows the relay; made to fit.
    private static String hostName() {
        String name = OwnCertificate.hostName()
                .map(host -> host.value().replaceAll("[^A-Za-z0-9._-]", "-"))
                .orElse("relay");
        return name.substring(0, Math.min(name.length(), 64));
    }
}
