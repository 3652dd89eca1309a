package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.ConsoleUser;
import io.callgate.control.store.Operator;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Who may sign in.
final class UsersPage {
    private static final String PATH = "/users";
    private static final String AFTER = "after";
    private static final int PAGE = 100;

    private final Store store;

    UsersPage(Store store) {
        this.store = store;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty(), Html.nothing());
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
            default -> show(visit, 400, Optional.of(visit.say("That form is not known.", "未知的表单。")), Html.nothing());
        }
    }

    private static void putApps(Visit visit, ObjectNode request) {
        ArrayNode apps = request.putArray("apps");
        visit.words("apps").forEach(apps::add);
    }

    private void back(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
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
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
            return;
        }
        String name = outcome.body().get("name").asString();
        show(
                visit,
                200,
                Optional.empty(),
                el(
                        "div",
                        css("secret"),
                        at("role", "status"),
                        visit.say(
                                "Password of " + name + " for the first sign-in, shown this once:",
                                name + " 的首次登录密码，仅显示这一次："),
                        el("code", outcome.body().get("password").asString())));
    }

    private void show(Visit visit, int status, Optional<String> problem, Html news) {
        if (visit.isOwner()) {
            Frame.forOperators(visit, PATH);
            return;
        }
        Table table = new Table(
                visit.say("User", "用户"),
                visit.say("Role", "角色"),
                visit.say("Since", "创建时间"),
                visit.isOperator() ? visit.say("Action", "操作") : "");
        List<ConsoleUser> found = store.read(transaction ->
                transaction.consoleUsers().page(visit.asked(AFTER).orElse(""), PAGE + 1));
        List<ConsoleUser> users = found.stream().limit(PAGE).toList();
        for (ConsoleUser user : users) {
            table.row(
                    user.name(),
                    role(visit, user),
                    visit.time(user.createdAt()),
                    visit.isOperator() ? actions(visit, user) : "");
        }
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Users of the console", "控制台用户"),
                        Frame.problem(problem),
                        news,
                        el(
                                "section",
                                css("card"),
                                table.orElse(
                                        visit.asked(AFTER).isPresent()
                                                ? Frame.noMore(visit)
                                                : visit.say("None.", "无。")),
                                Frame.more(
                                        visit,
                                        PATH + "?" + AFTER + "=",
                                        found.size() > PAGE ? users.getLast().name() : "")),
                        visit.isOperator() ? add(visit) : Html.nothing()));
    }

    /// With the apps of an owner, which an operator may change.
    private static Html role(Visit visit, ConsoleUser user) {
        String role = Frame.role(visit.language(), user.who().role());
        String apps = user.who().apps().stream().map(AppId::value).collect(Collectors.joining(", "));
        if (apps.isEmpty()) {
            return el("span", role);
        }
        return visit.isOperator()
                ? visit.form(
                        page(visit),
                        Visit.hidden("user", user.name()),
                        Frame.input(role, "apps", apps, true),
                        el(
                                "button",
                                css("small second"),
                                at("name", "do"),
                                at("value", "apps"),
                                at("aria-label", visit.say("Change the apps of ", "更改应用：") + user.name()),
                                visit.say("Change apps", "更改应用")))
                : el("span", role + ": " + apps);
    }

    private static Html actions(Visit visit, ConsoleUser user) {
        return el(
                "div",
                css("buttons"),
                user.name().equals(visit.who().name())
                        ? el("a", at("href", "/password"), visit.say("Change the password", "更改密码"))
                        : button(
                                visit,
                                user,
                                "reset",
                                visit.say("New password", "重置密码"),
                                "small second",
                                visit.say(
                                        "Sign " + user.name() + " out and make a new password?",
                                        "将 " + user.name() + " 退出并重置密码？")),
                button(
                        visit,
                        user,
                        "remove",
                        visit.say("Remove", "移除"),
                        "small danger",
                        visit.say("Remove user " + user.name() + "?", "移除用户 " + user.name() + "？")));
    }

    private static Html button(
            Visit visit, ConsoleUser user, String action, String text, String kind, String question) {
        return visit.form(
                page(visit),
                at("data-sure", question),
                Visit.hidden("user", user.name()),
                el(
                        "button",
                        css(kind),
                        at("name", "do"),
                        at("value", action),
                        at("aria-label", text + " " + user.name()),
                        text));
    }

    private static Html add(Visit visit) {
        List<Html> roles = Arrays.stream(Operator.Role.values())
                .map(role -> el("option", at("value", role.label()), Frame.role(visit.language(), role)))
                .toList();
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Another user", "添加用户")),
                visit.form(
                        page(visit),
                        el(
                                "div",
                                css("row"),
                                Frame.input(visit.say("User name", "用户名"), "name", "", true),
                                el("label", visit.say("Role", "角色"), el("select", at("name", "role"), roles)),
                                Frame.input(visit.say("Apps, of an app owner", "应用（应用所有者）"), "apps", "", false)),
                        el("button", at("name", "do"), at("value", "add"), visit.say("Add", "添加"))));
    }
}
