package io.callgate.cli;

import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an operator may decide about an app, as options. Lists are replaced whole; `none` empties one.
@Command // without a name: to be a mixin
final class AppSettingsOptions {
    private static final String NONE = "none";

    @Mixin
    private Arguments arguments = new Arguments();

    @Option(names = "--contact", paramLabel = "TEXT", description = "Who asked for it.")
    private @Nullable String contact;

    @Option(names = "--sessions", paramLabel = "N", description = "Concurrent users; 10 %% more are let in.")
    private @Nullable Integer sessions;

    @Option(names = "--kbit", paramLabel = "N", description = "kbit/s of the whole app, both ways; 0 is unlimited.")
    private @Nullable Long kbitPerSecond;

    @Option(names = "--allocations", paramLabel = "N", description = "Allocations a user may have at once.")
    private @Nullable Integer allocationsPerSubject;

    @Option(names = "--include-regions", paramLabel = "R", split = ",", description = "Leases in these regions only.")
    private @Nullable List<String> includedRegions;

    @Option(
            names = "--exclude-regions",
            paramLabel = "R",
            split = ",",
            description = "Leases outside of these regions;" + " none: everywhere.")
    private @Nullable List<String> excludedRegions;

    @Option(names = "--carriers", paramLabel = "C", split = ",", description = "Whose customers its clients are.")
    private @Nullable List<String> carriers;

    @Option(
            names = "--pools",
            paramLabel = "P",
            split = ",",
            description = "Where its leases lead, the preferred first.")
    private @Nullable List<String> pools;

    @Option(
            names = "--entry",
            paramLabel = "HOST[,IP]...:PORT",
            description = "What its developer is given: relay.example.com,203.0.113.7:443, or none.")
    private @Nullable String entry;

    @Option(names = "--mode", paramLabel = "MODE", description = "What its clients do unasked: STANDARD or SMART.")
    private @Nullable String mode;

    @Option(names = "--probe-millis", paramLabel = "N", description = "How long a direct way may take to answer.")
    private @Nullable Integer probeMillis;

    @Option(
            names = "--cellular-stays-direct",
            paramLabel = "true|false",
            arity = "1",
            description = "Whether SMART keeps trying directly on cellular networks.")
    private @Nullable Boolean cellularStaysDirect;

    @Option(
            names = "--allow",
            paramLabel = "CIDR[:PORTS][/PROTO]",
            description = "What its clients may reach, as with serve; repeat it for more, or none.")
    private @Nullable List<String> destinations;

    @Option(
            names = "--clients",
            paramLabel = "CIDR",
            split = ",",
            description = "Networks whose SOCKS5 and CONNECT need no credential, or none.")
    private @Nullable List<String> clients;

    @Option(names = "--sdk-minimum", paramLabel = "V", description = "The oldest SDK that gets leases, or none.")
    private @Nullable String sdkMinimum;

    @Option(names = "--lease", paramLabel = "T", description = "How long a lease is good: 1m to 48h.")
    private @Nullable String leaseLife;

    ParameterException nothingNamed() {
        return arguments.wrong("name what to change; see the options");
    }

    /// The members of an app, as the API takes them, that these options change.
    ///
    /// @param now what the app has: a part of a quota, say, is changed within it
    ObjectNode changes(ObjectNode now) {
        ObjectNode changes = JsonOutput.object();
        if (contact != null) {
            changes.put("contact", contact);
        }
        if (sessions != null || kbitPerSecond != null || allocationsPerSubject != null) {
            changes.set("quota", quota(now));
        }
        if (includedRegions != null || excludedRegions != null) {
            changes.set("regions", regions());
        }
        putList(changes, "carriers", carriers, Function.identity());
        putList(changes, "pools", pools, Function.identity());
        if (entry != null) {
            putEntry(changes, entry);
        }
        if (mode != null || probeMillis != null || cellularStaysDirect != null) {
            changes.set("policy", policy(now));
        }
        if (destinations != null) {
            changes.set("destinations", DestinationRuleJson.write(rules(destinations)));
        }
        putList(
                changes,
                "clients",
                clients,
                text -> arguments.read("--clients", () -> Cidr.parse(text)).toString());
        if (sdkMinimum != null) {
            changes.put("sdkMinimumVersion", sdkMinimum.equals(NONE) ? null : sdkMinimum);
        }
        if (leaseLife != null) {
            String text = leaseLife;
            changes.put(
                    "leaseSeconds",
                    arguments.read("--lease", () -> Words.duration(text)).toSeconds());
        }
        return changes;
    }

    private ObjectNode quota(ObjectNode now) {
        ObjectNode quota = now.has("quota") ? ((ObjectNode) now.get("quota")).deepCopy() : JsonOutput.object();
        if (sessions != null) {
            quota.put("sessions", sessions);
        }
        if (kbitPerSecond != null) {
            quota.put("kbitPerSecond", kbitPerSecond);
        }
        if (allocationsPerSubject != null) {
            quota.put("allocationsPerSubject", allocationsPerSubject);
        }
        if (!quota.has("sessions")) {
            throw arguments.wrong("--kbit and --allocations of a new app want --sessions too");
        }
        return quota;
    }

    private ObjectNode regions() {
        if (includedRegions != null && excludedRegions != null) {
            throw arguments.wrong("name --include-regions or --exclude-regions, not both");
        }
        ObjectNode regions = JsonOutput.object().put("rule", includedRegions != null ? "include" : "exclude");
        putList(regions, "names", includedRegions != null ? includedRegions : excludedRegions, Function.identity());
        return regions;
    }

    private ObjectNode policy(ObjectNode now) {
        ObjectNode policy = now.has("policy")
                ? ((ObjectNode) now.get("policy")).deepCopy()
                : JsonOutput.object()
                        .put("mode", "STANDARD")
                        .put("probeTimeoutMillis", 1000)
                        .put("cellularStaysDirect", true);
        if (mode != null) {
            policy.put("mode", mode);
        }
        if (probeMillis != null) {
            policy.put("probeTimeoutMillis", probeMillis);
        }
        if (cellularStaysDirect != null) {
            policy.put("cellularStaysDirect", cellularStaysDirect);
        }
        return policy;
    }

    private void putEntry(ObjectNode changes, String text) {
        if (text.equals(NONE)) {
            changes.putNull("entry");
            return;
        }
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw arguments.wrong("--entry \"" + text + "\": want HOST[,IP]...:PORT");
        }
        ObjectNode place = changes.putObject("entry");
        ArrayNode ips = place.putArray("ips");
        for (String name : text.substring(0, colon).split(",", -1)) {
            if (name.matches("[0-9.]+|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?")) {
                ips.add(name.replaceAll("[\\[\\]]", ""));
            } else if (place.has("domain")) {
                throw arguments.wrong("--entry \"" + text + "\": one name, and any number of addresses");
            } else {
                place.put("domain", name);
            }
        }
        place.put("port", Integer.parseInt(text.substring(colon + 1)));
    }

    private List<DestinationRule> rules(List<String> texts) {
        List<DestinationRule> rules = new ArrayList<>();
        if (!texts.equals(List.of(NONE))) {
            texts.forEach(text -> rules.add(arguments.read("--allow", () -> DestinationRule.parse(text))));
        }
        return rules;
    }

    private static void putList(
            ObjectNode node, String name, @Nullable List<String> texts, Function<String, String> check) {
        if (texts != null) {
            ArrayNode list = node.putArray(name);
            if (!texts.equals(List.of(NONE))) {
                texts.forEach(text -> list.add(check.apply(text)));
            }
        }
    }
}
