package io.callgate.control.console;

import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    /// Quota, regions, carriers.
    Optional<String> quotaAndPlaces(ObjectNode request) {
        ObjectNode quota = request.putObject("quota");
        Optional<String> problem = number(quota, "sessions");
        if (problem.isEmpty() && visit.typed("kbitPerSecond").isPresent()) {
            problem = number(quota, "kbitPerSecond");
        }
        List<String> regions = words("regions");
        request.putObject("regions")
                .put("rule", regions.isEmpty() ? "exclude" : "include")
                .set("names", texts(request, regions));
        request.set("carriers", texts(request, words("carriers")));
        return problem;
    }

    Optional<String> places(ObjectNode request) {
        List<String> pools =
                visit.allTyped("pools").stream().filter(pool -> !pool.isEmpty()).toList();
        request.set("pools", texts(request, pools));
        List<String> ips = words("ips");
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
    Optional<String> destinations(ObjectNode request) {
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

    /// With commas or spaces between.
    private List<String> words(String name) {
        return Stream.of(visit.typed(name).orElse("").split("[\\s,，]+", MOST_LINES))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static ArrayNode texts(ObjectNode maker, List<String> texts) {
        ArrayNode nodes = maker.arrayNode();
        texts.forEach(nodes::add);
        return nodes;
    }
}
