package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;
import static io.callgate.control.console.Html.group;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Quota;
import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import io.callgate.model.Geofence;
import io.callgate.model.Region;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What was typed about an app, as the API takes it. Each method tells what could not be read; whether it may be
/// is the API's to say.
final class AppForm {
    /// Of pools that an app may have beside its own.
    static final int MOST_POOLS = 100;

    private static final int MOST_LINES = 1000;

    private final Visit visit;

    AppForm(Visit visit) {
        this.visit = visit;
    }

    /// The form itself, with what is agreed now.
    ///
    /// @param others pools that the app may have beside its own
    Html section(AppFacts facts, List<Pool> others) {
        App app = facts.app();
        AppSettings settings = app.settings();
        List<Html> pools = Stream.concat(
                        settings.pools().stream(),
                        others.stream().limit(MOST_POOLS).map(Pool::id))
                .distinct()
                .map(pool -> el(
                        "label",
                        css("check"),
                        el(
                                "input",
                                at("type", "checkbox"),
                                at("name", "pools"),
                                at("value", pool),
                                flag("checked", settings.pools().contains(pool))),
                        pool))
                .toList();
        Html rest = others.size() > MOST_POOLS
                ? el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "There are more pools than are shown: the API (changeApp) takes any.",
                                "未列出全部中继池：其余可通过 API（changeApp）选择。"))
                : Html.nothing();
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
                                                true),
                                        Frame.input(
                                                visit.say("TURN allocations of one user", "单个用户的 TURN 分配数"),
                                                "allocationsPerSubject",
                                                Integer.toString(
                                                        settings.quota().allocationsPerSubject()),
                                                true)),
                                el(
                                        "fieldset",
                                        el(
                                                "legend",
                                                visit.say(
                                                        "Pools, once active, the preferred first; another one comes"
                                                                + " last",
                                                        "开通后使用的中继池，靠前者优先；新选的排在最后")),
                                        pools,
                                        rest,
                                        Frame.input(
                                                visit.say(
                                                        "Emergency: why leases use a new pool at once (else after"
                                                                + " its notice)",
                                                        "紧急原因：新选的中继池立即启用（留空则按预告期）"),
                                                "emergency",
                                                "",
                                                false)),
                                el(
                                        "div",
                                        css("row"),
                                        regions(visit, settings.regions()),
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

    /// Which regions an app may use: names, and whether they are all of them or all but them.
    static Html regions(Visit visit, Geofence agreed) {
        boolean isExclude =
                agreed.rule() == Geofence.Rule.EXCLUDE && !agreed.names().isEmpty();
        return group(
                el(
                        "label",
                        visit.say("Regions it may use", "可用区域"),
                        el(
                                "select",
                                at("name", "regionRule"),
                                el(
                                        "option",
                                        at("value", "include"),
                                        flag("selected", !isExclude),
                                        visit.say("only these", "仅限以下区域")),
                                el(
                                        "option",
                                        at("value", "exclude"),
                                        flag("selected", isExclude),
                                        visit.say("all but these", "以下区域除外")))),
                Frame.input(
                        visit.say("These regions (empty: all)", "区域列表（空为全部）"),
                        "regions",
                        agreed.names().stream().map(Region::value).sorted().collect(Collectors.joining(", ")),
                        false));
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
