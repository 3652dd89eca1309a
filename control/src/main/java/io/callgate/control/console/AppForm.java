package io.callgate.control.console;

import io.callgate.control.store.AppSettings;
import io.callgate.control.store.Quota;
import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was typed about an app, as the API takes it. Each method tells what could not be read; whether it may be
/// is the API's to say.
final class AppForm {
    private static final int MOST_LINES = 1000;

    private final Visit visit;

    AppForm(Visit visit) {
        this.visit = visit;
    }

    /// All that was typed about an app that there is; what the form does not hold is not in the request.
    ///
    /// @param agreed as it was when the form was shown; the revision that goes with it tells if it was not
    Optional<String> changes(AppSettings agreed, ObjectNode request) {
        // Spaces around it are not typed: they alone are no change.
        visit.typed("contact")
                .filter(contact -> !contact.equals(agreed.contact().strip()))
                .ifPresent(contact -> request.put("contact", contact));
        visit.typed("emergency").ifPresent(why -> request.put("emergency", why));
        return quotaAndPlaces(agreed.quota(), request)
                .or(() -> places(agreed.pools(), request))
                .or(() -> destinations(request));
    }

    /// Quota, regions, carriers.
    ///
    /// @param agreed stands for what was not asked
    Optional<String> quotaAndPlaces(Quota agreed, ObjectNode request) {
        ObjectNode quota = request.putObject("quota")
                .put("kbitPerSecond", agreed.kbitPerSecond())
                .put("allocationsPerSubject", agreed.allocationsPerSubject());
        Optional<String> problem = number(quota, "sessions");
        for (String name : List.of("kbitPerSecond", "allocationsPerSubject")) {
            if (problem.isEmpty() && visit.typed(name).isPresent()) {
                problem = number(quota, name);
            }
        }
        List<String> regions = visit.words("regions");
        request.putObject("regions")
                .put(
                        "rule",
                        regions.isEmpty()
                                ? "exclude"
                                : visit.typed("regionRule").orElse(""))
                .set("names", texts(request, regions));
        request.set("carriers", texts(request, visit.words("carriers")));
        return problem;
    }

    private Optional<String> places(List<String> agreed, ObjectNode request) {
        Set<String> ticked = new LinkedHashSet<>(visit.allTyped("pools"));
        ticked.remove("");
        if (!ticked.equals(Set.copyOf(agreed))) {
            // Their order is which one leases prefer: what stays keeps its place.
            Set<String> pools = new LinkedHashSet<>(agreed);
            pools.retainAll(ticked);
            pools.addAll(ticked);
            request.set("pools", texts(request, pools));
        }
        List<String> ips = visit.words("ips");
        Optional<String> domain = visit.typed("domain");
        if (domain.isEmpty() && ips.isEmpty()) {
            request.putNull("entry");
            return Optional.empty();
        }
        ObjectNode entry = request.putObject("entry");
        domain.ifPresent(name -> entry.put("domain", name));
        entry.set("ips", texts(request, ips));
        return number(entry, "port");
    }

    /// One rule a line, in the form of `--allow`.
    private Optional<String> destinations(ObjectNode request) {
        List<DestinationRule> rules = new ArrayList<>();
        for (String line :
                visit.typed("destinations").orElse("").lines().limit(MOST_LINES).toList()) {
            if (!line.isBlank()) {
                try {
                    rules.add(DestinationRule.parse(line.strip()));
                } catch (IllegalArgumentException e) {
                    return Optional.of(String.valueOf(e.getMessage()));
                }
            }
        }
        request.set("destinations", DestinationRuleJson.write(rules));
        return Optional.empty();
    }

    private Optional<String> number(ObjectNode into, String name) {
        String typed = visit.typed(name).orElse("");
        try {
            into.put(name, Long.parseLong(typed));
            return Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.of(
                    visit.say(name + " “" + typed + "”: want a whole number", name + "“" + typed + "”：请输入整数"));
        }
    }

    private static ArrayNode texts(ObjectNode maker, Collection<String> texts) {
        ArrayNode nodes = maker.arrayNode();
        texts.forEach(nodes::add);
        return nodes;
    }
}
