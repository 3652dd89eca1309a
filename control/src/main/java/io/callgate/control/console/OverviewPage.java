package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.console.Live.Picture;
import io.callgate.control.store.RegionLoad;
import io.callgate.model.AppId;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What goes on now: of the fleet, or of an owner's apps. A browser with script is told of every look as it comes;
/// without, the page reloads itself.
final class OverviewPage {
    private static final Duration SILENCE = Duration.ofSeconds(10);
    private static final int MOST_APPS = 12;
    private static final int MOST_REASONS = 12;

    /// What every TURN client begins with, and what it meets once an hour.
    private static final Set<String> NORMAL = Set.of("no_credential", "stale_nonce");

    private final Live live;

    OverviewPage(Live live) {
        this.live = live;
    }

    void show(Visit visit) {
        Picture now = live.look();
        String title = title(visit);
        visit.answer(
                200,
                Frame.page(
                        visit,
                        "/",
                        title,
                        el(
                                "div",
                                at("id", "live"),
                                at("data-live", "/live"),
                                at("data-lost", visit.say("No news from control; trying again.", "与控制端失去联系，正在重试。")),
                                numbers(visit, now)),
                        el(
                                "section",
                                css("card"),
                                el("h2", visit.say("Live", "实时")),
                                el(
                                        "div",
                                        at("id", "chart"),
                                        css("chart"),
                                        at("data-sessions", visit.say("sessions", "会话")),
                                        at("data-rate", "Mbit/s"),
                                        at("data-time", visit.say("time", "时间")),
                                        at("data-most", Integer.toString(Live.MOST_POINTS)),
                                        el(
                                                "p",
                                                css("quiet"),
                                                visit.say(
                                                        "With JavaScript there is a chart here, which moves.",
                                                        "启用 JavaScript 后此处显示实时图表。")))),
                        el("div", at("id", "tables"), tables(visit, now))));
    }

    private static String title(Visit visit) {
        List<AppId> own = visit.who().apps();
        return switch (own.size()) {
            case 0 -> visit.say("Overview", "概览");
            case 1 -> visit.say("Overview of ", "概览：") + own.getFirst();
            default -> visit.say("Overview of your apps", "概览：您的应用");
        };
    }

    /// A stream of server-sent events, until the browser goes away, the session is over, its user's apps are
    /// others or control ends.
    void follow(Visit visit) {
        var response = visit.context().res();
        response.setContentType("text/event-stream");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        live.watch();
        try {
            ServletOutputStream out = response.getOutputStream();
            send(out, "history", history(live.history(), visit.who().only()));
            long seen = 0;
            while (!live.isClosed()) {
                Optional<Picture> next = live.awaitAfter(seen, SILENCE);
                if (!visit.isStillIn()) {
                    return;
                }
                if (next.isPresent()) {
                    seen = next.get().number();
                    send(out, "numbers", numbers(visit, next.get()).write());
                    send(out, "tables", tables(visit, next.get()).write());
                    send(out, "point", point(next.get(), visit.who().only()));
                } else {
                    send(out, "silence", "");
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // The browser went away: that is how such a stream ends.
        } finally {
            live.leave();
        }
    }

    private static void send(ServletOutputStream out, String event, String data) throws IOException {
        StringBuilder text = new StringBuilder("event: ").append(event).append('\n');
        data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        out.write(text.append(data.isEmpty() ? "data:\n\n" : "\n").toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static String history(List<Picture> pictures, Optional<List<AppId>> only) {
        StringBuilder text = new StringBuilder("[");
        for (Picture picture : pictures) {
            text.append(text.length() > 1 ? "," : "").append(point(picture, only));
        }
        return text.append(']').toString();
    }

    /// `[seconds, sessions, Mbit/s]`
    private static String point(Picture picture, Optional<List<AppId>> only) {
        return "[" + picture.at().toEpochMilli() / 1000.0 + "," + picture.sessions(only) + ","
                + picture.kbitPerSecond(only) / 1000.0 + "]";
    }

    private static Html numbers(Visit visit, Picture now) {
        Optional<List<AppId>> only = visit.who().only();
        Html relays = Html.nothing();
        if (only.isEmpty()) {
            int alive = now.regions().stream().mapToInt(RegionLoad::alive).sum();
            int all = now.regions().stream().mapToInt(RegionLoad::relays).sum();
            int draining = now.regions().stream().mapToInt(RegionLoad::draining).sum();
            relays = group(
                    number(visit.say("Relays alive", "在线中继"), alive + " / " + all, alive < all ? "warn" : ""),
                    number(visit.say("Draining", "排空中"), Amounts.count(draining), ""),
                    number(
                            visit.say("Leases refused", "被拒租约"),
                            Amounts.count(now.refusals().values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()),
                            ""));
        }
        return el(
                "dl",
                css("numbers"),
                number(visit.say("Live sessions", "在线会话"), Amounts.count(now.sessions(only)), "main"),
                number(visit.say("Throughput", "吞吐量"), Amounts.rate(now.kbitPerSecond(only)), "main"),
                relays);
    }

    private static Html number(String label, String value, String kind) {
        return el("div", css(kind), el("dt", label), el("dd", value));
    }

    private static Html tables(Visit visit, Picture now) {
        if (visit.isOwner()) {
            return visit.who().apps().size() == 1 ? Html.nothing() : apps(visit, now);
        }
        return el(
                "div",
                css("columns"),
                el("div", regions(visit, now), relayRefusals(visit, now)),
                el("div", apps(visit, now), refusals(visit, now)));
    }

    private static Html regions(Visit visit, Picture now) {
        Table table = new Table(
                visit.say("Region", "区域"),
                visit.say("Relays alive", "在线中继"),
                visit.say("Load", "负载"),
                visit.say("Sessions", "会话"),
                visit.say("Throughput", "吞吐量"));
        for (RegionLoad region : now.regions()) {
            table.row(
                    region.region().value(),
                    group(
                            region.alive() + " / " + region.relays(),
                            region.draining() > 0
                                    ? el("span", css("tag"), region.draining() + " " + visit.say("draining", "排空中"))
                                    : Html.nothing()),
                    Table.number(region.loadPercent() + " %"),
                    Table.number(Amounts.count(region.sessions())),
                    Table.number(Amounts.rate(region.kbitPerSecond())));
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Relays by region", "各区域中继")),
                table.orElse(visit.say("No relay has joined yet.", "尚无中继加入。")));
    }

    private static Html apps(Visit visit, Picture now) {
        Table table = new Table(visit.say("App", "应用"), visit.say("Sessions", "会话"), visit.say("Throughput", "吞吐量"));
        Optional<List<AppId>> only = visit.who().only();
        now.apps().stream()
                .filter(load -> only.map(own -> own.contains(load.app())).orElse(true))
                .limit(MOST_APPS)
                .forEach(load -> table.row(
                        el(
                                "a",
                                at("href", "/apps/" + Visit.encoded(load.app().value())),
                                load.app().value()),
                        Table.number(Amounts.count(load.sessions())),
                        Table.number(Amounts.rate(load.kbitPerSecond()))));
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Busiest apps", "最忙的应用")),
                table.orElse(visit.say("Nobody is calling.", "当前没有通话。")));
    }

    private static Html relayRefusals(Visit visit, Picture now) {
        Table table = new Table(visit.say("Reason", "原因"), visit.say("Times", "次数"));
        now.relayRefusals().stream()
                .limit(MOST_REASONS)
                .forEach(refusal -> table.row(
                        group(
                                label(refusal.reason()),
                                NORMAL.contains(refusal.reason())
                                        ? el("span", css("tag plain"), visit.say("normal", "正常"))
                                        : Html.nothing()),
                        Table.number(Amounts.count(refusal.count()))));
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Refused or dropped by relays, by reason", "按原因统计的中继拒绝与丢弃")),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "By the relays that live, since each started; the reasons are those of their metrics.",
                                "在线中继自各自启动以来的计数；原因与其指标标签一致。")),
                table.orElse(visit.say("None.", "无。")));
    }

    /// A label of metrics, which may be broken after its underscores.
    private static Html label(String text) {
        List<Object> parts = new ArrayList<>();
        for (String word : text.split("(?<=_)", -1)) {
            parts.add(word);
            parts.add(el("wbr"));
        }
        return el("code", parts);
    }

    private static Html refusals(Visit visit, Picture now) {
        Table table = new Table(visit.say("Reason", "原因"), visit.say("Leases", "租约"));
        now.refusals()
                .forEach((code, amount) -> table.row(
                        group(
                                code.name(),
                                " ",
                                el("span", css("quiet"), LeaseRefusals.meaning(visit.language(), code))),
                        Table.number(Amounts.count(amount))));
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Leases refused, by reason", "按原因统计的被拒租约")),
                el("p", css("quiet"), visit.say("By this control, since it started.", "自本控制端启动以来。")),
                table.orElse(visit.say("None.", "无。")));
    }
}
