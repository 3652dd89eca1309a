package io.callgate.control.console;

import io.callgate.control.console.Live.Picture;
import io.callgate.control.store.AppLoad;
import io.callgate.control.store.RegionLoad;
import io.callgate.model.AppId;
import io.callgate.model.RefusalCount;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What goes on now: of the fleet, or of an owner's apps. A browser with script is told of every look as it comes;
/// without, the page reloads itself.
final class OverviewPage {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    /// What every TURN client begins with, and what it meets once an hour.
    static final Set<String> NORMAL = Set.of("no_credential", "stale_nonce");

    private final Live live;

    OverviewPage(Live live) {
        this.live = live;
    }

    void show(Visit visit) {
        visit.answer(200, "overview", new View(visit, live.look()));
    }

    /// One look, as who visits may see it.
    record View(Visit visit, Picture now) {
        private static final int MOST_APPS = 12;
        private static final int MOST_REASONS = 12;

        String title() {
            List<AppId> own = visit.who().apps();
            return switch (own.size()) {
                case 0 -> visit.say("Overview", "概览");
                case 1 -> visit.say("Overview of ", "概览：") + own.getFirst();
                default -> visit.say("Overview of your apps", "概览：您的应用");
            };
        }

        long sessions() {
            return now.sessions(visit.who().only());
        }

        long kbitPerSecond() {
            return now.kbitPerSecond(visit.who().only());
        }

        int alive() {
            return now.regions().stream().mapToInt(RegionLoad::alive).sum();
        }

        int relays() {
            return now.regions().stream().mapToInt(RegionLoad::relays).sum();
        }

        int draining() {
            return now.regions().stream().mapToInt(RegionLoad::draining).sum();
        }

        /// Leases.
        long refused() {
            return now.refusals().values().stream().mapToLong(Long::longValue).sum();
        }

        List<AppLoad> busiest() {
            Optional<List<AppId>> only = visit.who().only();
            return now.apps().stream()
                    .filter(load -> only.map(own -> own.contains(load.app())).orElse(true))
                    .limit(MOST_APPS)
                    .toList();
        }

        List<RefusalCount> relayRefusals() {
            return now.relayRefusals().stream().limit(MOST_REASONS).toList();
        }
    }

    /// A stream of server-sent events, until the browser goes away, the session is over, its user's apps are
    /// others or control ends. What is shown comes as messages without a name, which htmx puts in their places;
    /// those with a name are for the script.
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
                    send(out, "", Templates.render("overview_news", new View(visit, next.get())));
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

    /// @param event its name; empty: it has none
    private static void send(ServletOutputStream out, String event, String data) throws IOException {
        StringBuilder text = new StringBuilder(event.isEmpty() ? "" : "event: " + event + "\n");
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
}
