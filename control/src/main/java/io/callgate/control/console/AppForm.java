package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.Pool;
import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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

    /// The form itself, with what is agreed now.
    ///
    /// @param offered pools that the app may have
    Html section(AppFacts facts, List<Pool> offered) {
        App app = facts.app();
        AppSettings settings = app.settings();
        List<Html> pools = offered.stream()
                .map(pool -> el(
                        "label",
                        css("check"),
                        el(
                                "input",
                                at("type", "checkbox"),
                                at("name", "pools"),
                                at("value", pool.id()),
                                flag("checked", settings.pools().contains(pool.id()))),
                        pool.id()))
                .toList();
        String regions = settings.regions().names().stream()
                .map(region -> region.value())
                .sorted()
                .collect(Collectors.joining(", "));
        return el(
                "section",
                css("card"),
                el(
                        "details",
                        el("summary", visit.say("Change what was agreed", "修改约定")),
                        visit.form(
                                AppPage.path(app.id()),
                                Visit.hidden("do", "settings"),
                                Visit.hidden("revision", Long.toString(app.revision())),
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(visit.say("Contact", "联系人"), "contact", settings.contact(), true),
                                        Frame.input(
                                                visit.say("Concurrent sessions", "并发会话数"),
                                                "sessions",
                                                Integer.toString(
                                                        settings.quota().sessions()),
                                                true),
                                        Frame.input(
                                                visit.say("kbit/s (0: no bound)", "kbit/s（0 为不限）"),
                                                "kbitPerSecond",
                                                Long.toString(settings.quota().kbitPerSecond()),
                                                true)),
                                el("fieldset", el("legend", visit.say("Pools, once active", "开通后使用的中继池")), pools),
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(
                                                visit.say("Only regions (empty: all)", "限定区域（空为全部）"),
                                                "regions",
                                                regions,
                                                false),
                                        Frame.input(
                                                visit.say("Carriers of its clients", "客户端运营商"),
                                                "carriers",
                                                String.join(", ", settings.carriers()),
                                                false)),
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(
                                                visit.say("Entry: domain", "接入域名"),
                                                "domain",
                                                settings.entry()
                                                        .flatMap(entry -> entry.domain())
                                                        .orElse(""),
                                                false),
                                        Frame.input(
                                                visit.say("Entry: addresses", "接入 IP"),
                                                "ips",
                                                settings.entry().stream()
                                                        .flatMap(entry -> entry.ips().stream())
                                                        .map(Object::toString)
                                                        .collect(Collectors.joining(", ")),
                                                false),
                                        Frame.input(
                                                visit.say("Entry: port", "接入端口"),
                                                "port",
                                                settings.entry()
                                                        .map(entry -> Integer.toString(entry.port()))
                                                        .orElse("443"),
                                                false)),
                                el(
                                        "label",
                                        visit.say(
                                                "Its clients may reach, one a line: CIDR[:PORTS][/udp|/tcp]",
                                                "客户端可访问的目的地，每行一条：CIDR[:端口][/udp|/tcp]"),
                                        el(
                                                "textarea",
                                                at("name", "destinations"),
                                                at("spellcheck", "false"),
                                                settings.destinations().stream()
                                                        .map(DestinationRule::toString)
                                                        .collect(Collectors.joining("\n")))),
                                el("button", visit.say("Change it", "保存")))));
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
