package io.callgate.cli;

import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AllowlistJson;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `allowlist`: what a firewall must open.
@Command(
        name = "allowlist",
        mixinStandardHelpOptions = true,
        description = "Prints what a firewall must open: the client's to reach the relays, or a relay's own.",
        footer = {
            "",
            "From control: the list of one app, signed and with a version. From a relay's own file: what it listens on."
        })
final class AllowlistCommand extends AllowlistQuestions implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--app", paramLabel = "A", description = "Whose (default: the only app that control has).")
    private @Nullable String app;

    @Option(
            names = "--side",
            defaultValue = "client",
            description = "Whose firewall: client or relay (default: client).")
    private Allowlist.Side side = Allowlist.Side.CLIENT;

    @Option(
            names = "--format",
            defaultValue = "text",
            description = "text, json, csv, nftables, iptables, paloalto, fortinet or cisco (default: text).")
    private String format = "text";

    @Option(names = "--config", paramLabel = "F", description = "A relay file, instead of --data or --control.")
    private @Nullable Path config;

    @Mixin
    private ApiOptions api = new ApiOptions();

    AllowlistCommand(Terminal terminal) {
        super(terminal);
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        AllowlistFormat chosen = api.json() ? AllowlistFormat.JSON : format(arguments, format);
        if (config != null && (api.isElsewhere() || api.data().isPresent())) {
            throw arguments.wrong("--config and --data or --control are mutually exclusive: name one");
        }
        if (api.isElsewhere() && side == Allowlist.Side.RELAY) {
            throw arguments.wrong("--side relay is about a relay on this machine: name --config or --data");
        }
        terminal.out().print(render(chosen));
        terminal.out().flush();
        return 0;
    }

    private String render(AllowlistFormat chosen) {
        Optional<AppId> only = Optional.ofNullable(app).map(text -> arguments.read("--app", () -> new AppId(text)));
        if (api.isElsewhere()) {
            try (ControlApi control = api.open(terminal)) {
                return fromControl(control, only.orElseGet(() -> onlyApp(control)), chosen);
            }
        }
        ConfigOptions local = ConfigOptions.of(config, api.data().orElse(null));
        if (side == Allowlist.Side.CLIENT && local.hasControl() && !isOwn(local, only)) {
            try (ControlApi control = local.control(terminal.time())) {
                List<AppId> apps = apps(control);
                if (only.isPresent() || apps.size() == 1 || !local.hasRelay()) {
                    return fromControl(control, only.orElseGet(() -> onlyApp(control)), chosen);
                }
            }
        }
        return fromRelay(local, only, chosen);
    }

    /// As a relay's own file has it.
    private String fromRelay(ConfigOptions local, Optional<AppId> only, AllowlistFormat chosen) {
        boolean asksForApps = only.isPresent() || side == Allowlist.Side.RELAY; // the listeners are the same for all
        RelayConfig relay = asksForApps ? local.loadWithControl(terminal.time()) : local.load();
        List<AppState> apps =
                only.map(id -> List.of(Apps.find(relay, id, local.place()))).orElse(relay.apps());
        return chosen.render(
                RelayAllowlist.of(relay.withApps(apps), side, terminal.time().now()));
    }

    /// Whether the relay's own file has the app: control knows nothing of it.
    private static boolean isOwn(ConfigOptions local, Optional<AppId> only) {
        return only.isPresent()
                && local.hasRelay()
                && local.load().apps().stream().anyMatch(known -> known.id().equals(only.get()));
    }

    private static String fromControl(ControlApi control, AppId app, AllowlistFormat chosen) {
        ObjectNode answer = control.get("/v1/apps/" + ControlApi.part(app.value()) + "/allowlist");
        return chosen == AllowlistFormat.JSON
                ? JsonOutput.pretty(answer) + "\n"
                : chosen.render(AllowlistJson.read(answer));
    }

    /// @throws CommandFailed unless control has exactly one
    static AppId onlyApp(ControlApi control) {
        List<AppId> apps = apps(control);
        if (apps.size() != 1) {
            throw new CommandFailed(
                    apps.isEmpty()
                            ? "control has no app yet; create one with callgate app create"
                            : "each app has an allowlist of its own; name one with --app: "
                                    + apps.stream().map(AppId::value).collect(Collectors.joining(", ")));
        }
        return apps.getFirst();
    }

    private static List<AppId> apps(ControlApi control) {
        return control.all("/v1/apps").stream()
                .map(app -> new AppId(AppText.text(app, "id")))
                .toList();
    }

    static AllowlistFormat format(Arguments arguments, String name) {
        for (AllowlistFormat known : AllowlistFormat.values()) {
            if (known.lowerCase().equalsIgnoreCase(name)) {
                return known;
            }
        }
        throw arguments.wrong("--format \"" + name + "\": want "
                + Arrays.stream(AllowlistFormat.values())
                        .map(AllowlistFormat::lowerCase)
                        .collect(Collectors.joining(", ")));
    }
}
