package io.callgate.doctor;

import io.callgate.client.check.Finding;
import io.callgate.client.check.NetworkCheck;
import io.callgate.client.check.Way;
import io.callgate.client.lease.LeaseClient;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.model.TimeSource;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
            "Environment: CALLGATE_ENTRY, in place of --server; CALLGATE_TOKEN, in place of --token-file;",
            "CALLGATE_USERNAME and CALLGATE_PASSWORD, in place of --credential-file; CALLGATE_PROXY_USERNAME and",
            "CALLGATE_PROXY_PASSWORD for --proxy.",
            "Exit codes: 0 at least one way passed, 1 none did, or --app finds something wrong; 2 usage."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final int DEFAULT_PORT = 443;

    private final PrintWriter out;
    private final PrintWriter err;
    private final TimeSource time;
    private final Secrets secrets;

    @Spec
    private @Nullable CommandSpec command;

    @Option(
            names = "--server",
            paramLabel = "HOST[:PORT]",
            description = "The relay (default port: 443; default: CALLGATE_ENTRY of the environment).")
    private @Nullable String server;

    @Option(
            names = "--credential-file",
            paramLabel = "F",
            description = "The relay's user name and password, as `credentials --json` prints them.")
    private @Nullable Path credentialFile;

    @Option(
            names = "--token-file",
            paramLabel = "F",
            description =
                    "An app's token for one user (JWT), with which --server is asked for a lease and a credential.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--app",
            description = "Also says what keeps the proxy from taking effect: entry, activation, mode. Wants a token.")
    private boolean app;

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

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long a step of a way may take before it counts as blocked (1 to 60; default: 5).")
    private int patienceSeconds;

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

    /// @param out for the report
    /// @param err for progress
    public DoctorCommand(PrintWriter out, PrintWriter err, TimeSource time, Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.time = time;
        this.secrets = new Secrets(environment);
    }

    /// @return the exit code
    /// @throws ParameterException if an argument or variable is wrong
    /// @throws DoctorException if a file cannot be used
    @Override
    public Integer call() {
        HostPort relay = relay();
        Dialer dialer = dialer();
        Trust trust = trust();
        Optional<AppCheck> lease = lease(relay, trust, dialer);
        Optional<Login> login = login().or(() -> lease.flatMap(AppCheck::login));

        List<Finding> findings = new NetworkCheck(relay, dialer, trust, login, time, patience())
                .run(List.of(Way.values()), new ProgressLines(err));

        Report report = new Report(relay, proxy == null, login.isPresent(), findings, lease, app, time.now());
        if (json) {
            out.println(report.json());
        } else {
            report.lines().forEach(out::println);
        }
        out.flush();
        boolean isWrong = app && lease.map(AppCheck::isWrong).orElse(false);
        return findings.stream().anyMatch(Finding::passed) && !isWrong ? 0 : 1;
    }

    private Optional<AppCheck> lease(HostPort entry, Trust trust, Dialer dialer) {
        String origin = tokenFile == null ? "CALLGATE_TOKEN" : "--token-file";
        Optional<String> token = tokenFile == null
                ? secrets.variable("CALLGATE_TOKEN")
                : Optional.of(Secrets.text(tokenFile).strip());
        if (app && token.isEmpty()) {
            throw wrong("--app: want a token too, by --token-file or CALLGATE_TOKEN", null);
        }
        return token.map(known -> {
            err.println("lease: asking " + entry + " ...");
            return read(origin, () -> AppCheck.ask(new LeaseClient(List.of(entry), trust, dialer, time), known));
        });
    }

    private HostPort relay() {
        String given = server;
        if (given != null) {
            return read("--server", () -> HostPort.parse(given, DEFAULT_PORT));
        }
        String entry = secrets.variable("CALLGATE_ENTRY")
                .orElseThrow(
                        () -> wrong("Missing required option: '--server=HOST[:PORT]'; or set CALLGATE_ENTRY", null));
        return read("CALLGATE_ENTRY", () -> HostPort.parse(entry, DEFAULT_PORT));
    }

    private Duration patience() {
        if (patienceSeconds < 1 || patienceSeconds > 60) {
            throw wrong("--patience: " + patienceSeconds + ": want 1 to 60 seconds", null);
        }
        return Duration.ofSeconds(patienceSeconds);
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
        HostPort at =
                read("--proxy", () -> HostPort.parse(url.substring(scheme + 3).replaceFirst("/$", ""), usualPort));
        Optional<Login> login = login("CALLGATE_PROXY_USERNAME", "CALLGATE_PROXY_PASSWORD");
        return switch (kind) {
            case "http" -> Dialer.direct().through(Hop.HttpConnect.plain(at, login));
            case "socks5", "socks5h" -> Dialer.direct().through(new Hop.Socks5(at, login));
            default -> throw wrongProxy(url);
        };
    }

    private ParameterException wrongProxy(String url) {
        return wrong("--proxy: \"" + url + "\": want http://HOST:PORT or socks5://HOST:PORT", null);
    }

    private Trust trust() {
        Trust chosen = Trust.system();
        if (trusted != null && trusted.pin != null) {
            String pin = trusted.pin;
            chosen = read("--pin", () -> Trust.pin(pin));
        } else if (trusted != null && trusted.authorities != null) {
            byte[] pem = Secrets.bytes(trusted.authorities);
            chosen = read("--ca", () -> Trust.authorities(pem));
        }
        return serverName == null ? chosen : chosen.forServerName(serverName);
    }

    private Optional<Login> login() {
        return credentialFile == null
                ? login("CALLGATE_USERNAME", "CALLGATE_PASSWORD")
                : Optional.of(Secrets.loginFrom(credentialFile));
    }

    private Optional<Login> login(String nameVariable, String passwordVariable) {
        return read("environment", () -> secrets.login(nameVariable, passwordVariable));
    }

    private <T> T read(String option, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw wrong(option + ": " + e.getMessage(), e);
        }
    }

    private ParameterException wrong(String message, @Nullable Throwable cause) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message, cause);
    }
}
