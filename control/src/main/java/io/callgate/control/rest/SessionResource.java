package io.callgate.control.rest;

import io.callgate.control.store.KnownSession;
import io.callgate.control.store.Store;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.AppId;
import io.callgate.model.Endpoint;
import io.callgate.model.LiveSession;
import java.util.List;
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
        Optional<List<AppId>> apps = call.optional("appId")
                .map(named -> List.of(new AppId(named))) // an owner has been asked whether it is theirs
                .or(call::only);
        return store.read(transaction -> Pages.answer(
                transaction.sessions().page(apps, call.afterId(), call.limit() + 1),
                call.limit(),
                SessionResource::json,
                KnownSession::id));
    }

    /// Ends it as everything of its subject, at every relay: by the desired state, which relays keep when they
    /// restart and when control is gone. For the longest life of a credential: the subject may hold others, by
    /// which it has a session elsewhere or none yet, and what they were minted for is nowhere written.
    private Answer end(Call call) {
        UUID id = call.id("sessionId");
        return store.change(call.actor(), transaction -> {
            KnownSession known = transaction
                    .sessions()
                    .find(id)
                    .filter(found -> call.only()
                            .map(own -> own.contains(found.session().app()))
                            .orElse(true))
                    .orElseThrow(() -> Refused.notFound("session " + id, "list them again: it may be over"));
            LiveSession session = known.session();
            UidRevocation made = AppResource.revoke(transaction, session.app(), session.subject());
            transaction
                    .audit()
                    .add(
                            "session.end",
                            session.app() + " " + session.subject(),
                            "relay " + known.relay() + ", until " + made.expiresAt());
            return Answer.ok(AppResource.json(made));
        });
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
        node.put("client", session.client().toString());
        ArrayNode reached = node.putArray("reached");
        session.reached().stream().map(Endpoint::toString).sorted().forEach(reached::add);
        return node.put("since", session.began().toString())
                .put("bytesToPeer", session.bytesToPeer())
                .put("bytesToClient", session.bytesToClient());
    }
}
