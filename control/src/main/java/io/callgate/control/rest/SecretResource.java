package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Pool;
import io.callgate.control.store.SecretTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What apps prove themselves by, for the operator: token secrets and the app sign, shown once, when they are
/// made; and the secrets that sign their credentials at relays, which are never shown.
final class SecretResource {
    private final Store store;
    private final InForce inForce;

    SecretResource(Store store, InForce inForce) {
        this.store = store;
        this.inForce = inForce;
    }

    void addTo(Handlers handlers) {
        handlers.on("listTokenSecrets", this::listTokenSecrets)
                .on("addTokenSecret", this::addTokenSecret)
                .on("removeTokenSecret", this::removeTokenSecret)
                .on("renewAppSign", this::renewAppSign)
                .on("removeAppSign", this::removeAppSign)
                .on("rotateRelaySecrets", call -> inForce.await(call.appId(), rotateRelaySecrets(call)));
    }

    private Answer listTokenSecrets(Call call) {
        return store.read(transaction -> {
            App app = AppResource.find(transaction, call);
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            ArrayNode items = node.putArray("items");
            for (AppSecret secret : transaction.secrets().ofApp(app.id(), SecretTable.Kind.TOKEN)) {
                items.addObject()
                        .put("id", secret.id().toString())
                        .put("createdAt", secret.createdAt().toString());
            }
            return Answer.ok(node);
        });
    }

    private Answer addTokenSecret(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = lock(transaction, call);
            List<AppSecret> live = transaction.secrets().ofApp(app.id(), SecretTable.Kind.TOKEN);
            if (live.size() == SecretTable.MOST_LIVE) {
                throw Refused.conflict(
                        "app " + app.id() + " has two token secrets",
                        "remove the older one first: " + live.getLast().id());
            }
            return shownOnce(transaction, app, SecretTable.Kind.TOKEN, "app.token-secret.add");
        });
    }

    private Answer removeTokenSecret(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = AppResource.find(transaction, call);
            if (!transaction.secrets().remove(app.id(), SecretTable.Kind.TOKEN, call.id("secretId"))) {
                throw Refused.notFound(
                        "token secret " + call.id("secretId") + " of app " + app.id(), "list them first");
            }
            transaction
                    .audit()
                    .add(
                            "app.token-secret.remove",
                            app.id().value(),
                            call.id("secretId").toString());
            return Answer.done();
        });
    }

    private Answer renewAppSign(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = lock(transaction, call);
            transaction.secrets().removeAll(app.id(), SecretTable.Kind.APP_SIGN);
            return shownOnce(transaction, app, SecretTable.Kind.APP_SIGN, "app.app-sign.renew");
        });
    }

    private Answer removeAppSign(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = AppResource.find(transaction, call);
            if (transaction.secrets().removeAll(app.id(), SecretTable.Kind.APP_SIGN) > 0) {
                transaction.audit().add("app.app-sign.remove", app.id().value());
            }
            return Answer.done();
        });
    }

    private Answer rotateRelaySecrets(Call call) {
        return store.change(call.actor(), transaction -> {
            App app = lock(transaction, call);
            for (Pool pool : transaction.pools().of(app)) {
                Optional<Instant> tooEarly = transaction.secrets().rotateInPool(app.id(), pool.id());
                if (tooEarly.isPresent()) {
                    throw Refused.conflict(
                            "credentials signed with the secret before may live until " + tooEarly.get(),
                            "rotate after that; to cut them off now, suspend the app and activate it again");
                }
            }
            transaction.counters().raise(Counter.STATE);
            transaction.audit().add("app.relay-secrets.rotate", app.id().value());
            return Answer.done();
        });
    }

    /// The app, unless it is gone; a change of its secrets is a change of it, so two at once do not both count to
    /// two.
    private static App lock(Transaction transaction, Call call) {
        return AppResource.replace(transaction, AppResource.find(transaction, call));
    }

    private static Answer shownOnce(Transaction transaction, App app, SecretTable.Kind kind, String action) {
        AppSecret secret = transaction.secrets().add(app.id(), kind);
        transaction.audit().add(action, app.id().value(), secret.id().toString());
        return Answer.created(JsonNodeFactory.instance
                .objectNode()
                .put("id", secret.id().toString())
                .put("secret", secret.secret().reveal())
                .put("createdAt", secret.createdAt().toString()));
    }
}
