package io.callgate.cli;

import io.callgate.control.Control;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AppState;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import io.callgate.model.TlsIdentity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `serve` tells its operator once it is up: what to open, how to get in, where that leads.
final class ServeReport {
    private static final Duration TRIAL = Duration.ofHours(24);

    private final RelayConfig config;
    private final DataFolder folder;
    private final Path file;
    private final boolean controlHasApps;
    private final TlsIdentity identity;
    private final URI control;
    private final URI console;
    private final Optional<Secret> firstPassword;
    private final Allowlist toOpen;
    private final Optional<RelayCredential> credential;

    /// @param controlHasApps whether the apps are changed at control, and not in the relay's file
    ServeReport(
            RelayConfig config,
            DataFolder folder,
            Path file,
            boolean controlHasApps,
            TlsIdentity identity,
            URI control,
            URI console,
            Optional<Secret> firstPassword,
            Instant now) {
        this.config = config;
        this.folder = folder;
        this.file = file;
        this.controlHasApps = controlHasApps;
        this.identity = identity;
        this.control = control;
        this.console = console;
        this.firstPassword = firstPassword;
        this.toOpen = RelayAllowlist.of(config, Allowlist.Side.CLIENT, now);
        this.credential = firstApp()
                .filter(app -> !app.relaySecrets().isEmpty())
                .map(app -> RelayCredential.mint(
                        app.relaySecrets().getFirst(), app.id(), new Subject("trial"), now.plus(TRIAL)));
    }

    List<String> lines(boolean json) {
        return json ? List.of(json().toString()) : text();
    }

    private List<String> text() {
        List<String> lines = new ArrayList<>();
        lines.add("Callgate relay and control, data in " + folder.path());
        lines.add("");
        lines.add("Open in the firewall of the clients:");
        AllowlistFormat.TEXT.render(toOpen).lines().forEach(line -> lines.add("  " + line));
        lines.add("");
        credential.ifPresent(known -> {
            lines.add("Credential of app " + firstApp().orElseThrow().id() + " until " + known.expiresAt() + ":");
            lines.add("  username: " + known.username());
            lines.add("  password: " + known.password());
            lines.add("ICE servers, as a browser takes them:");
            lines.add("  " + iceServers(known));
            lines.add("");
        });
        lines.add("TLS on the same ports; certificate " + certificate()
                + (config.tls().isEmpty() ? " (self-signed: clients must be told to trust it):" : ":"));
        lines.add("  until:   " + identity.certificate().getNotAfter().toInstant());
        lines.add("  SHA-256: " + identity.fingerprint());
        lines.add("  pin:     sha256/" + identity.pin());
        lines.add("");
        if (config.check()) {
            lines.add("Check page, for a browser behind the clients' firewall:");
            checkPages().forEach(url -> lines.add("  " + url));
            lines.add("");
        }
        lines.add("Console, for a browser on this machine: " + console);
        firstPassword.ifPresent(password -> lines.add("  " + ControlProcess.firstSignIn(password)));
        lines.add("Control's API: " + control.resolve("/v1"));
        lines.add("  commands reach it by --data " + folder.path() + ", others with the token in "
                + folder.path().resolve("operator.token"));
        lines.add("");
        lines.add(destinations());
        lines.add("");
        return lines;
    }

    /// By each address and port that takes TCP; without TLS first, as long as no browser trusts the certificate.
    private List<String> checkPages() {
        List<String> schemes = config.tls().isEmpty() ? List.of("http", "https") : List.of("https", "http");
        List<String> urls = new ArrayList<>();
        for (String scheme : schemes) {
            toOpen.entries().stream()
                    .filter(entry -> entry.protocol() == Protocol.TCP)
                    .map(entry -> scheme + "://"
                            + entry.address().orElseThrow().network().bracketed() + ":"
                            + entry.ports().first() + "/check")
                    .forEach(urls::add);
        }
        return urls;
    }

    private String destinations() {
        List<String> rules = config.apps().stream()
                .flatMap(app -> app.destinations().stream())
                .map(Object::toString)
                .toList();
        return rules.isEmpty()
                ? "It may relay to: nothing yet. Allow your media servers " + howToAllow() + "."
                : "It may relay to: " + String.join(", ", rules);
    }

    private String howToAllow() {
        return controlHasApps
                ? "with --allow 198.51.100.0/24, or with callgate app set "
                        + firstApp().map(app -> app.id().toString()).orElse("demo")
                        + " --allow 198.51.100.0/24 --data " + folder.path()
                : "under destinations in " + file;
    }

    private ObjectNode json() {
        ObjectNode document = JsonOutput.object();
        document.put("data", folder.path().toString());
        document.put("config", file.toString());
        document.set("allowlist", JsonOutput.parse(AllowlistFormat.JSON.render(toOpen)));
        credential.ifPresent(known -> {
            document.set("credential", JsonOutput.credential(known));
            document.set("iceServers", iceServers(known));
        });
        document.put("control", control.resolve("/v1").toString());
        document.put("console", console.toString());
        firstPassword.ifPresent(password -> document.putObject("consoleUser")
                .put("name", Control.FIRST_USER)
                .put("password", password.reveal()));
        document.set("tls", tls());
        if (config.check()) {
            ArrayNode pages = document.putArray("checkPages");
            checkPages().forEach(pages::add);
        }
        ArrayNode destinations = document.putArray("destinations");
        config.apps().forEach(app -> app.destinations().forEach(rule -> destinations.add(rule.toString())));
        return document;
    }

    private ObjectNode tls() {
        ObjectNode tls = JsonOutput.object();
        tls.put("certificate", certificate().toString());
        tls.put("selfSigned", config.tls().isEmpty());
        tls.put("until", identity.certificate().getNotAfter().toInstant().toString());
        tls.put("sha256", identity.fingerprint());
        tls.put("pin", identity.pin());
        return tls;
    }

    private Path certificate() {
        return config.tls()
                .map(RelayConfig.Tls::certificate)
                .orElseGet(() -> new OwnCertificate(folder.path()).certificateFile());
    }

    private ArrayNode iceServers(RelayCredential known) {
        ObjectNode servers = JsonOutput.object();
        ArrayNode list = servers.putArray("iceServers");
        ObjectNode server = list.addObject();
        ArrayNode urls = server.putArray("urls");
        CertificateNames named = CertificateNames.of(identity.certificate());
        for (AllowlistEntry entry : toOpen.entries()) {
            IpAddress address = entry.address().orElseThrow().network();
            String place = ":" + entry.ports().first() + "?transport=";
            if (entry.protocol() == Protocol.UDP) {
                urls.add("turn:" + address.bracketed() + place + "udp");
            } else {
                urls.add("turn:" + address.bracketed() + place + "tcp");
                urls.add("turns:" + named.callableAt(address).orElse(address.bracketed()) + place + "tcp");
            }
        }
        server.put("username", known.username());
        server.put("credential", known.password());
        return list;
    }

    private Optional<AppState> firstApp() {
        return config.apps().stream().findFirst();
    }
}
