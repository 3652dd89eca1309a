package io.callgate.cli;

import io.callgate.client.check.Finding;
import io.callgate.client.check.NetworkCheck;
import io.callgate.client.check.Way;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `doctor`: what the network that it runs in lets through to a relay.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Tries every way to a relay as a client would, and says what passed, how well, what blocks the rest, and"
                    + " what to open.",
            "With a credential datagrams really go through the relay and back; without one the relay is only asked"
                    + " whether it is there."
        },
        footer = {
            "",
            "Environment: CALLGATE_USERNAME and CALLGATE_PASSWORD, in place of --credential-file;",
            "CALLGATE_PROXY_USERNAME and CALLGATE_PROXY_PASSWORD for --proxy.",
            "Exit codes: 0 at least one way passed, 1 none did, 2 usage."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int DEFAULT_PORT = 443;

    private final Terminal terminal;
    private final Map<String, String> environment;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(
            names = "--server",
            required = true,
            paramLabel = "HOST[:PORT]",
            description = "The relay (default port: 443).")
    private String server = "";

    @Option(
            names = "--credential-file",
            paramLabel = "F",
            description = "The relay's user name and password, as `credentials --json` prints them.")
    private @Nullable Path credentialFile;

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description = "The company's own proxy: http://HOST:PORT or socks5://HOST:PORT.")
    private @Nullable String proxy;

    @ArgGroup
    private @Nullable Trusted trusted;

    @Option(
            names = "--server-name",
            paramLabel = "NAME",
            description = "The name in the relay's certificate, where --server is an address.")
    private @Nullable String serverName;

    @Option(names = "--json", description = "Prints the findings as one JSON object.")
    private boolean json;

    private static final class Trusted {
        @Option(names = "--ca", paramLabel = "FILE", description = "Trust these certificates (PEM) and no others.")
        private @Nullable Path authorities;

        @Option(
                names = "--pin",
                paramLabel = "SHA256",
                description = "Trust this key alone: base64 of the SHA-256 of its SubjectPublicKeyInfo.")
        private @Nullable String pin;
    }

    DoctorCommand(Terminal terminal, Map<String, String> environment) {
        this.terminal = terminal;
        this.environment = environment;
    }

    @Override
    public Integer call() {
        HostPort relay = arguments.read("--server", () -> HostPort.parse(server, DEFAULT_PORT));
        Dialer dialer = dialer();
        Trust trust = trust();
        Optional<Login> login = login();

        List<Finding> findings = new NetworkCheck(relay, dialer, trust, login, terminal.time())
                .run(List.of(Way.values()), new DoctorProgress(terminal));

        DoctorReport report = new DoctorReport(
                relay,
                proxy == null,
                login.isPresent(),
                findings,
                terminal.time().now());
        if (json) {
            terminal.data(report.json());
        } else {
            report.lines().forEach(terminal::data);
        }
        return findings.stream().anyMatch(Finding::passed) ? 0 : 1;
    }

    private Dialer dialer() {
        if (proxy == null) {
            return Dialer.direct();
        }
        String url = proxy;
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            throw wrongProxy(url);
        }
        String kind = url.substring(0, scheme);
        int usualPort = kind.startsWith("socks") ? 1080 : 8080;
        HostPort at = arguments.read(
                "--proxy", () -> HostPort.parse(url.substring(scheme + 3).replaceFirst("/$", ""), usualPort));
        Optional<Login> login = fromEnvironment("CALLGATE_PROXY_USERNAME", "CALLGATE_PROXY_PASSWORD");
        return switch (kind) {
            case "http" -> Dialer.direct().through(Hop.HttpConnect.plain(at, login));
            case "socks5", "socks5h" -> Dialer.direct().through(new Hop.Socks5(at, login));
            default -> throw wrongProxy(url);
        };
    }

    private ParameterException wrongProxy(String url) {
        return arguments.wrong("--proxy: \"" + url + "\": want http://HOST:PORT or socks5://HOST:PORT");
    }

    private Trust trust() {
        Trust chosen = Trust.system();
        if (trusted != null && trusted.pin != null) {
            String pin = trusted.pin;
            chosen = arguments.read("--pin", () -> Trust.pin(pin));
        } else if (trusted != null && trusted.authorities != null) {
            Path file = trusted.authorities;
            byte[] pem = read(file);
            chosen = arguments.read("--ca", () -> Trust.authorities(pem));
        }
        return serverName == null ? chosen : chosen.forServerName(serverName);
    }

    private Optional<Login> login() {
        return credentialFile == null
                ? fromEnvironment("CALLGATE_USERNAME", "CALLGATE_PASSWORD")
                : Optional.of(fromFile(credentialFile));
    }

    private static Login fromFile(Path file) {
        try {
            var document = JsonOutput.parse(new String(read(file), StandardCharsets.UTF_8));
            return new Login(
                    document.required("username").asString(),
                    document.required("password").asString());
        } catch (RuntimeException e) {
            if (e instanceof CommandFailed) {
                throw e;
            }
            throw new CommandFailed(
                    "cannot use " + file + ": want {\"username\": …, \"password\": …}, as `callgate credentials --json`"
                            + " prints it",
                    e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private Optional<Login> fromEnvironment(String nameVariable, String passwordVariable) {
        String name = environment.get(nameVariable);
        String password = environment.get(passwordVariable);
        if ((name == null) != (password == null)) {
            throw arguments.wrong(nameVariable + " and " + passwordVariable + ": set both or none");
        }
        return name == null || password == null ? Optional.empty() : Optional.of(new Login(name, password));
    }
}
