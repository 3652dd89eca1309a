package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.KnownSession;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Who is on the relays now, and the end of it.
final class SessionsPage {
    static final String PATH = "/sessions";
    private static final int PAGE = 100;

    private final Store store;

    SessionsPage(Store store) {
        this.store = store;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    void act(Visit visit) {
        Outcome outcome = visit.operate(
                "endSession", Map.of("sessionId", visit.typed("session").orElse("")));
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect(
                    PATH + "?ended=" + Visit.encoded(outcome.body().get("uid").asString()));
        }
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        Optional<List<AppId>> apps = visit.app().map(List::of).or(visit.who()::only);
        Optional<UUID> after = visit.askedId("after");
        List<KnownSession> sessions =
                store.read(transaction -> transaction.sessions().page(apps, after, PAGE + 1));
        String more = PATH + "?"
                + visit.app()
                        .map(id -> "app=" + Visit.encoded(id.value()) + "&")
                        .orElse("") + "after=";
        String next = sessions.size() > PAGE ? sessions.get(PAGE - 1).id().toString() : "";
        visit.answer(
                status,
                "sessions",
                new View(
                        visit,
                        apps.filter(these -> these.size() == 1).map(List::getFirst),
                        problem,
                        visit.typed("ended"),
                        sessions.stream().limit(PAGE).toList(),
                        more,
                        next));
    }

    /// @param app whose sessions these are; empty: of several apps
    /// @param ended whose sessions were ended just now
    /// @param more the path of the next page, up to the value of its last parameter
    /// @param next that value; empty: there is no next page
    record View(
            Visit visit,
            Optional<AppId> app,
            Optional<String> problem,
            Optional<String> ended,
            List<KnownSession> sessions,
            String more,
            String next) {
        String title() {
            return app.map(id -> visit.say("Live sessions of ", "在线会话：") + id)
                    .orElse(visit.say("Live sessions", "在线会话"));
        }
    }
}
