package io.callgate.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `user`: who signs in to the console, over control's API.
@Command(
        name = "user",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Users of the console.",
        footer = {"", "Where control is: --data DIR on its machine, else --control URL."})
final class UserCommand {
    private static final String USERS = "/v1/console-users";

    private final Terminal terminal;

    UserCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Who may sign in, and as what.")
    int list(@Mixin ApiOptions api) {
        return api.printAll(terminal, USERS, Table.of("USER", "ROLE", "APPS", "CREATED"), user -> new Object[] {
            AppText.text(user, "name"), AppText.text(user, "role"), apps(user), AppText.text(user, "createdAt")
        });
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Prints a password for the first sign-in, which asks for another.")
    int add(
            @Parameters(paramLabel = "USER") String user,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "viewer",
                            description = "operator, viewer or app-owner (default: viewer).")
                    String role,
            @Option(
                            names = "--app",
                            paramLabel = "APP",
                            split = ",",
                            description = "An app of an app-owner; again, or with commas, for more.")
                    @Nullable
                    List<String> apps,
            @Mixin ApiOptions api) {
        ObjectNode request = JsonOutput.object().put("name", user).put("role", role);
        if (apps != null) {
            put(request, apps);
        }
        return api.print(terminal, control -> control.post(USERS, request), this::tellOnce);
    }

    @Command(
            name = "apps",
            mixinStandardHelpOptions = true,
            description = "Gives an app-owner these apps and no others.")
    int apps(
            @Parameters(paramLabel = "USER") String user,
            @Parameters(paramLabel = "APP", arity = "1..*", split = ",") List<String> apps,
            @Mixin ApiOptions api) {
        ObjectNode request = JsonOutput.object();
        put(request, apps);
        return api.print(
                terminal,
                control -> control.patch(USERS + "/" + ControlApi.part(user), request),
                changed -> terminal.data(user + " has " + apps(changed)));
    }

    @Command(
            name = "password",
            mixinStandardHelpOptions = true,
            description = "Another password for who has forgotten theirs; signs the user's browsers out.")
    int password(@Parameters(paramLabel = "USER") String user, @Mixin ApiOptions api) {
        return api.print(
                terminal, control -> control.post(USERS + "/" + ControlApi.part(user) + "/password"), this::tellOnce);
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Signs the user's browsers out.")
    int remove(@Parameters(paramLabel = "USER") String user, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.delete(USERS + "/" + ControlApi.part(user));
                    return JsonOutput.object().put("removed", user);
                },
                done -> terminal.data("removed " + user));
    }

    private static void put(ObjectNode request, List<String> apps) {
        ArrayNode names = request.putArray("apps");
        apps.forEach(names::add);
    }

    private static String apps(JsonNode user) {
        return user.has("apps")
                ? user.get("apps").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
                : "-";
    }

    private void tellOnce(ObjectNode user) {
        terminal.data(
                "password of " + AppText.text(user, "name") + ", shown this once: " + AppText.text(user, "password"));
    }
}
