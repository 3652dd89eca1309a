package io.callgate.control.console;

import io.callgate.control.rest.Operations.Outcome;
import io.callgate.control.store.AuditEntry;
import io.callgate.control.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Who changed what, the newest first; and for how long that and other things are kept.
final class AuditPage {
    static final String PATH = "/audit";
    private static final int PAGE = 100;

    /// For how many days each is kept, as the contract and the form name it.
    static final String USAGE = "usageDays";

    static final String SITES = "sitesDays";
    static final String AUDIT = "auditDays";

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
        for (String name : List.of(USAGE, SITES, AUDIT)) {
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
            visit.refuse(PATH);
            return;
        }
        Optional<UUID> before = visit.askedId("before");
        List<AuditEntry> entries = store.read(transaction -> transaction.audit().page(before, PAGE + 1));
        visit.answer(
                status,
                "audit",
                new View(
                        visit,
                        problem,
                        entries.stream().limit(PAGE).toList(),
                        entries.size() > PAGE ? entries.get(PAGE - 1).id().toString() : "",
                        kept(visit)));
    }

    private static Optional<Kept> kept(Visit visit) {
        Outcome kept = visit.operate("readRetention", Map.of());
        return kept.problem().isPresent()
                ? Optional.empty()
                : Optional.of(new Kept(
                        kept.body().get(USAGE).asString(),
                        kept.body().get(SITES).asString(),
                        kept.body().get(AUDIT).asString()));
    }

    /// @param next the last of these entries if there are more, else empty
    record View(Visit visit, Optional<String> problem, List<AuditEntry> entries, String next, Optional<Kept> kept) {}

    record Kept(String usageDays, String sitesDays, String auditDays) {}
}
