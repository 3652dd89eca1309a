package io.callgate.cli;

import io.callgate.relay.BoundListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `relay`: a relay alone, from a file; its subcommands: the relays of a fleet, over control's API.
@Command(
        name = "relay",
        addMethodSubcommands = false, // line() adds them
        mixinStandardHelpOptions = true,
        description = {
            "With --config: runs a relay from a file; reloads it when it changes or on SIGHUP, drains on SIGTERM.",
            "With a COMMAND: tells of the relays of a fleet, or changes them, through control."
        })
final class RelayCommand implements Callable<Integer> {
    private static final String CONFIG = "--config";

    private final Terminal terminal;

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = CONFIG, paramLabel = "F", description = "The relay file (YAML).")
    private @Nullable Path config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Where a self-signed certificate is kept if the file names none, and with control the relay's key"
                            + " and last state (default: the file's folder).")
    private @Nullable Path data;

    @Mixin
    private RunOptions run = new RunOptions();

    RelayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// With the subcommands, unless a relay is started: to read their annotations takes a sixth of the time until
    /// it is ready.
    static CommandLine line(Terminal terminal, String... args) {
        CommandLine line = new CommandLine(new RelayCommand(terminal));
        if (Stream.of(args).noneMatch(it -> it.startsWith(CONFIG))) {
            line.getCommandSpec().addMethodSubcommands();
        }
        return line;
    }

    @Override
    public Integer call() {
        if (config == null) {
            throw arguments.wrong(
                    "Missing required option: '--config=F', or a command: list, show, drain, resume, move,"
                            + " remove, join-token");
        }
        Path file = config;
        run.chooseLogFormat();
        Path folder = data != null
                ? data
                : Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        new RelayProcess(terminal, file, asItIs -> asItIs, RelayConfig::control, folder, run).run((relay, identity) -> {
            relay.listeners().forEach(this::tell);
            return List.of();
        });
        return 0;
    }

    private void tell(BoundListener listener) {
        terminal.data("listening on " + listener.address().bracketed() + ":" + listener.port() + " "
                + listener.protocol().lowerCase());
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "All relays of the fleet.")
    int list(@Mixin ApiOptions api) {
        return api.printAll(
                terminal,
                FleetAnswers.RELAYS,
                Table.of("RELAY", "POOL", "REGION", "STATE", "LOAD", "SESSIONS", "SEEN", "SOFTWARE"),
                FleetAnswers::row);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Everything about one relay.")
    int show(@Parameters(paramLabel = "RELAY") String relay, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.get(FleetAnswers.path(control, relay)), this::tell);
    }

    @Command(
            name = "drain",
            mixinStandardHelpOptions = true,
            description = "No leases name it and it takes no new users; apps with the SDK leave it, all else stays.")
    int drain(@Parameters(paramLabel = "RELAY") String relay, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.post(FleetAnswers.path(control, relay) + "/drain"), this::tell);
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Ends a drain.")
    int resume(@Parameters(paramLabel = "RELAY") String relay, @Mixin ApiOptions api) {
        return api.print(terminal, control -> control.post(FleetAnswers.path(control, relay) + "/resume"), this::tell);
    }

    @Command(
            name = "move",
            mixinStandardHelpOptions = true,
            description = "To another pool, with its addresses; the apps of the old one are gone from it in seconds.")
    int move(
            @Parameters(paramLabel = "RELAY") String relay,
            @Option(names = "--pool", required = true, paramLabel = "POOL", description = "Where to.") String pool,
            @Option(
                            names = "--emergency",
                            paramLabel = "WHY",
                            description = "There is no time to announce its addresses there; the audit has why.")
                    @Nullable
                    String emergency,
            @Mixin ApiOptions api) {
        ObjectNode request = JsonOutput.object().put("pool", pool);
        if (emergency != null) {
            request.put("emergency", emergency);
        }
        return api.print(
                terminal, control -> control.post(FleetAnswers.path(control, relay) + "/move", request), this::tell);
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Its key is refused from now on; its addresses stay published.")
    int remove(@Parameters(paramLabel = "RELAY") String relay, @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> {
                    control.delete(FleetAnswers.path(control, relay));
                    return JsonOutput.object().put("removed", relay);
                },
                done -> terminal.data("removed relay " + relay));
    }

    @Command(
            name = "join-token",
            mixinStandardHelpOptions = true,
            description = "Prints a token that lets one relay join, once: for joinToken in its file.")
    int joinToken(
            @Option(names = "--pool", required = true, paramLabel = "POOL", description = "The pool to join.")
                    String pool,
            @Option(names = "--region", required = true, paramLabel = "R", description = "Where the relay is.")
                    String region,
            @Option(names = "--carrier", paramLabel = "C", description = "Whose network it is in.") @Nullable
                    String carrier,
            @Option(
                            names = "--ttl",
                            paramLabel = "T",
                            defaultValue = "1h",
                            description = "How long it is good: 1m to 7d (default: 1h).")
                    String ttl,
            @Mixin ApiOptions api) {
        ObjectNode request = JsonOutput.object().put("pool", pool).put("region", region);
        request.put(
                "lifeSeconds",
                arguments.read("--ttl", () -> Words.duration(ttl)).toSeconds());
        if (carrier != null) {
            request.put("carrier", carrier);
        }
        return api.print(
                terminal,
                control -> control.post("/v1/join-tokens", request),
                token -> terminal.data(AppText.text(token, "joinToken")));
    }

    private void tell(ObjectNode relay) {
        FleetAnswers.lines(relay).forEach(terminal::data);
    }
}
