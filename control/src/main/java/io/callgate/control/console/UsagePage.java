package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.store.DayOfUsage;
import io.callgate.control.store.HourOfUsage;
import io.callgate.control.store.Peak;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import io.callgate.model.Csv;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/// What one app has used, by day, as bars and as a table; and all of it as CSV. The store adds up, so nothing is
/// left out however many relays have counted.
final class UsagePage {
    private static final String PATH = "/usage";
    /// After every hour that is counted: a relay's clock may be ahead.
    private static final Instant EVER = Instant.parse("9999-01-01T00:00:00Z");

    private static final Duration DAY = Duration.ofDays(1);
    private static final List<Integer> DAYS = List.of(7, 30, 90, 365);
    private static final String CSV = "text/csv; charset=utf-8";

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

        void add(DayOfUsage day) {
            bytes += day.bytesToPeer() + day.bytesToClient();
            sessions += day.sessions();
            seconds += day.sessionSeconds();
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
            byDay.put(date(from.plus(DAY.multipliedBy(i))), new Amount());
        }
        Map<String, Amount> byIngress = new TreeMap<>();
        for (DayOfUsage used : days(app.get(), from)) {
            byIngress.computeIfAbsent(used.ingress(), ingress -> new Amount()).add(used);
            byDay.computeIfAbsent(date(used.day()), day -> new Amount()).add(used);
        }
        Peaks peaks = Peaks.of(store.read(transaction -> transaction.peaks().ofFleet(app.get(), from, EVER)));
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
                                "div",
                                css("buttons"),
                                file(
                                        "/usage-days.csv",
                                        app.get(),
                                        days,
                                        visit.say("As CSV, by day, region and ingress", "下载 CSV（按日、区域、方式）")),
                                file(
                                        "/usage.csv",
                                        app.get(),
                                        days,
                                        visit.say("As CSV, by hour, relay and ingress", "下载 CSV（按小时、中继、方式）")))));
    }

    private static Html file(String path, AppId app, int days, String text) {
        return el(
                "a",
                css("button second"),
                at("href", path + "?app=" + Visit.encoded(app.value()) + "&days=" + days),
                text);
    }

    /// By hour, relay and ingress: read and sent day by day, because a year of a large fleet fits no memory.
    void hoursAsCsv(Visit visit) {
        AppId app = apps.of(visit).orElse(null);
        if (app == null) {
            noApp(visit);
            return;
        }
        List<Instant> days = days(app, start(visit.now(), days(visit))).stream()
                .map(DayOfUsage::day)
                .distinct()
                .toList();
        Csv heading = Csv.of(
                "app",
                "hour",
                "relay",
                "region",
                "ingress",
                "sessions",
                "session_seconds",
                "bytes_to_peer",
                "bytes_to_client");
        visit.download(
                CSV,
                "callgate-usage-" + app.value() + ".csv",
                Stream.concat(Stream.of(heading.toString()), days.stream().map(day -> hoursOf(app, day))));
    }

    private String hoursOf(AppId app, Instant day) {
        Csv csv = Csv.more();
        for (HourOfUsage hour : store.read(transaction ->
                transaction.usage().page(app, day, day.plus(DAY), Optional.empty(), Integer.MAX_VALUE))) {
            csv.row(List.of(
                    app,
                    hour.key().hour(),
                    hour.relay(),
                    hour.region(),
                    hour.key().ingress(),
                    hour.sessions(),
                    hour.sessionSeconds(),
                    hour.bytesToPeer(),
                    hour.bytesToClient()));
        }
        return csv.toString();
    }

    /// By day, region and ingress.
    void daysAsCsv(Visit visit) {
        AppId app = apps.of(visit).orElse(null);
        if (app == null) {
            noApp(visit);
            return;
        }
        Csv csv = Csv.of(
                "app", "day", "region", "ingress", "sessions", "session_seconds", "bytes_to_peer", "bytes_to_client");
        for (DayOfUsage used : days(app, start(visit.now(), days(visit)))) {
            csv.row(List.of(
                    app,
                    date(used.day()),
                    used.region(),
                    used.ingress(),
                    used.sessions(),
                    used.sessionSeconds(),
                    used.bytesToPeer(),
                    used.bytesToClient()));
        }
        visit.download(CSV, "callgate-usage-days-" + app.value() + ".csv", csv.toString());
    }

    private static void noApp(Visit visit) {
        visit.answer(404, Frame.page(visit, PATH, visit.say("There is no such app", "没有这个应用")));
    }

    private static int days(Visit visit) {
        return visit.typed("days")
                .filter(text -> text.matches("\\d{1,3}"))
                .map(Integer::valueOf)
                .filter(DAYS::contains)
                .orElse(30);
    }

    private List<DayOfUsage> days(AppId app, Instant from) {
        return store.read(
                transaction -> transaction.usage().days(app, from, EVER, Optional.empty(), Integer.MAX_VALUE));
    }

    private static LocalDate date(Instant day) {
        return LocalDate.ofInstant(day, ZoneOffset.UTC);
    }

    private static Instant start(Instant now, int days) {
        return date(now).minusDays(days - 1L).atStartOfDay().toInstant(ZoneOffset.UTC);
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
                        Optional.ofNullable(peaks.byDay().get(day)));
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
    private record Peaks(Map<LocalDate, Long> byDay, Map<String, Long> byIngress) {
        static Peaks of(List<Peak> ofFleet) {
            Peaks peaks = new Peaks(new HashMap<>(), new HashMap<>());
            for (Peak peak : ofFleet) {
                peak.ingress()
                        .ifPresentOrElse(
                                ingress -> peaks.byIngress.merge(ingress, peak.sessions(), Math::max),
                                () -> peaks.byDay.put(date(peak.day()), peak.sessions()));
            }
            return peaks;
        }
    }
}
