package io.callgate.control.rest;

import io.callgate.control.store.AuditEntry;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.Operator;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Operator tokens and the audit, for the operator.
final class OperationResource {
    private final Store store;

    OperationResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("listOperatorTokens", this::list)
                .on("createOperatorToken", this::create)
                .on("removeOperatorToken", this::remove)
                .on("listAudit", this::listAudit);
    }

    private Answer list(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction.operatorTokens().page(call.afterId(), call.limit() + 1),
                call.limit(),
                operator -> json(operator),
                Operator::id));
    }

    private Answer create(Call call) {
        String name = call.body().get("name").asString();
        Operator.Role role = Operator.Role.ofLabel(call.body().get("role").asString());
        return store.change(call.actor(), transaction -> {
            List<AppId> apps = ownedApps(transaction, call, role);
            BearerToken token = transaction.operatorTokens().create(name, role, apps);
            transaction.audit().add("operator-token.create", name, token.id().toString());
            Operator made = new Operator(token.id(), name, role, apps, transaction.now());
            return Answer.created(json(made).put("token", token.reveal()));
        });
    }

    private Answer remove(Call call) {
        return store.change(call.actor(), transaction -> {
            if (!transaction.operatorTokens().remove(call.id("tokenId"))) {
                throw Refused.notFound("operator token " + call.id("tokenId"), "list them first");
            }
            transaction.audit().add("operator-token.remove", call.id("tokenId").toString());
            return Answer.done();
        });
    }

    private Answer listAudit(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction.audit().page(call.optional("target"), call.afterId(), call.limit() + 1),
                call.limit(),
                OperationResource::json,
                AuditEntry::id));
    }

    /// The apps that an owner is to have: an owner names some that there are, others name none.
    static List<AppId> ownedApps(Transaction transaction, Call call, Operator.Role role) {
        JsonNode named = call.body().path("apps");
        if ((role == Operator.Role.APP_OWNER) == named.isMissingNode()) {
            throw new Refused(Problem.invalid("/apps", "", "an app-owner names its apps, others name none"));
        }
        List<AppId> apps = new ArrayList<>();
        for (JsonNode app : named) {
            AppId id = new AppId(app.asString());
            if (transaction.apps().find(id).isEmpty()) {
                throw new Refused(
                        Problem.invalid("/apps/" + apps.size(), id.value(), "there is no such app: create it first"));
            }
            apps.add(id);
        }
        return apps;
    }

    /// Writes nothing for who owns none.
    static void putApps(ObjectNode node, Operator operator) {
        operator.only().ifPresent(apps -> {
            ArrayNode names = node.putArray("apps");
            apps.forEach(app -> names.add(app.value()));
        });
    }

    private static ObjectNode json(Operator operator) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("id", operator.id().toString())
                .put("name", operator.name())
                .put("role", operator.role().label())
                .put("createdAt", operator.createdAt().toString());
        putApps(node, operator);
        return node;
    }

    private static ObjectNode json(AuditEntry entry) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("id", entry.id().toString())
                .put("at", entry.happenedAt().toString())
                .put("actor", entry.actor())
                .put("action", entry.action())
                .put("target", entry.target());
        entry.origin().ifPresent(origin -> node.put("origin", origin));
        entry.detail().ifPresent(detail -> node.put("detail", detail));
        entry.before().ifPresent(before -> node.put("before", before));
        entry.after().ifPresent(after -> node.put("after", after));
        return node;
    }
}
