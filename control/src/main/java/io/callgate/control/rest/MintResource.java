package io.callgate.control.rest;

import io.callgate.control.lease.Leases;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.Pool;
import io.callgate.control.store.SecretTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppToken;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;

/// Makes for an operator who tries things out what else an app's server or a lease gives to a client. No secret
/// leaves control that way.
final class MintResource {
    private static final long DEFAULT_LIFE_SECONDS = 3600;

    private final Store store;

    MintResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("mintToken", this::mintToken).on("mintCredential", this::mintCredential);
    }

    private Answer mintToken(Call call) {
        Subject uid = Requests.field(call.body(), "uid", Subject::new);
        return store.change(call.actor(), transaction -> {
            App app = AppResource.find(transaction, call);
            List<AppSecret> secrets = transaction.secrets().ofApp(app.id(), SecretTable.Kind.TOKEN);
            if (secrets.isEmpty()) {
                throw Refused.conflict("app " + app.id() + " has no token secret", "add one to it first");
            }
            Instant expiresAt = expiry(transaction, call);
            transaction.audit().add("app.token.mint", app.id().value(), uid.value());
            return Answer.created(JsonNodeFactory.instance
                    .objectNode()
                    .put("token", AppToken.mint(secrets.getFirst().secret(), app.id(), uid, expiresAt))
                    .put("expiresAt", expiresAt.toString()));
        });
    }

    private Answer mintCredential(Call call) {
        Subject subject = Requests.field(call.body(), "subject", Subject::new);
        return store.change(call.actor(), transaction -> {
            App app = AppResource.find(transaction, call);
            Secret secret = relaySecret(transaction, app, call.text("pool"));
            RelayCredential credential = RelayCredential.mint(secret, app.id(), subject, expiry(transaction, call));
            transaction.audit().add("app.credential.mint", app.id().value(), subject.value());
            return Answer.created(JsonNodeFactory.instance
                    .objectNode()
                    .put("username", credential.username())
                    .put("password", credential.password())
                    .put("expiresAt", credential.expiresAt().toString()));
        });
    }

    /// Of the pool that was named, else of the first that the app's leases lead to.
    private static Secret relaySecret(Transaction transaction, App app, Optional<String> named) {
        List<String> pools = transaction.pools().of(app).stream().map(Pool::id).toList();
        if (named.isPresent() && !pools.contains(named.get())) {
            throw new Refused(Problem.invalid("/pool", named.get(), "want a pool of the app: " + pools));
        }
        if (!app.isServed() || pools.isEmpty()) {
            throw Refused.conflict(
                    "app " + app.id() + " is " + app.status() + " and has no relay that takes its clients",
                    "activate it first");
        }
        Set<String> announced = transaction.pools().announcedTo(app).keySet();
        String pool = named.or(() ->
                        pools.stream().filter(led -> !announced.contains(led)).findFirst())
                .orElse(pools.getFirst());
        return Leases.arrived(transaction.secrets().ofPool(app.id(), pool), transaction.now())
                .orElseThrow(() -> Refused.conflict(
                        "app " + app.id() + " has no secret in this pool", "try again in some seconds"));
    }

    private static Instant expiry(Transaction transaction, Call call) {
        return transaction
                .now()
                .truncatedTo(ChronoUnit.SECONDS)
                .plusSeconds(call.body().path("lifeSeconds").asLong(DEFAULT_LIFE_SECONDS));
    }
}
