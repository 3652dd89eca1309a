package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.store.App;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// The part of [AppPage] that makes, rotates and removes an app's secrets; it shows none that is there already.
final class AppSecrets {
    private AppSecrets() {}

    /// @param mayChange whether whoever looks may make and remove them
    static Html section(Visit visit, AppFacts facts, boolean mayChange) {
        App app = facts.app();
        Table table = new Table(visit.say("Token secret", "令牌密钥"), mayChange ? visit.say("Action", "操作") : "");
        for (JsonNode secret : facts.tokenSecrets()) {
            table.row(
                    group(
                            el("code", secret.get("id").asString().substring(0, 8) + "…"),
                            el("br"),
                            el(
                                    "span",
                                    css("quiet"),
                                    secret.get("createdAt").asString().substring(0, 16))),
                    mayChange
                            ? visit.form(
                                    AppPage.path(app.id()),
                                    at(
                                            "data-sure",
                                            visit.say("Refuse tokens signed with it from now on?", "从现在起拒绝用它签名的令牌？")),
                                    Visit.hidden("secret", secret.get("id").asString()),
                                    el(
                                            "button",
                                            css("small danger"),
                                            at("name", "do"),
                                            at("value", "remove-secret"),
                                            visit.say("Remove", "移除")))
                            : Html.nothing());
        }
        List<Html> buttons = new ArrayList<>();
        if (mayChange) {
            buttons.add(AppPage.button(visit, app, "add-secret", visit.say("New token secret", "新增令牌密钥"), "second"));
            buttons.add(AppPage.button(
                    visit,
                    app,
                    "renew-sign",
                    facts.hasAppSign()
                            ? visit.say("Renew app sign", "更换 AppSign")
                            : visit.say("Make an app sign", "生成 AppSign"),
                    "second"));
            if (facts.hasAppSign()) {
                buttons.add(AppPage.sure(
                        visit,
                        app,
                        "remove-sign",
                        visit.say("Remove app sign", "移除 AppSign"),
                        visit.say("Its clients need tokens from now on?", "此后其客户端必须使用令牌，确定？")));
            }
        }
        if (visit.isOperator()) {
            buttons.add(
                    AppPage.button(visit, app, "rotate-relay", visit.say("Rotate relay secrets", "轮换中继密钥"), "second"));
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("Secrets", "密钥")),
                el(
                        "p",
                        css("quiet"),
                        visit.say(
                                "A secret is shown once, when it is made. To rotate: make a second one, let the app's"
                                        + " server use it, remove the first.",
                                "密钥仅在生成时显示一次。轮换方法：新增一个，让应用服务器改用它，再移除旧的。")),
                table.orElse(visit.say("No token secret yet.", "尚无令牌密钥。")),
                el("div", css("buttons"), buttons));
    }
}
