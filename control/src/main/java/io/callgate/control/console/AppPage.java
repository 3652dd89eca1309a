package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One app: where it stands, what it may use, its secrets, and what its developer needs.
final class AppPage {
    /// Of pools that an app may have beside its own: what a form can show.
    private static final int MOST_POOLS = 100;

    private final Store store;

    AppPage(Store store) {
        this.store = store;
    }

    static String path(AppId app) {
        return "/apps/" + Visit.encoded(app.value());
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    void act(Visit visit) {
        Map<String, String> app = Map.of("appId", visit.path("app"));
        switch (visit.typed("do").orElse("")) {
            case "try" -> finish(visit, visit.operate("tryApp", app));
            case "activate" -> finish(visit, visit.operate("activateApp", app));
            case "suspend" -> finish(visit, visit.operate("suspendApp", app));
            case "settings" -> change(visit, app);
            case "add-secret" ->
                once(visit, visit.operate("addTokenSecret", app), visit.say("The new token secret", "新的令牌密钥"));
            case "renew-sign" ->
                once(visit, visit.operate("renewAppSign", app), visit.say("The new app sign", "新的 AppSign"));
            case "remove-sign" -> finish(visit, visit.operate("removeAppSign", app));
            case "remove-secret" ->
                finish(
                        visit,
                        visit.operate(
                                "removeTokenSecret",
                                Map.of(
                                        "appId",
                                        visit.path("app"),
                                        "secretId",
                                        visit.typed("secret").orElse(""))));
            case "erase" -> erase(visit, app);
            case "rotate-relay" -> finish(visit, visit.operate("rotateRelaySecrets", app));
            default -> show(visit, 400, Optional.of(visit.say("That form is not known.", "未知的表单。")));
        }
    }

    private void change(Visit visit, Map<String, String> app) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        visit.typed("revision")
                .filter(text -> text.matches("\\d{1,15}"))
                .ifPresent(text -> request.put("revision", Long.parseLong(text)));
        Optional<String> problem = agreed(visit).flatMap(settings -> new AppForm(visit).changes(settings, request));
        if (problem.isPresent()) {
            show(visit, 400, problem);
        } else {
            finish(visit, visit.operate("changeApp", app, request));
        }
    }

    /// Empty where the name is no app's: the API says so.
    private Optional<AppSettings> agreed(Visit visit) {
        try {
            AppId id = new AppId(visit.path("app"));
            return store.read(transaction -> transaction.apps().find(id)).map(App::settings);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void erase(Visit visit, Map<String, String> app) {
        String uid = visit.typed("uid").orElse("");
        Outcome outcome = visit.operate(
                "eraseSubject", app, JsonNodeFactory.instance.objectNode().put("uid", uid));
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
            return;
        }
        long entries = outcome.body().get("auditEntries").asLong();
        String done = visit.say(
                uid + " is forgotten; entries of the audit that named it: " + entries,
                "已遗忘 " + uid + "；曾含其名的审计条目：" + entries);
        show(visit, 200, Optional.empty(), Optional.of(done), Optional.empty());
    }

    private void finish(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect(visit.context().path());
        }
    }

    private void once(Visit visit, Outcome outcome, String what) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
            return;
        }
        ShownOnce made = new ShownOnce(
                what + visit.say(", shown this once:", "，仅显示这一次："),
                outcome.body().get("secret").asString());
        show(visit, 200, Optional.empty(), Optional.empty(), Optional.of(made));
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        show(visit, status, problem, Optional.empty(), Optional.empty());
    }

    private void show(
            Visit visit, int status, Optional<String> problem, Optional<String> done, Optional<ShownOnce> made) {
        AppFacts facts = AppFacts.read(store, visit, visit.path("app")).orElse(null);
        if (facts == null) {
            visit.answer(404, "app_missing", visit);
            return;
        }
        List<String> own = facts.app().settings().pools();
        List<String> others = visit.isOperator() ? poolsFor(facts.app().id()) : List.of();
        List<String> pools = Stream.concat(own.stream(), others.stream().limit(MOST_POOLS))
                .distinct()
                .toList();
        visit.answer(status, "app", new View(visit, facts, pools, others.size() > MOST_POOLS, problem, done, made));
    }

    private List<String> poolsFor(AppId app) {
        return store.read(transaction -> transaction.pools().eligible(app, MOST_POOLS + 1).stream()
                .map(Pool::id)
                .toList());
    }

    /// @param pools to choose from: its own, then others that it may have
    /// @param hasMorePools whether there are others than those
    record View(
            Visit visit,
            AppFacts facts,
            List<String> pools,
            boolean hasMorePools,
            Optional<String> problem,
            Optional<String> done,
            Optional<ShownOnce> made) {}
}
