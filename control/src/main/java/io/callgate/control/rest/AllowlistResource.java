package io.callgate.control.rest;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.allowlist.SigningKeys;
import io.callgate.control.lease.Leases;
import io.callgate.control.lease.TokenVerdict;
import io.callgate.control.store.AllowlistTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AllowlistJson;
import io.callgate.model.AppId;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What firewalls must open, for the clients of an app and for the operator.
final class AllowlistResource {
    private final Allowlists allowlists;
    private final Leases leases;
    private final Store store;

    AllowlistResource(Allowlists allowlists, Leases leases, Store store) {
        this.allowlists = allowlists;
        this.leases = leases;
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("readOwnAllowlist", call -> answer(call, ownApp(call)))
                .on("readAllowlist", call -> answer(call, app(call)))
                .on("listAllowlistVersions", this::versions)
                .on("readAllowlistChanges", this::changes)
                .on("readAllowlistKey", call -> Answer.ok(json(allowlists.keys())))
                .on("addAllowlistKey", this::addKey)
                .on("promoteAllowlistKey", this::promoteKey)
                .on("removeAllowlistKey", this::removeKey);
    }

    private Answer addKey(Call call) {
        return store.change(call.actor(), transaction -> {
            if (SigningKeys.of(transaction).other().isPresent()) {
                throw Refused.conflict("there are two keys", "remove the other one first");
            }
            return Answer.created(changed(transaction, "allowlist-key.add", () -> SigningKeys.add(transaction)));
        });
    }

    private Answer promoteKey(Call call) {
        return store.change(call.actor(), transaction -> {
            requireOther(transaction);
            return Answer.ok(changed(transaction, "allowlist-key.promote", () -> SigningKeys.promote(transaction)));
        });
    }

    private Answer removeKey(Call call) {
        return store.change(call.actor(), transaction -> {
            requireOther(transaction);
            changed(transaction, "allowlist-key.remove", () -> SigningKeys.remove(transaction));
            return Answer.done();
        });
    }

    private static void requireOther(Transaction transaction) {
        if (SigningKeys.of(transaction).other().isEmpty()) {
            throw Refused.notFound("other key for allowlists", "there is one key alone: add another first");
        }
    }

    /// The audit has the public halves, of before and after.
    private static ObjectNode changed(Transaction transaction, String action, Supplier<SigningKeys> change) {
        ObjectNode before = json(SigningKeys.of(transaction));
        ObjectNode after = json(change.get());
        transaction.audit().add(action, "control", "", before.toString(), after.toString());
        return after;
    }

    private static ObjectNode json(SigningKeys keys) {
        ObjectNode node =
                JsonNodeFactory.instance.objectNode().put("key", keys.key().toString());
        keys.other().ifPresent(other -> node.put("otherKey", other.key().toString()));
        return node;
    }

    private Answer answer(Call call, AppId app) {
        Optional<Long> version = call.optional("version").map(Long::valueOf);
        return version.isPresent()
                ? Answer.ok(allowlists
                        .version(app, version.get())
                        .orElseThrow(() -> unknown(version.get()))
                        .json())
                : Answer.ok(allowlists.current(app).orElseThrow().json());
    }

    private Answer versions(Call call) {
        AppId app = app(call);
        long before = Long.MAX_VALUE;
        try {
            before = call.after().isEmpty() ? before : Long.parseLong(call.after());
        } catch (NumberFormatException e) {
            throw new Refused(Problem.invalid("after", call.after(), "want the next of the page before"));
        }
        return Pages.answer(
                allowlists.versions(app, before, call.limit() + 1),
                call.limit(),
                AllowlistResource::json,
                AllowlistTable.Version::version);
    }

    private Answer changes(Call call) {
        long since = Long.parseLong(call.parameter("since"));
        return Answer.ok(
                AllowlistJson.write(allowlists.changes(app(call), since).orElseThrow(() -> unknown(since))));
    }

    private AppId app(Call call) {
        return store.read(transaction -> AppResource.find(transaction, call).id());
    }

    /// The app that the bearer speaks for, which is there: it has signed.
    private AppId ownApp(Call call) {
        return switch (leases.speaksFor(call.bearer())) {
            case TokenVerdict.Good good -> good.app();
            case TokenVerdict.Bad bad -> throw LeaseResource.refused(bad.refusal());
        };
    }

    private static ObjectNode json(AllowlistTable.Version version) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("version", version.version())
                .put("issuedAt", version.issuedAt().toString())
                .put("entries", version.entries());
    }

    private static Refused unknown(long version) {
        return Refused.notFound("version " + version + " of this allowlist", "list its versions first");
    }
}
