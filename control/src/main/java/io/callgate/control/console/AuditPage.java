package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.AuditEntry;
import io.callgate.control.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Who changed what, the newest first; and for how long that and other things are kept.
final class AuditPage {
    private static final String PATH = "/audit";
    private static final int PAGE = 100;
    private static final List<String> KEPT = List.of("usageDays", "sitesDays", "auditDays");

    private final Store store;

    AuditPage(Store store) {
        this.store = store;
    }

    void show(Visit visit) {
        show(visit, 200, Optional.empty());
    }

    /// Changes for how long is kept what accumulates.
    void act(Visit visit) {
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        for (String name : KEPT) {
            visit.typed(name)
                    .ifPresent(days -> request.set(
                            name,
                            days.matches("\\d{1,9}")
                                    ? JsonNodeFactory.instance.numberNode(Integer.parseInt(days))
                                    : JsonNodeFactory.instance.stringNode(days)));
        }
        Outcome outcome = visit.operate("changeRetention", Map.of(), request);
        if (outcome.problem().isPresent()) {
            show(visit, outcome.status(), outcome.problem());
        } else {
            visit.redirect(PATH);
        }
    }

    private void show(Visit visit, int status, Optional<String> problem) {
        if (visit.isOwner()) {
            Frame.forOperators(visit, PATH);
            return;
        }
        Optional<UUID> before = visit.askedId("before");
        List<AuditEntry> entries = store.read(transaction -> transaction.audit().page(before, PAGE + 1));
        Table table = new Table(
                visit.say("When (UTC)", "时间 (UTC)"),
                visit.say("Who", "操作者"),
                visit.say("From", "来源"),
                visit.say("What", "操作"),
                visit.say("Of what", "对象"),
                visit.say("Detail", "详情"));
        entries.stream()
                .limit(PAGE)
                .forEach(entry -> table.row(
                        visit.time(entry.happenedAt()),
                        entry.actor(),
                        Table.number(entry.origin().orElse("")),
                        el("code", entry.action()),
                        entry.target(),
                        el("div", css("quiet"), entry.detail(), change(visit, entry))));
        visit.answer(
                status,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Audit", "审计"),
                        Frame.problem(problem),
                        el(
                                "section",
                                css("card"),
                                table.orElse(visit.say("Nothing yet.", "暂无记录。")),
                                Frame.more(
                                        visit,
                                        PATH + "?before=",
                                        entries.size() > PAGE
                                                ? entries.get(PAGE - 1).id().toString()
                                                : "")),
                        retention(visit)));
    }

    private static Html retention(Visit visit) {
        Outcome kept = visit.operate("readRetention", Map.of());
        if (kept.problem().isPresent()) {
            return Html.nothing();
        }
        List<String> labels = List.of(
                visit.say("Usage, peaks, excesses", "用量、峰值、超额"),
                visit.say("Networks of clients", "客户端网络"),
                visit.say("The audit", "审计"));
        List<Html> fields = new ArrayList<>();
        for (int i = 0; i < KEPT.size(); i++) {
            String days = kept.body().get(KEPT.get(i)).asString();
            fields.add(
                    visit.isOperator()
                            ? Frame.input(labels.get(i), KEPT.get(i), days, true)
                            : el("p", labels.get(i) + ": " + days));
        }
        return el(
                "section",
                css("card"),
                el("h2", visit.say("For how many days is kept", "保留天数")),
                visit.isOperator()
                        ? visit.form(
                                PATH,
                                at(
                                        "data-sure",
                                        visit.say("What is older is removed at once. Change it?", "更早的数据将立即删除，确定修改？")),
                                el("div", css("row"), fields),
                                el("button", css("second"), visit.say("Change it", "保存")))
                        : el("div", fields));
    }

    /// What was and what is now, where that is told.
    private static Html change(Visit visit, AuditEntry entry) {
        if (entry.before().isEmpty() && entry.after().isEmpty()) {
            return Html.nothing();
        }
        return el(
                "details",
                el("summary", visit.say("Before and after", "变更前后")),
                part(visit.say("Before", "变更前"), entry.before()),
                part(visit.say("After", "变更后"), entry.after()));
    }

    private static Html part(String title, Optional<String> json) {
        return json.<Html>map(text -> el("p", el("strong", title), " ", text)).orElse(Html.nothing());
    }
}
