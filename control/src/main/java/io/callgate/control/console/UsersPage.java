package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.ConsoleUser;
import io.callgate.control.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Who may sign in.
final class UsersPage {
    static final String PATH = "/users";
    private static final String AFTER = "after";
    private static final int PAGE = 100;

    private final Store store;

    UsersPage(Store store) {
        this.store = store;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty(), Optional.empty());
    }

    void act(Visit visit) {
        Map<String, String> user = Map.of("userName", visit.typed("user").orElse(""));
        switch (visit.typed("do").orElse("")) {
            case "add" -> {
                ObjectNode request = JsonNodeFactory.instance
                        .objectNode()
                        .put("name", visit.typed("name").orElse(""))
                        .put("role", visit.typed("role").orElse(""));
                if (visit.typed("apps").isPresent()) {
                    putApps(visit, request);
                }
                once(visit, visit.operate("createConsoleUser", Map.of(), request));
            }
            case "apps" -> {
                ObjectNode request = JsonNodeFactory.instance.objectNode();
                putApps(visit, request);
                back(visit, visit.operate("changeConsoleUser", user, request));
            }
            case "reset" -> once(visit, visit.operate("resetConsolePassword", user));
            case "remove" -> back(visit, visit.operate("removeConsoleUser", user));
            default -> show(visit, 400, Optional.of(visit.say("That form is not known.", "未知的表单。")), Optional.empty());
        }
    }

    private static void putApps(Visit visit, ObjectNode request) {
        ArrayNode apps = request.putArray("apps");
        visit.words("apps").forEach(apps::add);
    }

    private void back(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Optional.empty());
        } else {
            visit.redirect(page(visit));
        }
    }

    /// Where forms are sent, so that whoever acts is shown the same users again.
    private static String page(Visit visit) {
        return PATH
                + visit.asked(AFTER)
                        .map(name -> "?" + AFTER + "=" + Visit.encoded(name))
                        .orElse("");
    }

    private void once(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Optional.empty());
            return;
        }
        String name = outcome.body().get("name").asString();
        ShownOnce password = new ShownOnce(
                visit.say(
                        "Password of " + name + " for the first sign-in, shown this once:", name + " 的首次登录密码，仅显示这一次："),
                outcome.body().get("password").asString());
        show(visit, 200, Optional.empty(), Optional.of(password));
    }

    private void show(Visit visit, int status, Optional<String> problem, Optional<ShownOnce> password) {
        if (visit.isOwner()) {
            visit.refuse(PATH);
            return;
        }
        List<ConsoleUser> found = store.read(transaction ->
                transaction.consoleUsers().page(visit.asked(AFTER).orElse(""), PAGE + 1));
        List<ConsoleUser> users = found.stream().limit(PAGE).toList();
        visit.answer(
                status,
                "users",
                new View(
                        visit,
                        page(visit),
                        visit.asked(AFTER).isPresent(),
                        users,
                        found.size() > PAGE ? users.getLast().name() : "",
                        problem,
                        password));
    }

    /// @param page where forms are sent
    /// @param isLater whether this is another page than the first
    /// @param next after which user the next page begins; empty: there is none
    /// @param password of a user who has a new one
    record View(
            Visit visit,
            String page,
            boolean isLater,
            List<ConsoleUser> users,
            String next,
            Optional<String> problem,
            Optional<ShownOnce> password) {}
}
