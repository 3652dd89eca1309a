package io.callgate.control.console;

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
import java.util.ArrayList;
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
    static final String PATH = "/usage";
    /// After every hour that is counted: a relay's clock may be ahead.
    private static final Instant EVER = Instant.parse("9999-01-01T00:00:00Z");

    private static final Duration DAY = Duration.ofDays(1);
    static final List<Integer> DAYS = List.of(7, 30, 90, 365);
    private static final String CSV = "text/csv; charset=utf-8";

    private final Store store;
    private final AppChoice apps;

    UsagePage(Store store, AppChoice apps) {
        this.store = store;
        this.apps = apps;
    }

    /// Of one day, or of one ingress.
    record Amount(long bytes, long sessions, long seconds) {
        static final Amount NOTHING = new Amount(0, 0, 0);

        static Amount of(DayOfUsage day) {
            return new Amount(day.bytesToPeer() + day.bytesToClient(), day.sessions(), day.sessionSeconds());
        }

        Amount plus(Amount more) {
            return new Amount(bytes + more.bytes, sessions + more.sessions, seconds + more.seconds);
        }
    }

    void show(Visit visit) {
        AppId app = apps.of(visit).orElse(null);
        if (app == null) {
            noApp(visit);
            return;
        }
        int days = days(visit);
        Instant from = start(visit.now(), days);
        Map<LocalDate, Amount> byDay = new TreeMap<>();
        for (int i = 0; i < days; i++) {
            byDay.put(date(from.plus(DAY.multipliedBy(i))), Amount.NOTHING);
        }
        Map<String, Amount> byIngress = new TreeMap<>();
        for (DayOfUsage used : days(app, from)) {
            byIngress.merge(used.ingress(), Amount.of(used), Amount::plus);
            byDay.merge(date(used.day()), Amount.of(used), Amount::plus);
        }
        Peaks peaks = Peaks.of(store.read(transaction -> transaction.peaks().ofFleet(app, from, EVER)));
        visit.answer(
                200,
                "usage",
                new View(
                        visit,
                        app,
                        apps.choice(visit, PATH, Optional.of(app)),
                        days,
                        List.of(
                                chart(
                                        visit.say("Session time by day", "每日会话时长"),
                                        byDay,
                                        Amount::seconds,
                                        Amounts::duration),
                                chart(visit.say("Traffic by day", "每日流量"), byDay, Amount::bytes, Amounts::bytes)),
                        byDay(byDay, peaks),
                        byIngress(byIngress, peaks)));
    }

    /// @param byDay the last one first, of those with any use
    record View(
            Visit visit,
            AppId app,
            AppChoice.Choice choice,
            int days,
            List<Bars> charts,
            List<Row> byDay,
            List<Row> byIngress) {}

    /// @param what a day, or an ingress
    /// @param peak empty where no relay has told it
    record Row(String what, Amount used, Optional<Long> peak) {}

    /// By hour, relay and ingress: read and sent day by day, because a year of a large fleet fits no memory.
    void hoursAsCsv(Visit visit) {
        AppId app = apps.of(visit).orElse(null);
        if (app == null) {
            noFile(visit);
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
            noFile(visit);
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

    private void noApp(Visit visit) {
        apps.none(visit, PATH, visit.say("Usage", "用量"));
    }

    /// There is no such file, whether an app was named or not.
    private void noFile(Visit visit) {
        noApp(visit);
        visit.context().status(404);
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

    private static Bars chart(
            String label, Map<LocalDate, Amount> byDay, ToLongFunction<Amount> value, LongFunction<String> text) {
        List<Bars.Bar> bars = byDay.entrySet().stream()
                .map(entry -> new Bars.Bar(entry.getKey().toString(), value.applyAsLong(entry.getValue())))
                .toList();
        long most = bars.stream().mapToLong(Bars.Bar::value).max().orElse(0);
        return new Bars(label, bars, text.apply(most));
    }

    private static List<Row> byDay(Map<LocalDate, Amount> byDay, Peaks peaks) {
        List<Row> rows = new ArrayList<>();
        new TreeMap<>(byDay).descendingMap().forEach((day, used) -> {
            if (!used.equals(Amount.NOTHING)) {
                rows.add(new Row(
                        day.toString(), used, Optional.ofNullable(peaks.byDay().get(day))));
            }
        });
        return rows;
    }

    private static List<Row> byIngress(Map<String, Amount> byIngress, Peaks peaks) {
        List<Row> rows = new ArrayList<>();
        byIngress.forEach((ingress, used) -> rows.add(
                new Row(ingress, used, Optional.ofNullable(peaks.byIngress().get(ingress)))));
        return rows;
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
