package io.callgate.cli;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.Limits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// An app of control's API as a person reads it.
final class AppText {
    private AppText() {}

    static List<String> lines(ObjectNode app) {
        return Table.ofValues()
                .row("app", text(app, "id"))
                .row("state", text(app, "state"))
                .row("contact", text(app, "contact"))
                .row("quota", quota(app.get("quota")))
                .row("regions", regions(app))
                .row("carriers", list(app, "carriers"))
                .row("pools", pools(app))
                .row("entry", entry(app.path("entry")))
                .row("unasked mode", policy(app.get("policy")))
                .row("destinations", destinations(app))
                .row("clients", list(app, "clients"))
                .row("SDK minimum", text(app, "sdkMinimumVersion"))
                .row(
                        "leases",
                        Duration.ofSeconds(app.get("leaseSeconds").asLong()).toMinutes() + " min")
                .row("token secrets", text(app, "tokenSecrets"))
                .row("app sign", app.get("appSign").asBoolean() ? "yes" : "no")
                .lines();
    }

    /// What a relay knows of it, but for its secrets.
    static AppState state(ObjectNode app) {
        return new AppState(
                new AppId(text(app, "id")),
                List.of(),
                app.get("clients")
                        .valueStream()
                        .map(node -> Cidr.parse(node.asString()))
                        .toList(),
                JsonOutput.destinations(app.get("destinations")),
                Limits.DEFAULT,
                List.of());
    }

    static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    /// With commas between.
    static String list(JsonNode node, String name) {
        return node.path(name).valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
    }

    static String regions(JsonNode app) {
        boolean isInclude = text(app.get("regions"), "rule").equals("include");
        String names = list(app.get("regions"), "names");
        return names.isEmpty() && !isInclude ? "all" : (isInclude ? "only " : "not ") + names;
    }

    /// Each that leases do not use yet with its day.
    private static String pools(JsonNode app) {
        Map<String, String> from = new HashMap<>();
        app.path("announcedPools").forEach(pool -> from.put(text(pool, "pool"), text(pool, "validFrom")));
        return app.get("pools")
                .valueStream()
                .map(JsonNode::asString)
                .map(pool -> from.containsKey(pool) ? pool + " (in leases from " + from.get(pool) + ")" : pool)
                .collect(Collectors.joining(", "));
    }

    private static String quota(JsonNode quota) {
        long kbit = quota.path("kbitPerSecond").asLong(0);
        return Words.count(quota.get("sessions").asLong(), "session") + ", "
                + (kbit == 0 ? "any rate" : kbit + " kbit/s") + ", "
                + quota.path("allocationsPerSubject").asInt() + " allocations a user";
    }

    private static String entry(JsonNode entry) {
        if (entry.isMissingNode()) {
            return "";
        }
        String names = text(entry, "domain")
                + (entry.has("domain") && !entry.path("ips").isEmpty() ? ", " : "")
                + list(entry, "ips");
        return names + (names.isEmpty() ? "" : " ") + "port "
                + entry.get("port").asInt();
    }

    private static String policy(JsonNode policy) {
        return text(policy, "mode") + ", direct ways answer within "
                + policy.get("probeTimeoutMillis").asInt() + " ms, cellular "
                + (policy.get("cellularStaysDirect").asBoolean() ? "stays direct" : "may be proxied");
    }

    private static String destinations(JsonNode app) {
        return JsonOutput.destinations(app.get("destinations")).stream()
                .map(Object::toString)
                .collect(Collectors.joining(", "));
    }
}
