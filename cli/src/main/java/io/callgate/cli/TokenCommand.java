package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `token`: what an app's server gives to a client, for trying things out.
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a token (JWT, HS256) that says who a client is, signed with the app's first secret.",
            "With control, sign with a token secret that it gave you: set CALLGATE_TOKEN_SECRET to it."
        })
final class TokenCommand implements Callable<Integer> {
    private static final String SECRET_VARIABLE = "CALLGATE_TOKEN_SECRET";

    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--app", required = true, paramLabel = "A", description = "The app.")
    private String app = "";

    @Option(
            names = "--uid",
            required = true,
            paramLabel = "U",
            description = "Who the client is: 1 to 128 of A-Z a-z 0-9 . _ - @ ~ +")
    private String uid = "";

    @Option(
            names = "--ttl",
            paramLabel = "T",
            defaultValue = "1h",
            description = "How long it is good: 90s, 15m, 1h, 2d (default: 1h).")
    private String ttl = "1h";

    @Option(names = "--json", description = "Prints {token, expiresAt} as JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    TokenCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        AppId appId = arguments.read("--app", () -> new AppId(app));
        Subject subject = arguments.read("--uid", () -> new Subject(uid));
        Duration life = arguments.read("--ttl", () -> Words.duration(ttl));
        Instant expiresAt = terminal.time().now().plus(life).truncatedTo(ChronoUnit.SECONDS);

        String token = mint(secret(appId), appId, subject, expiresAt);
        terminal.data(
                json
                        ? JsonOutput.pretty(
                                JsonOutput.object().put("token", token).put("expiresAt", expiresAt.toString()))
                        : token);
        return 0;
    }

    private Secret secret(AppId appId) {
        String named = System.getenv(SECRET_VARIABLE);
        if (named != null && !named.isEmpty()) {
            return Secret.of(named);
        }
        return Apps.find(config.load(), appId, config.place()).relaySecrets().stream()
                .findFirst()
                .orElseThrow(() -> new CommandFailed("app " + appId + " in " + config.place()
                        + " has no secrets to sign a token with; add secrets: [...] to it"));
    }

    private String mint(Secret secret, AppId appId, Subject subject, Instant expiresAt) {
        try {
            return AppToken.mint(secret, appId, subject, expiresAt);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed("app " + appId + ": " + e.getMessage(), e);
        }
    }
}
