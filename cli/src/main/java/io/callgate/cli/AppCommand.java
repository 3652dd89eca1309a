package io.callgate.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `app`: the customers of an operator, over control's API.
@Command(
        name = "app",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Apps: REQUESTED, then TRIAL, ACTIVE, SUSPENDED.",
        footer = {"", "Where control is: --data DIR on its machine, else --control URL."})
final class AppCommand {
    private static final String APPS = "/v1/apps";

    private final Terminal terminal;

    AppCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All apps.")
    int list(@Mixin ApiOptions api) {
        return api.printAll(
                terminal,
                APPS,
                Table.of("APP", "STATE", "SESSIONS", "REGIONS", "POOLS", "TOKEN SECRETS", "CONTACT"),
                app -> new Object[] {
                    AppText.text(app, "id"),
                    AppText.text(app, "state"),
                    app.get("quota").get("sessions").asLong(),
                    AppText.regions(app),
                    AppText.list(app, "pools"),
                    app.get("tokenSecrets").asInt(),
                    AppText.text(app, "contact")
                });
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Everything about one app.")
    int show(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.get(path(app)), this::tell);
    }

    @Command(
            name = "request",
            mixinStandardHelpOptions = true,
            description = "Takes in a request for an app; it gets leases once it is on trial or active.")
    int request(@Parameters(paramLabel = "APP") String app, @Mixin AppSettingsOptions settings, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.post(APPS, requestOf(app, settings)), this::tell);
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Requests an app and activates it at once; prints its token secret, which is shown this once.")
    int create(@Parameters(paramLabel = "APP") String app, @Mixin AppSettingsOptions settings, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.post(APPS, requestOf(app, settings));
                    try {
                        return activated(control, app);
                    } catch (CommandFailed e) {
                        throw new CommandFailed(
                                "app " + app + " was requested but not activated: " + e.getMessage(), e);
                    }
                },
                this::tell);
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Changes what is named and nothing else; relays have it within seconds.")
    int set(
            @Parameters(paramLabel = "APP") String app,
            @Mixin AppSettingsOptions settings,
            @Option(
                            names = "--emergency",
                            paramLabel = "WHY",
                            description = "There is no time to announce a new pool; the audit has why.")
                    @Nullable
                    String emergency,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    ObjectNode now = control.get(path(app));
                    ObjectNode changes = settings.changes(now);
                    if (emergency != null) {
                        changes.put("emergency", emergency);
                    }
                    if (changes.isEmpty()) {
                        throw settings.nothingNamed();
                    }
                    changes.put("revision", now.get("revision").asLong()); // or two at once would mix
                    return control.patch(path(app), changes);
                },
                this::tell);
    }

    @Command(name = "trial", mixinStandardHelpOptions = true, description = "Lets it use the trial pools.")
    int trial(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.post(path(app) + "/trial"), this::tell);
    }

    @Command(
            name = "activate",
            mixinStandardHelpOptions = true,
            description = "Lets it use its own pools; prints a token secret if it had none, which is shown this once.")
    int activate(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(terminal, control -> activated(control, app), this::tell);
    }

    @Command(
            name = "suspend",
            mixinStandardHelpOptions = true,
            description = "No leases any more, and relays end what lives within seconds.")
    int suspend(@Parameters(paramLabel = "APP") String app, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.post(path(app) + "/suspend"), this::tell);
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Ends what one user has, and refuses the user until no credential can live: 49 hours.")
    int revoke(
            @Parameters(paramLabel = "APP") String app,
            @Option(names = "--uid", required = true, paramLabel = "U", description = "The user.") String uid,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> control.post(
                        path(app) + "/revocations", JsonOutput.object().put("uid", uid)),
                revocation -> terminal.data(uid + " is refused until " + AppText.text(revocation, "until")));
    }

    static String path(String app) {
        return APPS + "/" + ControlApi.part(app);
    }

    private static ObjectNode requestOf(String app, AppSettingsOptions settings) {
        ObjectNode request = JsonOutput.object().put("id", app).put("contact", System.getProperty("user.name", "-"));
        request.setAll(settings.changes(JsonOutput.object()));
        return request;
    }

    /// The app, with member `tokenSecret` if this made its first one.
    private static ObjectNode activated(ControlApi control, String app) {
        ObjectNode active = control.post(path(app) + "/activate");
        if (active.get("tokenSecrets").asInt() == 0) {
            active.set("tokenSecret", control.post(path(app) + "/token-secrets"));
            active.put("tokenSecrets", 1);
        }
        return active;
    }

    private void tell(ObjectNode app) {
        AppText.lines(app).forEach(terminal::data);
        if (app.has("tokenSecret")) {
            AppSecretCommand.tellOnce(terminal, "token secret", (ObjectNode) app.get("tokenSecret"));
        }
    }
}
