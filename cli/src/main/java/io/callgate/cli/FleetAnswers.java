package io.callgate.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Relays of control's API: found by name or id, and told as a person reads them.
final class FleetAnswers {
    static final String RELAYS = "/v1/relays";

    private FleetAnswers() {}

    /// @param relay its name, or its id
    /// @throws CommandFailed if there is no such relay
    static String path(ControlApi api, String relay) {
        Optional<ObjectNode> found = api.all(RELAYS).stream()
                .filter(node -> AppText.text(node, "name").equals(relay)
                        || AppText.text(node, "id").equals(relay))
                .findFirst();
        return RELAYS + "/"
                + AppText.text(
                        found.orElseThrow(() -> new CommandFailed(
                                "there is no relay " + relay + "; callgate relay list shows those that there are")),
                        "id");
    }

    static Object[] row(ObjectNode relay) {
        return new Object[] {
            AppText.text(relay, "name"),
            AppText.text(relay, "pool"),
            AppText.text(relay, "region"),
            state(relay),
            relay.has("loadPercent") ? relay.get("loadPercent").asInt() + " %" : "",
            relay.get("sessions").asLong(),
            AppText.text(relay, "seenAt"),
            AppText.text(relay, "software")
        };
    }

    static List<String> lines(ObjectNode relay) {
        return Table.ofValues()
                .row("relay", AppText.text(relay, "name"))
                .row("id", AppText.text(relay, "id"))
                .row("pool", AppText.text(relay, "pool"))
                .row("region", AppText.text(relay, "region"))
                .row("carrier", AppText.text(relay, "carrier"))
                .row("state", state(relay))
                .row("leases from", AppText.text(relay, "leasesFrom"))
                .row("refused", AppText.text(relay, "refusal"))
                .row("load", relay.has("loadPercent") ? relay.get("loadPercent").asInt() + " %" : "")
                .row("sessions", relay.get("sessions").asLong())
                .row("state version", relay.get("stateVersion").asLong())
                .row("joined", AppText.text(relay, "joinedAt"))
                .row("seen", AppText.text(relay, "seenAt"))
                .row("software", AppText.text(relay, "software"))
                .row("refusals", refusals(relay))
                .lines();
    }

    /// What it has refused or dropped since it started, by reason.
    private static String refusals(ObjectNode relay) {
        return relay.path("refusals")
                .valueStream()
                .map(refusal -> AppText.text(refusal, "reason") + " " + AppText.text(refusal, "count"))
                .collect(Collectors.joining(", "));
    }

    private static String state(ObjectNode relay) {
        if (!relay.get("alive").asBoolean()) {
            return "silent";
        }
        if (relay.get("draining").asBoolean()) {
            return relay.has("drainFrom")
                    ? "draining, " + AppText.text(relay, "sessions") + " of " + AppText.text(relay, "drainFrom")
                            + " left"
                    : "draining";
        }
        if (relay.has("refusal")) {
            return "keeps an old state";
        }
        return relay.has("leasesFrom") ? "alive, no leases yet" : "alive";
    }
}
