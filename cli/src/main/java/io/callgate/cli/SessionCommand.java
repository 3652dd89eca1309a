package io.callgate.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `session`: who is on the fleet's relays, over control's API.
@Command(
        name = "session",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Live sessions of the fleet.",
        footer = {"", "Where control is: --data DIR on its machine, else --control URL."})
final class SessionCommand {
    private static final String SESSIONS = "/v1/sessions";

    private final Terminal terminal;

    SessionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Who is there, where, and since when.")
    int list(
            @Option(names = "--app", paramLabel = "APP", description = "Only of this app.") @Nullable String app,
            @Mixin ApiOptions api) {
        return api.printAll(
                terminal,
                app == null ? SESSIONS : SESSIONS + "?appId=" + ControlApi.part(app),
                Table.of("UID", "APP", "RELAY", "FROM", "BY", "SINCE", "TO PEER", "TO CLIENT", "ID"),
                SessionCommand::row);
    }

    @Command(
            name = "end",
            mixinStandardHelpOptions = true,
            description =
                    "Ends it and all that its uid has, within seconds, and refuses the uid until no credential of it"
                            + " is good.")
    int end(
            @Parameters(paramLabel = "SESSION", description = "Its id, as list prints it.") String session,
            @Mixin ApiOptions api) {
        return api.print(
                terminal,
                control -> control.post(SESSIONS + "/" + ControlApi.part(session) + "/end"),
                revocation -> terminal.data(
                        AppText.text(revocation, "uid") + " is refused until " + AppText.text(revocation, "until")));
    }

    private static Object[] row(ObjectNode session) {
        return new Object[] {
            AppText.text(session, "uid"),
            AppText.text(session, "app"),
            AppText.text(session, "relay"),
            AppText.text(session, "client"),
            AppText.list(session, "ingresses"),
            AppText.text(session, "since"),
            session.path("bytesToPeer").asLong() / 1000 + " kB",
            session.path("bytesToClient").asLong() / 1000 + " kB",
            AppText.text(session, "id")
        };
    }
}
