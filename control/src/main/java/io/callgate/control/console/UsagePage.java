package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.App;
import io.callgate.control.store.HourOfUsage;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import io.callgate.model.UsageCount;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import tools.jackson.databind.JsonNode;

/// What one app has used, by day, as bars and as a table; and all of it as CSV.
final class UsagePage {
    private static final String PATH = "/usage";
    private static final int PAGE = 500;
    private static final int MOST_PAGES = 20;
    private static final int MOST_ROWS = 200_000;
    private static final List<Integer> DAYS = List.of(7, 30, 90);

    private final Store store;

    UsagePage(Store store) {
        this.store = store;
    }

    /// Of one day.
    private static final class Day {
        long bytes;
        long sessions;
        long seconds;

        void add(HourOfUsage hour) {
            bytes += hour.bytesToPeer() + hour.bytesToClient();
            sessions += hour.sessions();
            seconds += hour.sessionSeconds();
        }
    }

    void show(Visit visit) {
        Optional<AppId> app = chosen(visit);
        if (app.isEmpty()) {
            visit.answer(
                    200,
                    Frame.page(
                            visit,
                            PATH,
                            visit.say("Usage", "用量"),
                            el("p", css("empty"), visit.say("There is no such app.", "没有这个应用。"))));
            return;
        }
        int days = days(visit);
        Instant from = start(visit.now(), days);
        Map<LocalDate, Day> byDay = new TreeMap<>();
        for (int i = 0; i < days; i++) {
            byDay.put(LocalDate.ofInstant(from.plus(Duration.ofDays(i)), ZoneOffset.UTC), new Day());
        }
        List<HourOfUsage> hours = hours(app.get(), from);
        for (HourOfUsage hour : hours) {
            byDay.computeIfAbsent(LocalDate.ofInstant(hour.key().hour(), ZoneOffset.UTC), day -> new Day())
                    .add(hour);
        }
        visit.answer(
                200,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Usage of ", "用量：") + app.get(),
                        choice(visit, app.get(), days),
                        el(
                                "div",
                                css("columns"),
                                chart(
                                        visit.say("Session time by day", "每日会话时长"),
                                        byDay,
                                        day -> day.seconds,
                                        Amounts::duration),
                                chart(visit.say("Traffic by day", "每日流量"), byDay, day -> day.bytes, Amounts::bytes)),
                        table(visit, byDay, peaks(visit, app.get(), from)),
                        el(
                                "p",
                                el(
                                        "a",
                                        css("button second"),
                                        at(
                                                "href",
                                                "/usage.csv?app="
                                                        + Visit.encoded(
                                                                app.get().value()) + "&days=" + days),
                                        visit.say("As CSV, by hour, relay and ingress", "下载 CSV（按小时、中继、方式）")))));
    }

    /// By hour, relay and ingress.
    void csv(Visit visit) {
        Optional<AppId> app = chosen(visit);
        if (app.isEmpty()) {
            visit.answer(404, Frame.page(visit, PATH, visit.say("There is no such app", "没有这个应用")));
            return;
        }
        int days = days(visit);
        StringBuilder csv = new StringBuilder();
        Csv.line(
                csv,
                "app",
                "hour",
                "relay",
                "region",
                "ingress",
                "sessions",
                "session_seconds",
                "bytes_to_peer",
                "bytes_to_client");
        for (HourOfUsage hour : hours(app.get(), start(visit.now(), days))) {
            Csv.line(
                    csv,
                    app.get().value(),
                    hour.key().hour().toString(),
                    hour.relay(),
                    hour.region().value(),
                    hour.key().ingress(),
                    Long.toString(hour.sessions()),
                    Long.toString(hour.sessionSeconds()),
                    Long.toString(hour.bytesToPeer()),
                    Long.toString(hour.bytesToClient()));
        }
        visit.download("text/csv; charset=utf-8", "callgate-usage-" + app.get().value() + ".csv", csv.toString());
    }

    private static int days(Visit visit) {
        return visit.typed("days")
                .filter(text -> text.matches("\\d{1,2}"))
                .map(Integer::valueOf)
                .filter(DAYS::contains)
                .orElse(30);
    }

    /// The owner's; else the one that is named; else the first.
    private Optional<AppId> chosen(Visit visit) {
        return visit.who()
                .app()
                .or(() -> store.read(transaction -> visit.app()
                                .map(named -> transaction.apps().find(named))
                                .orElseGet(() ->
                                        transaction.apps().page("", 1).stream().findFirst()))
                        .map(App::id));
    }

    private List<HourOfUsage> hours(AppId app, Instant from) {
        Instant until = Instant.parse("9999-01-01T00:00:00Z");
        List<HourOfUsage> all = new ArrayList<>();
        store.read(transaction -> {
            Optional<HourOfUsage.Key> after = Optional.empty();
            List<HourOfUsage> page;
            do {
                page = transaction.usage().page(app, from, until, after, PAGE);
                all.addAll(page);
                after = page.isEmpty() ? after : Optional.of(page.getLast().key());
            } while (page.size() == PAGE && all.size() < MOST_ROWS);
            return true;
        });
        return all;
    }

    /// The most sessions at once in the whole fleet, by day.
    private static Map<String, Long> peaks(Visit visit, AppId app, Instant from) {
        Map<String, Long> peaks = new HashMap<>();
        Map<String, String> parameters =
                new HashMap<>(Map.of("appId", app.value(), "from", from.toString(), "limit", Integer.toString(PAGE)));
        for (int page = 0; page < MOST_PAGES; page++) {
            Outcome outcome = visit.operate("listPeaks", parameters);
            if (outcome.problem().isPresent()) {
                return peaks;
            }
            for (JsonNode peak : outcome.body().get("items")) {
                if (!peak.has("region")) {
                    peaks.put(peak.get("day").asString(), peak.get("sessions").asLong());
                }
            }
            if (!outcome.body().has("next")) {
                return peaks;
            }
            parameters.put("after", outcome.body().get("next").asString());
        }
        return peaks;
    }

    private static Instant start(Instant now, int days) {
        return UsageCount.hourOf(now)
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .minusDays(days - 1L)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
    }

    private Html choice(Visit visit, AppId app, int days) {
        List<Html> apps = visit.isOwner()
                ? List.of(el("option", at("value", app.value()), app.value()))
                : store.read(transaction -> transaction.apps().page("", PAGE)).stream()
                        .map(known -> el(
                                "option",
                                at("value", known.id().value()),
                                flag("selected", known.id().equals(app)),
                                known.id().value()))
                        .toList();
        return el(
                "form",
                css("card"),
                at("action", PATH),
                el(
                        "div",
                        css("row"),
                        el("label", visit.say("App", "应用"), el("select", at("name", "app"), apps)),
                        el(
                                "label",
                                visit.say("Days", "天数"),
                                el(
                                        "select",
                                        at("name", "days"),
                                        DAYS.stream()
                                                .map(count -> el(
                                                        "option",
                                                        at("value", Integer.toString(count)),
                                                        flag("selected", count == days),
                                                        count))
                                                .toList())),
                        el("label", el("button", css("second"), visit.say("Show", "查看")))));
    }

    private static Html chart(
            String title, Map<LocalDate, Day> byDay, ToLongFunction<Day> value, LongFunction<String> text) {
        List<Charts.Bar> bars = byDay.entrySet().stream()
                .map(entry -> new Charts.Bar(entry.getKey().toString(), value.applyAsLong(entry.getValue())))
                .toList();
        long most = bars.stream().mapToLong(Charts.Bar::value).max().orElse(0);
        return el("section", css("card"), el("h2", title), Charts.bars(title, bars, text.apply(most)));
    }

    private static Html table(Visit visit, Map<LocalDate, Day> byDay, Map<String, Long> peaks) {
        Table table = new Table(
                visit.say("Day (UTC)", "日期 (UTC)"),
                visit.say("Sessions begun", "新会话"),
                visit.say("Most at once (PCU)", "并发峰值 (PCU)"),
                visit.say("Session time", "会话时长"),
                visit.say("Traffic", "流量"));
        new TreeMap<>(byDay).descendingMap().forEach((day, used) -> {
            if (used.sessions > 0 || used.bytes > 0 || used.seconds > 0) {
                table.row(
                        day.toString(),
                        Table.number(Amounts.count(used.sessions)),
                        Table.number(Amounts.count(peaks.getOrDefault(day.toString(), 0L))),
                        Table.number(Amounts.duration(used.seconds)),
                        Table.number(Amounts.bytes(used.bytes)));
            }
        });
        return el("section", css("card"), table.orElse(visit.say("Nothing in these days.", "这段时间没有用量。")));
    }
}
