package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.App;
import io.callgate.control.store.AppStatus;
import io.callgate.control.store.Quota;
import io.callgate.control.store.Store;
import io.callgate.model.Geofence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// All apps, or an owner's, and a form that takes in the request for another.
final class AppsPage {
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
            Frame.forOperators(visit, "/apps");
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
        Table table = new Table(
                visit.say("App", "应用"),
                visit.say("State", "状态"),
                visit.say("Contact", "联系人"),
                visit.say("Sessions now", "当前会话"),
                visit.say("Quota", "配额"),
                visit.say("Pools", "中继池"));
        String next = store.read(transaction -> {
            List<App> apps = visit.who()
                    .only()
                    .map(own -> own.stream()
                            .flatMap(app -> transaction.apps().find(app).stream())
                            .toList())
                    .orElseGet(() -> transaction.apps().page(after, PAGE + 1));
            apps.stream()
                    .limit(PAGE)
                    .forEach(app -> table.row(
                            el("a", at("href", AppPage.path(app.id())), app.id().value()),
                            state(visit, app.status()),
                            app.settings().contact(),
                            Table.number(Amounts.count(transaction.relays().liveSessions(app.id()))),
                            Table.number(Amounts.count(app.settings().quota().sessions())),
                            String.join(", ", app.settings().pools())));
            return apps.size() > PAGE ? apps.get(PAGE - 1).id().value() : "";
        });
        visit.answer(
                status,
                Frame.page(
                        visit,
                        "/apps",
                        visit.say("Apps", "应用"),
                        Frame.problem(problem),
                        el(
                                "section",
                                css("card"),
                                table.orElse(visit.say("There is no app yet.", "尚无应用。")),
                                Frame.more(visit, "/apps?after=", next)),
                        visit.isOperator() ? request(visit, problem.isPresent()) : Html.nothing()));
    }

    private static Html request(Visit visit, boolean isOpen) {
        return el(
                "section",
                css("card"),
                el(
                        "details",
                        flag("open", isOpen),
                        el("summary", visit.say("Take in the request for an app", "登记新的应用申请")),
                        visit.form(
                                "/apps",
                                el(
                                        "div",
                                        css("row"),
                                        Frame.input(visit.say("App id", "应用 ID"), "id", "", true),
                                        Frame.input(visit.say("Contact", "联系人"), "contact", "", true),
                                        Frame.input(
                                                visit.say("Concurrent sessions", "并发会话数"), "sessions", "100", true)),
                                el(
                                        "div",
                                        css("row"),
                                        AppForm.regions(visit, Geofence.EVERYWHERE),
                                        Frame.input(
                                                visit.say("Carriers of its clients", "客户端运营商"), "carriers", "", false)),
                                el("button", visit.say("Take it in", "登记")))));
    }

    static Html state(Visit visit, AppStatus status) {
        return switch (status) {
            case REQUESTED -> el("span", css("tag"), visit.say("requested", "已申请"));
            case TRIAL -> el("span", css("tag"), visit.say("trial", "试用"));
            case ACTIVE -> el("span", css("tag good"), visit.say("active", "已开通"));
            case SUSPENDED -> el("span", css("tag bad"), visit.say("suspended", "已停用"));
        };
    }
}
