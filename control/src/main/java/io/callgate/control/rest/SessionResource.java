package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.KnownSession;
import io.callgate.control.store.Store;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.AppId;
import io.callgate.model.LiveSession;
import io.callgate.model.RelayCredential;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Live sessions, for the operator.
final class SessionResource {
    private final Store store;

    SessionResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("listSessions", this::list).on("endSession", this::end);
    }

    private Answer list(Call call) {
        Optional<AppId> app = call.only().or(() -> call.optional("appId").map(AppId::new));
        return store.read(transaction -> Pages.answer(
                transaction.sessions().page(app, call.afterId(), call.limit() + 1),
                call.limit(),
                SessionResource::json,
                KnownSession::id));
    }

    /// Ends it as everything of its subject, at every relay: by the desired state, which relays keep when they
    /// restart and when control is gone.
    private Answer end(Call call) {
        UUID id = call.id("sessionId");
        return store.change(call.actor(), transaction -> {
            KnownSession known = transaction
                    .sessions()
                    .find(id)
                    .filter(found ->
                            call.only().map(found.session().app()::equals).orElse(true))
                    .orElseThrow(() -> Refused.notFound("session " + id, "list them again: it may be over"));
            LiveSession session = known.session();
            App app = transaction.apps().find(session.app()).orElseThrow();
            UidRevocation made = transaction
                    .revocations()
                    .revoke(session.app(), session.subject(), lastExpiry(session, app, transaction.now()));
            transaction.counters().raise(Counter.STATE);
            transaction
                    .audit()
                    .add(
                            "session.end",
                            session.app() + " " + session.subject(),
                            "relay " + known.relay() + ", until " + made.expiresAt());
            return Answer.ok(AppResource.json(made));
        });
    }

    /// After which no credential of the session's subject is good that it can have now: the one that it came with,
    /// and one of any lease that it may hold.
    private static Instant lastExpiry(LiveSession session, App app, Instant now) {
        Instant longest = now.plus(RelayCredential.LONGEST_LIFE);
        Instant ofLeases = now.plus(app.settings().leaseLife()).plusSeconds(1); // a relay strikes what is before
        Instant own = session.credentialExpiresAt().map(at -> at.plusSeconds(1)).orElse(longest);
        Instant last = own.isAfter(ofLeases) ? own : ofLeases;
        return last.isAfter(longest) ? longest : last;
    }

    private static ObjectNode json(KnownSession known) {
        LiveSession session = known.session();
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("id", known.id().toString())
                .put("app", session.app().value())
                .put("uid", session.subject().value())
                .put("relay", known.relay())
                .put("region", known.region().value());
        ArrayNode ingresses = node.putArray("ingresses");
        session.ingresses().forEach(ingresses::add);
        return node.put("client", session.client().toString())
                .put("since", session.began().toString())
                .put("bytesToPeer", session.bytesToPeer())
                .put("bytesToClient", session.bytesToClient());
    }
}
