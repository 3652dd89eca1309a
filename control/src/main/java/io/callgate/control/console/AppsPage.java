package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.App;
import io.callgate.control.store.Quota;
import io.callgate.control.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// All apps, or an owner's, and a form that takes in the request for another.
final class AppsPage {
    static final String PATH = "/apps";
    private static final int PAGE = 100;

    private final Store store;

    AppsPage(Store store) {
        this.store = store;
    }

    void show(Visit visit) {
        if (visit.who().apps().size() == 1) {
            visit.redirect(AppPage.path(visit.who().apps().getFirst()));
            return;
        }
        show(visit, 200, Optional.empty());
    }

    void create(Visit visit) {
        if (visit.isOwner()) {
            visit.refuse(PATH);
            return;
        }
        ObjectNode request = JsonNodeFactory.instance
                .objectNode()
                .put("id", visit.typed("id").orElse(""))
                .put("contact", visit.typed("contact").orElse(""));
        Optional<String> problem = new AppForm(visit).quotaAndPlaces(Quota.DEFAULT, request);
        if (problem.isPresent()) {
            show(visit, 400, problem);
            return;
        }
        Outcome outcome = visit.operate("createApp", Map.of(), request);
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect("/apps/" + Visit.encoded(outcome.body().get("id").asString()));
        }
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        String after = visit.typed("after").orElse("");
        View view = store.read(transaction -> {
            List<App> apps = visit.who()
                    .only()
                    .map(own -> own.stream()
                            .flatMap(app -> transaction.apps().find(app).stream())
                            .toList())
                    .orElseGet(() -> transaction.apps().page(after, PAGE + 1));
            List<Row> rows = apps.stream()
                    .limit(PAGE)
                    .map(app -> new Row(app, transaction.relays().liveSessions(app.id())))
                    .toList();
            return new View(
                    visit,
                    problem,
                    rows,
                    apps.size() > PAGE ? apps.get(PAGE - 1).id().value() : "");
        });
        visit.answer(status, "apps", view);
    }

    /// @param next after which app the next page begins; empty: there is none
    record View(Visit visit, Optional<String> problem, List<Row> rows, String next) {}

    /// @param sessions that it has now
    record Row(App app, long sessions) {}
}
