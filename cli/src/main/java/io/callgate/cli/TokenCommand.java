package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `token`: what an app's server gives to a client, for trying things out.
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a token (JWT, HS256) that says who a client is, signed with the app's token secret in control; for"
                    + " an app of a relay file with its first secret.",
            "Where there is no control at hand, set CALLGATE_TOKEN_SECRET to a token secret that it gave you."
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

        ObjectNode minted = ownSecret(appId)
                .map(secret -> mint(secret, appId, subject, life))
                .orElseGet(() -> mintByControl(appId, subject, life));
        terminal.data(json ? JsonOutput.pretty(minted) : AppText.text(minted, "token"));
        return 0;
    }

    /// Empty if control signs.
    private Optional<Secret> ownSecret(AppId appId) {
        String named = System.getenv(SECRET_VARIABLE);
        if (named != null && !named.isEmpty()) {
            return Optional.of(Secret.of(named));
        }
        return config.ownApp(appId)
                .map(state -> state.relaySecrets().stream()
                        .findFirst()
                        .orElseThrow(() -> new CommandFailed("app " + appId + " in " + config.place()
                                + " has no secrets to sign a token with; add secrets: [...] to it")));
    }

    private ObjectNode mintByControl(AppId appId, Subject subject, Duration life) {
        try (ControlApi control = config.control(terminal.time())) {
            return control.post(
                    AppCommand.path(appId.value()) + "/tokens",
                    JsonOutput.object().put("uid", subject.value()).put("lifeSeconds", life.toSeconds()));
        }
    }

    private ObjectNode mint(Secret secret, AppId appId, Subject subject, Duration life) {
        Instant expiresAt = terminal.time().now().plus(life).truncatedTo(ChronoUnit.SECONDS);
        try {
            return JsonOutput.object()
                    .put("token", AppToken.mint(secret, appId, subject, expiresAt))
                    .put("expiresAt", expiresAt.toString());
        } catch (IllegalArgumentException e) {
            throw new CommandFailed("app " + appId + ": " + e.getMessage(), e);
        }
    }
}
