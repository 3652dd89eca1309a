package io.callgate.cli;

import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistEntry;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AllowlistJson;
import io.callgate.model.AllowlistKey;
import io.callgate.model.AppId;
import io.callgate.model.SignedAllowlist;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// The parent of [AllowlistCommand], for picocli runs a method as a command only of its own object: what is asked
/// about allowlists besides the list itself: `allowlist key`, `verify`, `diff`, `versions`, `reach`.
@Command
sealed class AllowlistQuestions permits AllowlistCommand {
    private static final String KEY = "/v1/allowlist/key";
    private static final String OTHER_KEY = "/v1/allowlist/other-key";

    private final Terminal terminal;

    AllowlistQuestions(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(
            name = "key",
            mixinStandardHelpOptions = true,
            description = "The public key that control's allowlists are signed with; tell it to who verifies them.")
    int key(@ArgGroup(exclusive = true, multiplicity = "0..1") @Nullable KeyChange change, @Mixin ApiOptions api) {
        return api.print(terminal, control -> change == null ? control.get(KEY) : change.make(control), answer -> {
            terminal.data(AppText.text(answer, "key"));
            if (answer.has("otherKey")) {
                terminal.data(AppText.text(answer, "otherKey") + "  (other)");
            }
        });
    }

    /// The steps from one key to another (decision 0100).
    static final class KeyChange {
        @Option(
                names = "--add",
                description = "Makes a second key: lists are signed with both, so that firewalls can learn it.")
        private boolean add;

        @Option(names = "--promote", description = "Lets the two keys change places.")
        private boolean promote;

        @Option(names = "--remove", description = "Forgets the second key, which nobody should need any more.")
        private boolean remove;

        ObjectNode make(ControlApi control) {
            if (add) {
                return control.post(OTHER_KEY, JsonOutput.object());
            }
            if (promote) {
                return control.post(OTHER_KEY + "/promote", JsonOutput.object());
            }
            if (remove) {
                control.delete(OTHER_KEY);
            }
            return control.get(KEY);
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Says whether an allowlist (JSON) is the operator's, unchanged. Asks nobody.")
    int verify(
            @Parameters(paramLabel = "FILE") Path file,
            @Option(
                            names = "--key",
                            required = true,
                            paramLabel = "K",
                            description = "The operator's key, ed25519/…, as you got it from the operator.")
                    String key,
            @Option(
                            names = "--format",
                            paramLabel = "FORM",
                            description = "Prints the list in this form once it is verified.")
                    @Nullable
                    String format,
            @Mixin Arguments arguments) {
        AllowlistKey trusted = arguments.read("--key", () -> AllowlistKey.parse(key));
        Optional<AllowlistFormat> chosen =
                Optional.ofNullable(format).map(name -> AllowlistCommand.format(arguments, name));
        SignedAllowlist list = read(file, trusted);
        if (chosen.isPresent()) {
            terminal.out().print(list.render(chosen.get()));
            terminal.out().flush();
        } else {
            terminal.data("good: " + title(list.allowlist()));
            list.otherThan(trusted)
                    .ifPresent(other ->
                            terminal.data("trust this key too, the operator moves to it or from it: " + other));
        }
        return 0;
    }

    @Command(
            name = "diff",
            mixinStandardHelpOptions = true,
            description = "What to open, and what may be closed, where the firewall has an older version.")
    int diff(
            @Parameters(paramLabel = "VERSION", description = "The one that the firewall has.") long version,
            @Option(names = "--app", paramLabel = "A", description = "Whose (default: the only one).") @Nullable
                    String app,
            @Mixin Arguments arguments,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> control.get(path(control, arguments, app) + "/changes?since=" + version),
                answer -> changes(AllowlistJson.readChanges(answer)).forEach(terminal::data));
    }

    @Command(name = "versions", mixinStandardHelpOptions = true, description = "When an app's allowlist has changed.")
    int versions(
            @Option(names = "--app", paramLabel = "A", description = "Whose (default: the only one).") @Nullable
                    String app,
            @Mixin Arguments arguments,
            @Mixin ApiOptions api) {
        return api.printAll(
                terminal,
                control -> path(control, arguments, app) + "/versions",
                Table.of("VERSION", "ISSUED", "ENTRIES"),
                item -> new Object[] {
                    AppText.text(item, "version"), AppText.text(item, "issuedAt"), AppText.text(item, "entries")
                });
    }

    @Command(
            name = "reach",
            mixinStandardHelpOptions = true,
            description = "How many of the networks that an app's clients come from have ever reached each address.")
    int reach(
            @Option(names = "--app", paramLabel = "A", description = "Whose (default: the only one).") @Nullable
                    String app,
            @Mixin Arguments arguments,
            @Mixin ApiOptions api) {
        try (ControlApi control = api.open(terminal)) {
            List<ObjectNode> items = control.all(path(control, arguments, app) + "/reach");
            if (api.json()) {
                ObjectNode whole = JsonOutput.object();
                whole.putArray("items").addAll(items);
                terminal.data(JsonOutput.pretty(whole));
                return 0;
            }
            Table table = Table.of("ADDRESS", "PORTS", "RELAY", "VALID FROM", "SITES", "REACHED", "LAST");
            items.forEach(item -> table.row(
                    AppText.text(item, "address"),
                    AppText.text(item, "ports"),
                    AppText.text(item, "relay"),
                    AppText.text(item, "validFrom"),
                    AppText.text(item, "sites"),
                    AppText.text(item, "reached"),
                    AppText.text(item, "lastAt")));
            table.lines().forEach(terminal::data);
            items.stream().filter(item -> !item.get("missing").isEmpty()).forEach(item -> terminal.data(missing(item)));
        }
        return 0;
    }

    private static String missing(ObjectNode item) {
        long sites = item.get("sites").asLong() - item.get("reached").asLong();
        return sites + " of your sites " + (sites == 1 ? "has" : "have") + " never reached "
                + AppText.text(item, "address") + ": " + AppText.list(item, "missing");
    }

    private static String path(ControlApi control, Arguments arguments, @Nullable String app) {
        String named = app;
        AppId id = named == null ? AllowlistCommand.onlyApp(control) : arguments.read("--app", () -> new AppId(named));
        return "/v1/apps/" + ControlApi.part(id.value()) + "/allowlist";
    }

    private static SignedAllowlist read(Path file, AllowlistKey trusted) {
        try {
            return SignedAllowlist.verify(Files.readString(file), trusted);
        } catch (NoSuchFileException e) {
            throw new CommandFailed("cannot read " + file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new CommandFailed("do not use " + file + ": it is not UTF-8", e);
        } catch (IOException e) {
            throw new CommandFailed("cannot read " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailed("do not use " + file + ": " + e.getMessage(), e);
        }
    }

    private static List<String> changes(Allowlist.Changes changes) {
        if (changes.added().isEmpty() && changes.removed().isEmpty()) {
            return List.of("nothing has changed from version " + changes.from() + " to " + changes.to());
        }
        Table table = Table.of("", "ADDRESS", "PORTS", "PROTOCOL", "VALID FROM", "PURPOSE");
        changes.added().forEach(entry -> row(table, "open", entry));
        changes.removed().forEach(entry -> row(table, "may be closed", entry));
        return table.lines();
    }

    private static void row(Table table, String what, AllowlistEntry entry) {
        table.row(
                what, entry.target(), entry.ports(), entry.protocol().lowerCase(), entry.validFrom(), entry.purpose());
    }

    private static String title(Allowlist list) {
        return "allowlist" + list.app().map(app -> " of app " + app).orElse("") + ", version " + list.version()
                + ", issued " + list.issuedAt() + ", " + list.entries().size() + " entries";
    }
}
