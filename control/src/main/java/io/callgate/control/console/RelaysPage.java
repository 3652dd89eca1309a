package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Store;
import io.callgate.model.IpAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The relays of the fleet: how they are, how one is emptied, and how another joins.
final class RelaysPage {
    private static final String PATH = "/relays";
    private static final String AFTER = "after";
    private static final int PAGE = 100;

    private final Store store;
    private final InetSocketAddress api;

    /// @param api where the API listens, and with it the link of the relays
    RelaysPage(Store store, InetSocketAddress api) {
        this.store = store;
        this.api = api;
    }

    /// All that is shown, read at one moment.
    ///
    /// @param pools all of them, for who lets a relay join
    /// @param next the last of these relays if there are more, else empty
    private record Fleet(List<String> pools, List<RelayNode> relays, List<UUID> alive, String next) {}

    void show(Visit visit) {
        show(visit, 200, Optional.empty(), Html.nothing());
    }

    void act(Visit visit) {
        Map<String, String> relay = Map.of("relayId", visit.typed("relay").orElse(""));
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        switch (visit.typed("do").orElse("")) {
            case "drain" -> finish(visit, visit.operate("drainRelay", relay));
            case "resume" -> finish(visit, visit.operate("resumeRelay", relay));
            case "remove" -> finish(visit, visit.operate("removeRelay", relay));
            case "join" -> {
                request.put("pool", visit.typed("pool").orElse(""))
                        .put("region", visit.typed("region").orElse(""));
                visit.typed("carrier").ifPresent(carrier -> request.put("carrier", carrier));
                join(visit, visit.operate("createJoinToken", Map.of(), request));
            }
            default -> show(visit, 400, Optional.of(visit.say("That form is not known.", "未知的表单。")), Html.nothing());
        }
    }

    private void finish(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
        } else {
            visit.redirect(page(visit));
        }
    }

    /// Where forms are sent, so that whoever acts is shown the same relays again.
    private static String page(Visit visit) {
        return PATH + visit.askedId(AFTER).map(id -> "?" + AFTER + "=" + id).orElse("");
    }

    private void join(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
            return;
        }
        show(
                visit,
                200,
                Optional.empty(),
                el(
                        "div",
                        css("secret"),
                        at("role", "status"),
                        visit.say(
                                "For one relay, until "
                                        + outcome.body().get("expiresAt").asString()
                                        + "; shown this once. In its relay.yaml:",
                                "供一台中继使用，有效期至 "
                                        + outcome.body().get("expiresAt").asString() + "，仅显示这一次。写入该中继的 relay.yaml："),
                        el(
                                "code",
                                "control: {urls: [" + visit.context().scheme() + "://" + apiHost(visit) + ":"
                                        + api.getPort() + "], joinToken: "
                                        + outcome.body().get("joinToken").asString() + "}")));
    }

    /// The address that the API listens on; if that is any, the host as this browser knows it.
    private String apiHost(Visit visit) {
        return api.getAddress().isAnyLocalAddress()
                ? Optional.ofNullable(visit.context().host())
                        .map(host -> host.replaceFirst(":\\d+$", ""))
                        .orElse("localhost")
                : IpAddress.of(api.getAddress()).bracketed();
    }

    private void show(Visit visit, int status, Optional<String> problem, Html news) {
        if (visit.isOwner()) {
            Frame.forOperators(visit, PATH);
            return;
        }
        Fleet fleet = store.read(transaction -> {
            List<RelayNode> found = transaction.relays().page(visit.askedId(AFTER), PAGE + 1);
            List<RelayNode> relays = found.stream().limit(PAGE).toList();
            return new Fleet(
                    transaction.pools().names(),
                    relays,
                    relays.stream()
                            .filter(relay -> transaction.relays().isAlive(relay))
                            .map(RelayNode::id)
                            .toList(),
                    found.size() > PAGE ? relays.getLast().id().toString() : "");
        });
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Relays", "中继"),
                        Frame.problem(problem),
                        news,
                        relays(visit, fleet),
                        visit.isOperator() ? join(visit, fleet) : Html.nothing()));
    }

    private static Html relays(Visit visit, Fleet fleet) {
        Table table = new Table(
                visit.say("Relay", "中继"),
                visit.say("State", "状态"),
                visit.say("Pool, region", "中继池、区域"),
                visit.say("Load", "负载"),
                visit.say("Sessions", "会话"),
                visit.say("Seen", "最近上报"),
                visit.isOperator() ? visit.say("Action", "操作") : "");
        for (RelayNode relay : fleet.relays()) {
            Optional<RelayReport> report = relay.report();
            boolean isAlive = fleet.alive().contains(relay.id());
            table.row(
                    group(
                            relay.name(),
                            report.flatMap(RelayReport::software)
                                    .map(name -> group(el("br"), el("span", css("quiet"), name)))),
                    state(visit, relay, isAlive),
                    relay.pool() + ", " + relay.region().value()
                            + relay.carrier().map(carrier -> ", " + carrier).orElse(""),
                    Table.number(report.map(told -> told.loadPercent() + " %").orElse("–")),
                    Table.number(
                            report.map(told -> Amounts.count(told.sessions())).orElse("–")),
                    report.<Object>map(told -> visit.time(told.seenAt())).orElse("–"),
                    visit.isOperator() ? actions(visit, relay) : "");
        }
        return el(
                "section",
                at("id", "relays"),
                css("card"),
                // While one drains, the script shows the section as it is now, again and again.
                fleet.relays().stream().anyMatch(RelaysPage::isEmptying) ? at("data-again", "") : Html.nothing(),
                table.orElse(
                        visit.askedId(AFTER).isPresent()
                                ? Frame.noMore(visit)
                                : visit.say("No relay has joined yet: make a join token below.", "尚无中继加入：请在下方生成加入令牌。")),
                Frame.more(visit, PATH + "?" + AFTER + "=", fleet.next()));
    }

    private static Html state(Visit visit, RelayNode relay, boolean isAlive) {
        boolean isDraining = isDraining(relay);
        List<Html> tags = new ArrayList<>();
        tags.add(
                isAlive
                        ? el("span", css("tag good"), visit.say("alive", "在线"))
                        : el("span", css("tag bad"), visit.say("silent", "失联")));
        if (isDraining) {
            long left = sessions(relay);
            long from = Math.max(left, relay.drainFrom().orElse(left));
            tags.add(el(
                    "span",
                    css("tag"),
                    left == 0
                            ? visit.say("drained", "已排空")
                            : from == left
                                    ? visit.say("draining, " + left + " left", "排空中，剩余 " + left)
                                    : visit.say(
                                            "draining, " + left + " of " + from + " left",
                                            "排空中，剩余 " + left + " / " + from)));
            if (from > 0) {
                tags.add(Charts.meter(visit.say("Drained", "已排空"), from - left, from));
            }
        }
        relay.report()
                .flatMap(RelayReport::refusal)
                .ifPresent(why -> tags.add(group(el("br"), el("span", css("quiet"), why))));
        return group(tags);
    }

    private static boolean isDraining(RelayNode relay) {
        return relay.draining() || relay.report().filter(RelayReport::draining).isPresent();
    }

    private static boolean isEmptying(RelayNode relay) {
        return isDraining(relay) && sessions(relay) > 0;
    }

    private static long sessions(RelayNode relay) {
        return relay.report().map(RelayReport::sessions).orElse(0L);
    }

    private static Html actions(Visit visit, RelayNode relay) {
        return el(
                "div",
                css("buttons"),
                relay.draining()
                        ? button(visit, relay, "resume", visit.say("Resume", "恢复"), "small second", "")
                        : button(visit, relay, "drain", visit.say("Drain", "排空"), "small second", ""),
                button(
                        visit,
                        relay,
                        "remove",
                        visit.say("Remove", "移除"),
                        "small danger",
                        visit.say(
                                "Remove relay " + relay.name() + "? It has to join again.",
                                "移除中继 " + relay.name() + "？它需要重新加入。")));
    }

    private static Html button(Visit visit, RelayNode relay, String action, String text, String kind, String question) {
        return visit.form(
                page(visit),
                question.isEmpty() ? Html.nothing() : at("data-sure", question),
                Visit.hidden("relay", relay.id().toString()),
                el(
                        "button",
                        css(kind),
                        at("name", "do"),
                        at("value", action),
                        at("aria-label", text + " " + relay.name()),
                        text));
    }

    private static Html join(Visit visit, Fleet fleet) {
        List<Html> options = fleet.pools().stream()
                .map(pool -> el("option", at("value", pool), pool))
                .toList();
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Let a relay join", "添加中继")),
                visit.form(
                        page(visit),
                        el(
                                "div",
                                css("row"),
                                el("label", visit.say("Pool", "中继池"), el("select", at("name", "pool"), options)),
                                Frame.input(visit.say("Region", "区域"), "region", "", true),
                                Frame.input(visit.say("Carrier (optional)", "运营商（可选）"), "carrier", "", false)),
                        el("button", at("name", "do"), at("value", "join"), visit.say("Make a join token", "生成加入令牌"))));
    }
}
