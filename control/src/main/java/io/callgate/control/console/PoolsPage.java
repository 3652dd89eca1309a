package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.PoolTable;
import io.callgate.control.store.Store;
import io.callgate.model.Transport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Pools, and their addresses as firewalls open them: published and withdrawn, with notice.
final class PoolsPage {
    private static final String PATH = "/pools";
    private static final int PAGE = 100;

    /// In the query: the last pool of the page before; the pool and the id of its last address.
    private static final String POOL = "pool";

    private static final String IN = "in";
    private static final String ADDRESS = "address";

    /// Where the pools begin, below the addresses.
    private static final String POOLS = "pools";

    private final Store store;

    PoolsPage(Store store) {
        this.store = store;
    }

    /// All that is shown, read at one moment.
    ///
    /// @param names of all pools
    /// @param pools of this page
    /// @param used those of them that are not empty
    /// @param addresses of this page
    private record Book(
            List<String> names,
            List<Pool> pools,
            boolean hasMorePools,
            List<String> used,
            List<PoolAddress> addresses,
            boolean hasMoreAddresses,
            Instant now) {}

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    void act(Visit visit) {
        Map<String, String> pool = Map.of("poolId", visit.typed("pool").orElse(""));
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        Outcome outcome = switch (visit.typed("do").orElse("")) {
            case "create" -> {
                request.put("id", visit.typed("id").orElse(""))
                        .put("kind", visit.typed("kind").orElse(""));
                visit.typed("owner").ifPresent(owner -> request.put("owner", owner));
                putDays(visit, request);
                yield visit.operate("createPool", Map.of(), request);
            }
            case "change" -> {
                putDays(visit, request);
                yield visit.operate("changePool", pool, request);
            }
            case "remove" -> visit.operate("removePool", pool);
            case "publish" -> visit.operate("addAddress", pool, address(visit, request));
            case "withdraw" -> {
                visit.typed("emergency").ifPresent(why -> request.put("emergency", why));
                yield visit.operate("withdrawAddress", address(visit), request);
            }
            case "forget" -> visit.operate("removeAddress", address(visit));
            default -> Outcome.unknownForm(visit.say("That form is not known.", "未知的表单。"));
        };
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect(page(visit));
        }
    }

    /// Where forms are sent, so that whoever acts is shown the same pools and addresses again.
    private static String page(Visit visit) {
        return page(visit.asked(POOL), place(visit));
    }

    private static String page(Optional<String> pool, Optional<PoolTable.Place> place) {
        List<String> query = Stream.concat(
                        pool.map(id -> POOL + "=" + Visit.encoded(id)).stream(),
                        place.stream()
                                .flatMap(last -> Stream.of(
                                        IN + "=" + Visit.encoded(last.pool()), ADDRESS + "=" + last.address())))
                .toList();
        return query.isEmpty() ? PATH : PATH + "?" + String.join("&", query);
    }

    /// Empty: from the first address.
    private static Optional<PoolTable.Place> place(Visit visit) {
        return visit.asked(IN)
                .flatMap(pool -> visit.askedId(ADDRESS).map(address -> new PoolTable.Place(pool, address)));
    }

    /// What is no number is kept as it was typed: the contract says what is wrong with it.
    private static void putDays(Visit visit, ObjectNode request) {
        visit.typed("noticeDays").ifPresent(days -> {
            if (days.matches("\\d{1,4}")) {
                request.put("noticeDays", Integer.parseInt(days));
            } else {
                request.put("noticeDays", days);
            }
        });
    }

    private static Map<String, String> address(Visit visit) {
        return Map.of(
                "poolId",
                visit.typed("pool").orElse(""),
                "addressId",
                visit.typed("address").orElse(""));
    }

    private static ObjectNode address(Visit visit, ObjectNode request) {
        for (String name : List.of("cidr", "ports", "region", "purpose")) {
            request.put(name, visit.typed(name).orElse(""));
        }
        var transports = request.putArray("transports");
        visit.allTyped("transports").forEach(transports::add);
        for (String name : List.of("domain", "emergency")) {
            visit.typed(name).ifPresent(text -> request.put(name, text));
        }
        for (String name : List.of("validFrom", "validUntil")) {
            visit.typed(name).ifPresent(day -> request.put(name, day.matches("[\\d-]{10}") ? day + "T00:00:00Z" : day));
        }
        return request;
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        if (visit.isOwner()) {
            Frame.forOperators(visit, PATH);
            return;
        }
        Book book = store.read(transaction -> {
            List<Pool> pools = transaction.pools().page(visit.asked(POOL).orElse(""), PAGE + 1);
            List<PoolAddress> addresses =
                    transaction.pools().addressesOfAll(place(visit).orElse(PoolTable.Place.FIRST), PAGE + 1);
            return new Book(
                    transaction.pools().names(),
                    pools.stream().limit(PAGE).toList(),
                    pools.size() > PAGE,
                    pools.stream()
                            .limit(PAGE)
                            .map(Pool::id)
                            .filter(transaction.pools()::isUsed)
                            .toList(),
                    addresses.stream().limit(PAGE).toList(),
                    addresses.size() > PAGE,
                    transaction.now());
        });
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Pools and addresses", "中继池与地址"),
                        Frame.problem(problem),
                        addresses(visit, book),
                        el(
                                "div",
                                css("columns"),
                                pools(visit, book),
                                visit.isOperator()
                                        ? el(
                                                "div",
                                                PoolForms.publish(visit, page(visit), book.names()),
                                                PoolForms.create(visit, page(visit), book.names()))
                                        : el("div"))));
    }

    private static Html addresses(Visit visit, Book book) {
        Table table = new Table(
                visit.say("Address", "地址"),
                visit.say("Pool, region", "中继池、区域"),
                visit.say("Purpose", "用途"),
                visit.say("Used from", "启用时间"),
                visit.say("Until", "停用时间"),
                visit.say("Check page", "检测页"),
                visit.isOperator() ? visit.say("Action", "操作") : "");
        for (PoolAddress address : book.addresses()) {
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
                    address.validFrom().isAfter(book.now())
                            ? group(visit.time(address.validFrom()), tag(visit.say("announced", "已预告")))
                            : visit.time(address.validFrom()),
                    address.validUntil()
                            .<Object>map(end -> group(
                                    visit.time(end),
                                    address.isOver(book.now()) ? tag(visit.say("ended", "已停用")) : Html.nothing()))
                            .orElse("–"),
                    address.relay().isPresent() && address.transports().contains(Transport.TCP)
                            ? checkPage(visit, address)
                            : "",
                    visit.isOperator() ? actions(visit, book, address) : "");
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Addresses that firewalls open", "防火墙需放行的地址")),
                table.orElse(
                        place(visit).isPresent()
                                ? Frame.noMore(visit)
                                : visit.say("None yet: relays publish theirs when they join.", "暂无：中继加入时会发布其地址。")),
                book.hasMoreAddresses()
                        ? Frame.more(visit, page(visit.asked(POOL), Optional.of(last(book.addresses()))))
                        : Html.nothing());
    }

    private static PoolTable.Place last(List<PoolAddress> addresses) {
        PoolAddress last = addresses.getLast();
        return new PoolTable.Place(last.pool(), last.id());
    }

    private static Html tag(String text) {
        return el("span", css("tag"), text);
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

    private static Html actions(Visit visit, Book book, PoolAddress address) {
        boolean isUnused = address.isOver(book.now()) || address.validFrom().isAfter(book.now());
        Object[] hidden = {
            Visit.hidden("pool", address.pool()),
            Visit.hidden("address", address.id().toString())
        };
        if (isUnused) {
            return visit.form(
                    page(visit),
                    hidden[0],
                    hidden[1],
                    button("forget", visit.say("Remove", "移除"), "small danger", place(address)));
        }
        if (address.validUntil().isPresent()) {
            return Html.nothing();
        }
        return el(
                "details",
                el(
                        "summary",
                        at("aria-label", visit.say("Withdraw ", "停用 ") + place(address)),
                        visit.say("Withdraw", "停用")),
                visit.form(
                        page(visit),
                        hidden[0],
                        hidden[1],
                        Frame.input(
                                visit.say("Emergency: why at once (else after the notice)", "紧急停用原因（留空则按预告期）"),
                                "emergency",
                                "",
                                false),
                        button("withdraw", visit.say("Withdraw it", "确认停用"), "small danger", place(address))));
    }

    private static Html button(String action, String text, String kind, String what) {
        return el(
                "button", css(kind), at("name", "do"), at("value", action), at("aria-label", text + " " + what), text);
    }

    private static Html pools(Visit visit, Book book) {
        Table table = new Table(
                visit.say("Pool", "中继池"),
                visit.say("Kind", "类型"),
                visit.say("Notice, days", "预告天数"),
                visit.isOperator() ? visit.say("Action", "操作") : "");
        for (Pool pool : book.pools()) {
            boolean isTrial = pool.kind() == Pool.Kind.TRIAL;
            table.row(
                    pool.id(),
                    (isTrial ? visit.say("trial", "试用") : visit.say("production", "正式"))
                            + pool.owner()
                                    .map(owner -> visit.say(", only " + owner, "，专属 " + owner))
                                    .orElse(""),
                    isTrial
                            ? "–"
                            : visit.isOperator()
                                    ? notice(visit, pool)
                                    : Table.number(Integer.toString(pool.noticeDays())),
                    visit.isOperator() && !book.used().contains(pool.id())
                            ? visit.form(
                                    page(visit),
                                    Visit.hidden("pool", pool.id()),
                                    button("remove", visit.say("Remove", "移除"), "small danger", pool.id()))
                            : "");
        }
        return el(
                "section",
                at("id", POOLS),
                css("card"),
                el("h2", visit.say("Pools", "中继池")),
                table.orElse(visit.asked(POOL).isPresent() ? Frame.noMore(visit) : visit.say("None.", "无。")),
                book.hasMorePools()
                        ? Frame.more(
                                visit, page(Optional.of(book.pools().getLast().id()), place(visit)) + "#" + POOLS)
                        : Html.nothing());
    }

    private static Html notice(Visit visit, Pool pool) {
        return visit.form(
                page(visit),
                css("inline"),
                Visit.hidden("pool", pool.id()),
                el(
                        "input",
                        at("name", "noticeDays"),
                        at("value", Integer.toString(pool.noticeDays())),
                        at("inputmode", "numeric"),
                        at("aria-label", visit.say("Notice of pool ", "预告天数：") + pool.id())),
                button("change", visit.say("Change", "修改"), "small second", pool.id()));
    }
}
