package io.callgate.control.console;

import static io.callgate.control.console.Html.css;
import static io.callgate.control.console.Html.el;

import io.callgate.control.store.AuditEntry;
import io.callgate.control.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Who changed what, the newest first.
final class AuditPage {
    private static final String PATH = "/audit";
    private static final int PAGE = 100;

    private final Store store;

    AuditPage(Store store) {
        this.store = store;
    }

    void show(Visit visit) {
        if (visit.isOwner()) {
            visit.answer(403, Frame.page(visit, PATH, visit.say("For operators", "仅限运营者")));
            return;
        }
        Optional<UUID> before = visit.typed("before").flatMap(AuditPage::id);
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
                        entry.origin().orElse(""),
                        el("code", entry.action()),
                        entry.target(),
                        el("div", css("quiet"), entry.detail(), change(visit, entry))));
        visit.answer(
                200,
                Frame.page(
                        visit,
                        PATH,
                        visit.say("Audit", "审计"),
                        el(
                                "section",
                                css("card"),
                                table.orElse(visit.say("Nothing yet.", "暂无记录。")),
                                Frame.more(
                                        visit,
                                        PATH + "?before=",
                                        entries.size() > PAGE
                                                ? entries.get(PAGE - 1).id().toString()
                                                : ""))));
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

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
