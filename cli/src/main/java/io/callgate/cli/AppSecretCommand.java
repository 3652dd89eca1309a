package io.callgate.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `app secret`: what an app's server signs tokens with, and what relays check credentials with.
@Command(
        name = "secret",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "An app's secrets. To rotate its token secret: rotate, let the app's server use the new one, then"
                + " remove the old one.")
final class AppSecretCommand {
    private final Terminal terminal;

    AppSecretCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Which token secrets live; never themselves.")
    int list(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.get(path(app)), answer -> {
            Table table = Table.of("SECRET", "CREATED");
            answer.get("items")
                    .forEach(secret -> table.row(AppText.text(secret, "id"), AppText.text(secret, "createdAt")));
            table.lines().forEach(terminal::data);
        });
    }

    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "A new token secret, shown this once; the one before stays good until it is removed.")
    int rotate(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(
                terminal, control -> control.post(path(app)), secret -> tellOnce(terminal, "token secret", secret));
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Tokens signed with it are refused from now on.")
    int remove(
            @Parameters(paramLabel = "APP") String app,
            @Parameters(paramLabel = "SECRET", description = "Its id, as list prints it.") String secret,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.delete(path(app) + "/" + ControlApi.part(secret));
                    return JsonOutput.object().put("removed", secret);
                },
                done -> terminal.data("removed " + secret));
    }

    @Command(
            name = "rotate-relay",
            mixinStandardHelpOptions = true,
            description =
                    "New relay secrets in every pool of the app, without anybody noticing; every 49 hours at most.")
    int rotateRelay(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> control.post(AppCommand.path(app) + "/relay-secrets"),
                done -> terminal.data("rotated; relays have the new ones within seconds"));
    }

    @Command(
            name = "renew-sign",
            mixinStandardHelpOptions = true,
            description = "A new app sign, shown this once; the one before is refused from now on.")
    int renewSign(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> control.post(AppCommand.path(app) + "/app-sign"),
                sign -> tellOnce(terminal, "app sign", sign));
    }

    @Command(
            name = "remove-sign",
            mixinStandardHelpOptions = true,
            description = "The app's clients need tokens from now on.")
    int removeSign(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.delete(AppCommand.path(app) + "/app-sign");
                    return JsonOutput.object().put("appSign", false);
                },
                done -> terminal.data("app " + app + " has no app sign"));
    }

    static void tellOnce(Terminal terminal, String name, ObjectNode secret) {
        terminal.data(name + ", shown this once: " + AppText.text(secret, "secret"));
    }

    private static String path(String app) {
        return AppCommand.path(app) + "/token-secrets";
    }
}
