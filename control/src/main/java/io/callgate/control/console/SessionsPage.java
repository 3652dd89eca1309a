package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.group;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.KnownSession;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import io.callgate.model.LiveSession;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Who is on the relays now, and the end of it.
final class SessionsPage {
    private static final String PATH = "/sessions";
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
        Table table = new Table(
                visit.say("User", "用户"),
                visit.say("App", "应用"),
                visit.say("From", "来自"),
                visit.say("Relay, region", "中继、区域"),
                visit.say("By", "方式"),
                visit.say("Since", "开始时间"),
                visit.say("Up / down", "上行 / 下行"),
                visit.say("Action", "操作"));
        sessions.stream().limit(PAGE).forEach(known -> row(visit, table, known));
        String more = PATH + "?"
                + visit.app()
                        .map(id -> "app=" + Visit.encoded(id.value()) + "&")
                        .orElse("") + "after=";
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        apps.filter(these -> these.size() == 1)
                                .map(List::getFirst)
                                .map(id -> visit.say("Live sessions of ", "在线会话：") + id)
                                .orElse(visit.say("Live sessions", "在线会话")),
                        Frame.problem(problem),
                        Frame.done(visit.typed("ended")
                                .map(uid -> visit.say(
                                        "The sessions of " + uid + " end within seconds.", uid + " 的会话将在数秒内结束。"))),
                        el(
                                "section",
                                css("card"),
                                table.orElse(visit.say("Nobody is calling.", "当前没有通话。")),
                                Frame.more(
                                        visit,
                                        more,
                                        sessions.size() > PAGE
                                                ? sessions.get(PAGE - 1).id().toString()
                                                : ""))));
    }

    private static void row(Visit visit, Table table, KnownSession known) {
        LiveSession session = known.session();
        table.row(
                session.subject().value(),
                session.app().value(),
                session.client().toString(),
                known.relay() + ", " + known.region().value(),
                String.join(", ", session.ingresses()),
                visit.time(session.began()),
                Table.number(Amounts.bytes(session.bytesToPeer()) + " / " + Amounts.bytes(session.bytesToClient())),
                visit.mayChange(session.app())
                        ? visit.form(
                                PATH,
                                at(
                                        "data-sure",
                                        visit.say(
                                                "End all sessions of " + session.subject() + "?",
                                                "结束 " + session.subject() + " 的全部会话？")),
                                Visit.hidden("session", known.id().toString()),
                                el(
                                        "button",
                                        css("small danger"),
                                        at("aria-label", visit.say("End the session of ", "结束会话：") + session.subject()),
                                        visit.say("End", "结束")))
                        : group());
    }
}
