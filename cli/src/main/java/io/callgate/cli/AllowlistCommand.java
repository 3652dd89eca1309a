package io.callgate.cli;

import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `allowlist`: what a firewall must open.
@Command(
        name = "allowlist",
        mixinStandardHelpOptions = true,
        description = "Prints what a firewall must open: the client's to reach the relay, or the relay's own.")
final class AllowlistCommand implements Callable<Integer> {
    private static final Set<String> LATER = Set.of("csv", "iptables", "paloalto", "fortinet", "cisco");

    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--app", paramLabel = "A", description = "Only this app's destinations (default: all apps).")
    private @Nullable String app;

    @Option(
            names = "--side",
            defaultValue = "client",
            description = "Whose firewall: client or relay (default: client).")
    private Allowlist.Side side = Allowlist.Side.CLIENT;

    @Option(
            names = "--format",
            defaultValue = "text",
            description =
                    "text, json or nftables (default: text); csv, iptables, paloalto, fortinet, cisco come later.")
    private String format = "text";

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    AllowlistCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        AllowlistFormat chosen = json ? AllowlistFormat.JSON : format(format);
        Optional<AppId> only = Optional.ofNullable(app).map(text -> arguments.read("--app", () -> new AppId(text)));
        boolean asksForApps = only.isPresent() || side == Allowlist.Side.RELAY; // the listeners are the same for all
        RelayConfig relay = asksForApps ? config.loadWithControl(terminal.time()) : config.load();
        List<AppState> apps =
                only.map(id -> List.of(Apps.find(relay, id, config.place()))).orElse(relay.apps());
        Allowlist allowlist =
                RelayAllowlist.of(relay.withApps(apps), side, terminal.time().now());
        terminal.out().print(chosen.render(allowlist));
        terminal.out().flush();
        return 0;
    }

    private AllowlistFormat format(String name) {
        for (AllowlistFormat known : AllowlistFormat.values()) {
            if (known.lowerCase().equalsIgnoreCase(name)) {
                return known;
            }
        }
        throw arguments.wrong(
                LATER.contains(name)
                        ? "--format " + name + " comes with a later version; have text, json, nftables"
                        : "--format \"" + name + "\": want text, json or nftables");
    }
}
