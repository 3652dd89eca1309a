package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSettings;
import io.callgate.control.store.AppStatus;
import io.callgate.control.store.Pool;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One app: where it stands, what it may use, its secrets, and what its developer needs.
final class AppPage {
    /// What a person may look through; the rest is counted.
    private static final int MOST_ENTRIES = 50;

    private final Store store;

    AppPage(Store store) {
        this.store = store;
    }

    static String path(AppId app) {
        return "/apps/" + Visit.encoded(app.value());
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty(), Html.nothing());
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
            default -> show(visit, 400, Optional.of(visit.say("That form is not known.", "未知的表单。")), Html.nothing());
        }
    }

    private void change(Visit visit, Map<String, String> app) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        visit.typed("revision")
                .filter(text -> text.matches("\\d{1,15}"))
                .ifPresent(text -> request.put("revision", Long.parseLong(text)));
        Optional<String> problem = agreed(visit).flatMap(settings -> new AppForm(visit).changes(settings, request));
        if (problem.isPresent()) {
            show(visit, 400, problem, Html.nothing());
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
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
            return;
        }
        long entries = outcome.body().get("auditEntries").asLong();
        show(
                visit,
                200,
                Optional.empty(),
                Frame.done(Optional.of(visit.say(
                        uid + " is forgotten; entries of the audit that named it: " + entries,
                        "已遗忘 " + uid + "；曾含其名的审计条目：" + entries))));
    }

    private void finish(Visit visit, Outcome outcome) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
        } else {
            visit.redirect(visit.context().path());
        }
    }

    private void once(Visit visit, Outcome outcome, String what) {
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem(), Html.nothing());
            return;
        }
        show(
                visit,
                200,
                Optional.empty(),
                el(
                        "div",
                        css("secret"),
                        at("role", "status"),
                        what + visit.say(", shown this once:", "，仅显示这一次："),
                        el("code", outcome.body().get("secret").asString())));
    }

    private void show(Visit visit, int status, Optional<String> problem, Html news) {
        AppFacts facts = AppFacts.read(store, visit, visit.path("app")).orElse(null);
        if (facts == null) {
            visit.answer(
                    404,
                    Frame.page(
                            visit,
                            "/apps",
                            visit.say("There is no such app", "没有这个应用"),
                            el("p", el("a", at("href", "/apps"), visit.say("All apps", "全部应用")))));
            return;
        }
        App app = facts.app();
        boolean mayChange = visit.mayChange(app.id());
        visit.answer(
                status,
                Frame.page(
                        visit,
                        "/apps",
                        app.id().value(),
                        Frame.problem(problem),
                        news,
                        el(
                                "div",
                                css("columns wide"),
                                el(
                                        "div",
                                        standing(visit, facts),
                                        visit.isOperator()
                                                ? new AppForm(visit).section(facts, pools(app))
                                                : Html.nothing(),
                                        new Snippets(visit, facts).section()),
                                el(
                                        "div",
                                        quota(visit, facts),
                                        AppSecrets.section(visit, facts, mayChange),
                                        links(visit, app),
                                        visit.isOperator() ? forgetting(visit, app) : Html.nothing()))));
    }

    private static Html standing(Visit visit, AppFacts facts) {
        App app = facts.app();
        List<Html> buttons = new ArrayList<>();
        if (visit.isOperator()) {
            boolean isIdle = app.status() == AppStatus.REQUESTED || app.status() == AppStatus.SUSPENDED;
            if (isIdle) {
                buttons.add(button(visit, app, "try", visit.say("Put on trial", "开始试用"), "second"));
            }
            if (app.status() != AppStatus.ACTIVE) {
                buttons.add(button(visit, app, "activate", visit.say("Activate", "开通"), ""));
            }
            if (!isIdle) {
                buttons.add(sure(
                        visit,
                        app,
                        "suspend",
                        visit.say("Suspend", "停用"),
                        visit.say("End all its sessions and refuse its clients?", "结束其全部会话并拒绝其客户端？")));
            }
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Standing", "状态"), " ", AppsPage.state(visit, app.status())),
                el(
                        "dl",
                        css("facts"),
                        Frame.fact(visit.say("Contact", "联系人"), app.settings().contact()),
                        Frame.fact(visit.say("Entry to hand out", "接入地址"), entry(visit, facts)),
                        Frame.fact(
                                visit.say("Pools", "中继池"),
                                app.settings().pools().isEmpty()
                                        ? visit.say("none: activating needs one", "无：开通前请先选择")
                                        : pools(visit, facts)),
                        Frame.fact(
                                visit.say("May reach", "可访问目的地"),
                                app.settings().destinations().isEmpty()
                                        ? visit.say("nothing yet", "暂无")
                                        : el(
                                                "ul",
                                                app.settings().destinations().stream()
                                                        .map(rule -> el("li", el("code", rule.toString())))
                                                        .toList())),
                        Frame.fact(visit.say("Since", "创建时间"), visit.time(app.createdAt()))),
                el("div", css("buttons"), buttons));
    }

    /// Each that leases do not use yet with its day.
    private static Html pools(Visit visit, AppFacts facts) {
        List<Html> pools = new ArrayList<>();
        for (String pool : facts.app().settings().pools()) {
            Html from = Optional.ofNullable(facts.announced().get(pool))
                    .map(day -> el("span", css("quiet"), visit.say(" in leases from ", " 启用于 "), visit.time(day)))
                    .orElse(Html.nothing());
            pools.add(group(pools.isEmpty() ? "" : ", ", pool, from));
        }
        return group(pools);
    }

    private static Html entry(Visit visit, AppFacts facts) {
        List<String> entries = facts.entries();
        return entries.isEmpty()
                ? el("span", css("quiet"), visit.say("no relay stands in its pools yet", "其中继池中尚无中继"))
                : el(
                        "ul",
                        entries.stream()
                                .limit(MOST_ENTRIES)
                                .map(text -> el("li", el("code", text)))
                                .toList(),
                        entries.size() > MOST_ENTRIES
                                ? moreEntries(visit, facts.app(), entries.size() - MOST_ENTRIES)
                                : Html.nothing());
    }

    private static Html moreEntries(Visit visit, App app, int count) {
        return el(
                "li",
                el(
                        "a",
                        at("href", "/allowlist?app=" + Visit.encoded(app.id().value())),
                        visit.say(count + " more: see the allowlist", "另有 " + count + " 个：见放行清单")));
    }

    private static Html quota(Visit visit, AppFacts facts) {
        int agreed = facts.app().settings().quota().sessions();
        long kbit = facts.app().settings().quota().kbitPerSecond();
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Use of the quota", "配额使用")),
                el(
                        "p",
                        el("strong", Amounts.count(facts.sessions()) + " / " + Amounts.count(agreed)),
                        " " + visit.say("sessions", "会话"),
                        Charts.meter(visit.say("Sessions of the quota", "会话配额"), facts.sessions(), agreed)),
                el(
                        "p",
                        el(
                                "strong",
                                kbit == 0
                                        ? Amounts.rate(facts.kbitPerSecond())
                                        : Amounts.rate(facts.kbitPerSecond()) + " / " + Amounts.rate(kbit)),
                        kbit == 0 ? " " + visit.say("without a bound", "不限速") : "",
                        kbit == 0
                                ? Html.nothing()
                                : Charts.meter(
                                        visit.say("Throughput of the quota", "吞吐量配额"), facts.kbitPerSecond(), kbit)));
    }

    private static Html links(Visit visit, App app) {
        String only = "?app=" + Visit.encoded(app.id().value());
        return el(
                "section",
                css("card"),
                el("h2", visit.say("More of it", "更多")),
                el(
                        "ul",
                        el("li", el("a", at("href", "/sessions" + only), visit.say("Live sessions", "在线会话"))),
                        el("li", el("a", at("href", "/usage" + only), visit.say("Usage", "用量"))),
                        el("li", el("a", at("href", "/allowlist" + only), visit.say("Allowlist", "放行清单")))));
    }

    private static Html forgetting(Visit visit, App app) {
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Forget a user", "遗忘用户")),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "Takes the name of a user who has no live session out of the audit. Usage names"
                                        + " nobody.",
                                "从审计中移除没有在线会话的用户名。用量记录不含用户名。")),
                visit.form(
                        path(app.id()),
                        at("data-sure", visit.say("Forget this user for good?", "永久遗忘该用户？")),
                        Frame.input(visit.say("User", "用户"), "uid", "", true),
                        el(
                                "button",
                                css("danger"),
                                at("name", "do"),
                                at("value", "erase"),
                                visit.say("Forget", "遗忘"))));
    }

    private List<Pool> pools(App app) {
        return store.read(transaction -> transaction.pools().eligible(app.id(), AppForm.MOST_POOLS + 1));
    }

    static Html button(Visit visit, App app, String action, String text, String kind) {
        return visit.form(path(app.id()), el("button", css(kind), at("name", "do"), at("value", action), text));
    }

    static Html sure(Visit visit, App app, String action, String text, String question) {
        return visit.form(
                path(app.id()),
                at("data-sure", question),
                el("button", css("danger"), at("name", "do"), at("value", action), text));
    }
}
