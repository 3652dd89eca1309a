package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.HourOfUsage;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import io.callgate.model.Csv;
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
    private final AppChoice apps;

    UsagePage(Store store, AppChoice apps) {
        this.store = store;
        this.apps = apps;
    }

    /// Of one day, or of one ingress.
    private static final class Amount {
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
        Optional<AppId> app = apps.of(visit);
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
        Map<LocalDate, Amount> byDay = new TreeMap<>();
        for (int i = 0; i < days; i++) {
            byDay.put(LocalDate.ofInstant(from.plus(Duration.ofDays(i)), ZoneOffset.UTC), new Amount());
        }
        Map<String, Amount> byIngress = new TreeMap<>();
        for (HourOfUsage hour : hours(app.get(), from)) {
            byIngress
                    .computeIfAbsent(hour.key().ingress(), ingress -> new Amount())
                    .add(hour);
            byDay.computeIfAbsent(LocalDate.ofInstant(hour.key().hour(), ZoneOffset.UTC), day -> new Amount())
                    .add(hour);
        }
        Peaks peaks = Peaks.read(visit, app.get(), from);
        visit.answer(
                200,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Usage of ", "用量：") + app.get(),
                        apps.form(visit, PATH, app.get(), daysChoice(visit, days)),
                        el(
                                "div",
                                css("columns"),
                                chart(
                                        visit.say("Session time by day", "每日会话时长"),
                                        byDay,
                                        day -> day.seconds,
                                        Amounts::duration),
                                chart(visit.say("Traffic by day", "每日流量"), byDay, day -> day.bytes, Amounts::bytes)),
                        byDay(visit, byDay, peaks),
                        byIngress(visit, byIngress, peaks),
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
        Optional<AppId> app = apps.of(visit);
        if (app.isEmpty()) {
            visit.answer(404, Frame.page(visit, PATH, visit.say("There is no such app", "没有这个应用")));
            return;
        }
        int days = days(visit);
        Csv csv = Csv.of(
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
            csv.row(List.of(
                    app.get(),
                    hour.key().hour(),
                    hour.relay(),
                    hour.region(),
                    hour.key().ingress(),
                    hour.sessions(),
                    hour.sessionSeconds(),
                    hour.bytesToPeer(),
                    hour.bytesToClient()));
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

    private static Instant start(Instant now, int days) {
        return UsageCount.hourOf(now)
                .atZone(ZoneOffset.UTC)
                .toLocalDate()
                .minusDays(days - 1L)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
    }

    private static Html daysChoice(Visit visit, int days) {
        return el(
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
                                .toList()));
    }

    private static Html chart(
            String title, Map<LocalDate, Amount> byDay, ToLongFunction<Amount> value, LongFunction<String> text) {
        List<Charts.Bar> bars = byDay.entrySet().stream()
                .map(entry -> new Charts.Bar(entry.getKey().toString(), value.applyAsLong(entry.getValue())))
                .toList();
        long most = bars.stream().mapToLong(Charts.Bar::value).max().orElse(0);
        return el("section", css("card"), el("h2", title), Charts.bars(title, bars, text.apply(most)));
    }

    private static Html byDay(Visit visit, Map<LocalDate, Amount> byDay, Peaks peaks) {
        Table table = table(visit, visit.say("Day (UTC)", "日期 (UTC)"));
        new TreeMap<>(byDay).descendingMap().forEach((day, used) -> {
            if (used.sessions > 0 || used.bytes > 0 || used.seconds > 0) {
                row(
                        table,
                        day.toString(),
                        used,
                        Optional.ofNullable(peaks.byDay().get(day.toString())));
            }
        });
        return el("section", css("card"), table.orElse(visit.say("Nothing in these days.", "这段时间没有用量。")));
    }

    private static Html byIngress(Visit visit, Map<String, Amount> byIngress, Peaks peaks) {
        Table table = table(visit, visit.say("Ingress", "接入方式"));
        byIngress.forEach((ingress, used) ->
                row(table, ingress, used, Optional.ofNullable(peaks.byIngress().get(ingress))));
        return table.isEmpty()
                ? Html.nothing()
                : el(
                        "section",
                        css("card"),
                        el("h2", visit.say("By the way that clients came", "按接入方式")),
                        table.orElse(""));
    }

    private static Table table(Visit visit, String what) {
        return new Table(
                what,
                visit.say("Sessions begun", "新会话"),
                visit.say("Most at once (PCU)", "并发峰值 (PCU)"),
                visit.say("Session time", "会话时长"),
                visit.say("Traffic", "流量"));
    }

    /// @param peak empty where no relay has told it
    private static void row(Table table, String what, Amount used, Optional<Long> peak) {
        table.row(
                what,
                Table.number(Amounts.count(used.sessions)),
                Table.number(peak.map(Amounts::count).orElse("–")),
                Table.number(Amounts.duration(used.seconds)),
                Table.number(Amounts.bytes(used.bytes)));
    }

    /// The most sessions at once in the whole fleet.
    private record Peaks(Map<String, Long> byDay, Map<String, Long> byIngress) {
        static Peaks read(Visit visit, AppId app, Instant from) {
            Peaks peaks = new Peaks(new HashMap<>(), new HashMap<>());
            Map<String, String> parameters = new HashMap<>(
                    Map.of("appId", app.value(), "from", from.toString(), "limit", Integer.toString(PAGE)));
            for (int page = 0; page < MOST_PAGES; page++) {
                Outcome outcome = visit.operate("listPeaks", parameters);
                if (outcome.problem().isPresent()) {
                    return peaks;
                }
                outcome.body().get("items").forEach(peaks::take);
                if (!outcome.body().has("next")) {
                    return peaks;
                }
                parameters.put("after", outcome.body().get("next").asString());
            }
            return peaks;
        }

        private void take(JsonNode peak) {
            long sessions = peak.get("sessions").asLong();
            if (peak.has("region")) {
                return;
            }
            if (peak.has("ingress")) {
                byIngress.merge(peak.get("ingress").asString(), sessions, Math::max);
            } else {
                byDay.put(peak.get("day").asString(), sessions);
            }
        }
    }
}
