package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;
import static io.callgate.control.console.Html.group;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Store;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Pools, their addresses, and the relays that stand there.
final class RelaysPage {
    private static final String PATH = "/relays";
    private static final int PAGE = 200;

    private final Store store;

    RelaysPage(Store store) {
        this.store = store;
    }

    /// All that is shown, read at one moment.
    private record Fleet(
            List<Pool> pools, List<RelayNode> relays, List<PoolAddress> addresses, List<UUID> alive, Instant now) {}

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
            case "create-pool" ->
                finish(
                        visit,
                        visit.operate(
                                "createPool",
                                Map.of(),
                                request.put("id", visit.typed("id").orElse(""))
                                        .put("kind", visit.typed("kind").orElse(""))));
            case "remove-pool" ->
                finish(
                        visit,
                        visit.operate(
                                "removePool",
                                Map.of("poolId", visit.typed("pool").orElse(""))));
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
            visit.redirect(PATH);
        }
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
                                "control: {urls: [" + visit.context().scheme() + "://"
                                        + visit.context().host() + "], joinToken: "
                                        + outcome.body().get("joinToken").asString() + "}")));
    }

    private void show(Visit visit, int status, Optional<String> problem, Html news) {
        if (visit.isOwner()) {
            visit.answer(403, Frame.page(visit, PATH, visit.say("For operators", "仅限运营者"), Html.nothing()));
            return;
        }
        Fleet fleet = store.read(transaction -> {
            List<Pool> pools = transaction.pools().page("", PAGE);
            List<RelayNode> relays = transaction.relays().page(Optional.empty(), PAGE);
            return new Fleet(
                    pools,
                    relays,
                    pools.stream()
                            .flatMap(pool -> transaction.pools().addresses(pool.id(), Optional.empty(), PAGE).stream())
                            .toList(),
                    relays.stream()
                            .filter(relay -> transaction.relays().isAlive(relay))
                            .map(RelayNode::id)
                            .toList(),
                    transaction.now());
        });
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Pools and relays", "中继池与中继"),
                        Frame.problem(problem),
                        news,
                        relays(visit, fleet),
                        el(
                                "div",
                                css("columns wide"),
                                addresses(visit, fleet),
                                el("div", pools(visit, fleet), forms(visit, fleet)))));
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
                css("card"),
                el("h2", visit.say("Relays", "中继")),
                table.orElse(visit.say("No relay has joined yet: make a join token below.", "尚无中继加入：请在下方生成加入令牌。")));
    }

    private static Html state(Visit visit, RelayNode relay, boolean isAlive) {
        boolean isDraining =
                relay.draining() || relay.report().filter(RelayReport::draining).isPresent();
        List<Html> tags = new ArrayList<>();
        tags.add(
                isAlive
                        ? el("span", css("tag good"), visit.say("alive", "在线"))
                        : el("span", css("tag bad"), visit.say("silent", "失联")));
        if (isDraining) {
            long left = relay.report().map(RelayReport::sessions).orElse(0L);
            tags.add(el(
                    "span",
                    css("tag"),
                    left == 0
                            ? visit.say("drained", "已排空")
                            : visit.say("draining, " + left + " left", "排空中，剩余 " + left)));
        }
        relay.report()
                .flatMap(RelayReport::refusal)
                .ifPresent(why -> tags.add(group(el("br"), el("span", css("quiet"), why))));
        return group(tags);
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
                PATH,
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

    private static Html addresses(Visit visit, Fleet fleet) {
        Table table = new Table(
                visit.say("Address", "地址"),
                visit.say("Pool", "中继池"),
                visit.say("Purpose", "用途"),
                visit.say("Used from", "启用时间"),
                visit.say("Check page", "检测页"));
        for (PoolAddress address : fleet.addresses()) {
            table.row(
                    group(
                            el("code", place(address)),
                            el("br"),
                            el(
                                    "span",
                                    css("quiet"),
                                    address.transports().stream()
                                            .map(Transport::lowerCase)
                                            .sorted()
                                            .collect(Collectors.joining(", ")))),
                    address.pool() + ", " + address.region().value(),
                    address.purpose(),
                    address.validFrom().isAfter(fleet.now())
                            ? group(
                                    visit.time(address.validFrom()),
                                    el("span", css("tag"), visit.say("announced", "已预告")))
                            : visit.time(address.validFrom()),
                    address.relay().isPresent() && address.transports().contains(Transport.TCP)
                            ? checkPage(visit, address)
                            : "");
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Addresses that firewalls open", "防火墙需放行的地址")),
                table.orElse(visit.say("None yet: relays publish theirs when they join.", "暂无：中继加入时会发布其地址。")));
    }

    private static Html checkPage(Visit visit, PoolAddress address) {
        String host =
                address.serverName().orElseGet(() -> address.cidr().network().bracketed());
        String scheme = address.serverName().isPresent() ? "https" : "http";
        return el(
                "a",
                at("href", scheme + "://" + host + ":" + address.ports().first() + "/check"),
                at("rel", "noreferrer"),
                visit.say("Check", "检测"));
    }

    private static String place(PoolAddress address) {
        int bits = address.cidr().prefixBits();
        boolean isOne = bits == (address.cidr().network().isV4() ? 32 : 128);
        return (isOne ? address.cidr().network().bracketed() : address.cidr().toString()) + ":" + address.ports();
    }

    private static Html pools(Visit visit, Fleet fleet) {
        Table table = new Table(
                visit.say("Pool", "中继池"),
                visit.say("Kind", "类型"),
                visit.say("Relays", "中继"),
                visit.isOperator() ? visit.say("Action", "操作") : "");
        for (Pool pool : fleet.pools()) {
            long relays = fleet.relays().stream()
                    .filter(relay -> relay.pool().equals(pool.id()))
                    .count();
            table.row(
                    pool.id(),
                    (pool.kind() == Pool.Kind.TRIAL ? visit.say("trial", "试用") : visit.say("production", "正式"))
                            + pool.owner()
                                    .map(owner -> visit.say(", only " + owner, "，专属 " + owner))
                                    .orElse(""),
                    Table.number(Long.toString(relays)),
                    visit.isOperator() && relays == 0
                            ? visit.form(
                                    PATH,
                                    Visit.hidden("pool", pool.id()),
                                    el(
                                            "button",
                                            css("small danger"),
                                            at("name", "do"),
                                            at("value", "remove-pool"),
                                            at("aria-label", visit.say("Remove pool ", "移除中继池 ") + pool.id()),
                                            visit.say("Remove", "移除")))
                            : "");
        }
        return el("section", css("card"), el("h2", visit.say("Pools", "中继池")), table.orElse(visit.say("None.", "无。")));
    }

    private static Html forms(Visit visit, Fleet fleet) {
        if (!visit.isOperator()) {
            return Html.nothing();
        }
        List<Html> options = fleet.pools().stream()
                .map(pool -> el("option", at("value", pool.id()), pool.id()))
                .toList();
        return group(
                el(
                        "section",
                        css("card"),
                        el("h2", visit.say("Let a relay join", "添加中继")),
                        visit.form(
                                PATH,
                                el(
                                        "div",
                                        css("row"),
                                        el(
                                                "label",
                                                visit.say("Pool", "中继池"),
                                                el("select", at("name", "pool"), options)),
                                        Frame.input(visit.say("Region", "区域"), "region", "", true),
                                        Frame.input(visit.say("Carrier (optional)", "运营商（可选）"), "carrier", "", false)),
                                el(
                                        "button",
                                        at("name", "do"),
                                        at("value", "join"),
                                        visit.say("Make a join token", "生成加入令牌")))),
                el(
                        "section",
                        css("card"),
                        el(
                                "details",
                                flag("open", fleet.pools().isEmpty()),
                                el("summary", visit.say("Make another pool", "新建中继池")),
                                visit.form(
                                        PATH,
                                        el(
                                                "div",
                                                css("row"),
                                                Frame.input(visit.say("Name", "名称"), "id", "", true),
                                                el(
                                                        "label",
                                                        visit.say("Kind", "类型"),
                                                        el(
                                                                "select",
                                                                at("name", "kind"),
                                                                el(
                                                                        "option",
                                                                        at("value", "production"),
                                                                        visit.say("production", "正式")),
                                                                el(
                                                                        "option",
                                                                        at("value", "trial"),
                                                                        visit.say("trial", "试用"))))),
                                        el(
                                                "button",
                                                at("name", "do"),
                                                at("value", "create-pool"),
                                                visit.say("Make it", "新建"))))));
    }
}
