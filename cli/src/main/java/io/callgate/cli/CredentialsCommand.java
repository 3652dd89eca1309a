package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.RelayCredential;
import io.callgate.model.Subject;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `credentials`: a username and password for TURN, SOCKS5 and HTTP CONNECT.
@Command(
        name = "credentials",
        mixinStandardHelpOptions = true,
        description = "Prints a username and password that the relay accepts until they expire.")
final class CredentialsCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(
            names = "--app",
            required = true,
            paramLabel = "A",
            description = "The app, of the relay file or of control.")
    private String app = "";

    @Option(
            names = "--subject",
            required = true,
            paramLabel = "S",
            description = "For whom: 1 to 128 of A-Z a-z 0-9 . _ - @ ~ +")
    private String subject = "";

    @Option(
            names = "--ttl",
            paramLabel = "T",
            defaultValue = "1h",
            description = "How long it admits: 90s, 15m, 1h, 2d; at most 49h (default: 1h).")
    private String ttl = "1h";

    @Option(names = "--json", description = "Prints {username, password, expiresAt} as JSON.")
    private boolean json;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    CredentialsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        AppId appId = arguments.read("--app", () -> new AppId(app));
        Subject who = arguments.read("--subject", () -> new Subject(subject));
        Duration life = arguments.read("--ttl", () -> lifetime(ttl));

        ObjectNode credential = config.ownApp(appId)
                .map(state -> mint(state, who, life))
                .orElseGet(() -> mintByControl(appId, who, life));
        if (json) {
            terminal.data(JsonOutput.pretty(credential));
        } else {
            terminal.data("username: " + AppText.text(credential, "username"));
            terminal.data("password: " + AppText.text(credential, "password"));
        }
        return 0;
    }

    private ObjectNode mint(AppState state, Subject who, Duration life) {
        if (state.relaySecrets().isEmpty()) {
            throw new CommandFailed("app " + state.id() + " in " + config.place()
                    + " has no secrets to make a credential with; add secrets: [...] to it");
        }
        // The first secret is the newer one: a credential made now outlives the other's removal.
        return JsonOutput.credential(RelayCredential.mint(
                state.relaySecrets().getFirst(),
                state.id(),
                who,
                terminal.time().now().plus(life)));
    }

    private ObjectNode mintByControl(AppId appId, Subject who, Duration life) {
        try (ControlApi control = config.control(terminal.time())) {
            return control.post(
                    AppCommand.path(appId.value()) + "/credentials",
                    JsonOutput.object().put("subject", who.value()).put("lifeSeconds", life.toSeconds()));
        }
    }

    private static Duration lifetime(String text) {
        Duration life = Words.duration(text);
        if (life.isZero() || life.compareTo(RelayCredential.LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\": want more than 0s and at most 49h, for relays refuse longer");
        }
        return life;
    }
}
