package io.callgate.control.rest;

import io.callgate.control.store.Actor;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.InvalidField;
import io.callgate.control.store.JoinToken;
import io.callgate.control.store.RelayTable;
import io.callgate.control.store.Store;
import io.callgate.model.ErrorCode;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.RelayEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The link, control's side: relays join, and hear what they are to do. What they report is [HeartbeatResource]'s.
final class LinkResource {
    private static final Logger LOG = LoggerFactory.getLogger(LinkResource.class);
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(20);

    private final Store store;
    private final StateSignal signal;
    private final PoolStates states;

    LinkResource(Store store, StateSignal signal) {
        this.store = store;
        this.signal = signal;
        this.states = new PoolStates(store);
    }

    void addTo(Handlers handlers) {
        handlers.on("joinFleet", this::join).on("awaitState", this::awaitState);
    }

    private Answer join(Call call) {
        String name = call.body().get("name").asString();
        List<RelayEndpoint> endpoints = Requests.read(call.body(), LinkResource::readEndpoints);
        Optional<BearerToken> token = BearerToken.parse(
                BearerToken.Kind.JOIN, call.body().get("joinToken").asString());
        return store.change(new Actor("relay " + name, call.origin()), transaction -> {
            JoinToken terms = token.flatMap(shown -> transaction.relays().redeem(shown))
                    .orElseThrow(() -> new Refused(new Problem(
                            Problem.Kind.UNAUTHENTICATED,
                            "the join token is not known, used, or expired",
                            "create a new one: each lets one relay in",
                            Optional.of(ErrorCode.TOKEN_INVALID),
                            List.of())));
            if (transaction.relays().hasName(name)) {
                throw Refused.conflict("there is a relay " + name, "choose another name, or remove that relay first");
            }
            BearerToken key = transaction.relays().create(name, terms);
            RelayStanding standing =
                    new RelayStanding(transaction, key.id(), terms.pool(), terms.region(), terms.carrier());
            endpoints.forEach(endpoint -> stand(standing, endpoint, terms.pool()));
            transaction.counters().raise(Counter.ALLOWLIST);
            Optional<Instant> leasesFrom = RelayStanding.leasesFrom(transaction, key.id());
            leasesFrom.ifPresent(from -> LOG.atWarn()
                    .addKeyValue("relay", name)
                    .addKeyValue("pool", terms.pool())
                    .addKeyValue("leasesFrom", from)
                    .log("relay.addresses.announced"));
            transaction
                    .audit()
                    .add(
                            "relay.join",
                            name,
                            "pool " + terms.pool()
                                    + leasesFrom
                                            .map(from -> ", in leases from " + from)
                                            .orElse(""));
            return Answer.created(JsonNodeFactory.instance
                    .objectNode()
                    .put("relayId", key.id().toString())
                    .put("relayKey", key.reveal())
                    .put("heartbeatSeconds", RelayTable.HEARTBEAT.toSeconds()));
        });
    }

    private Answer awaitState(Call call) {
        long known = call.body().get("version").asLong();
        Duration patience = call.body().has("waitSeconds")
                ? Duration.ofSeconds(call.body().get("waitSeconds").asLong())
                : DEFAULT_WAIT;
        if (signal.awaitOther(known, patience) == known) {
            return Answer.done();
        }
        String pool = call.relay().pool();
        while (true) {
            Optional<ObjectNode> state = states.of(pool);
            // Asked after the state was read: a relay that was moved meanwhile must not take one of the pool before
            // for the newest, and one that was removed hears so.
            String now = poolOf(call.relay().id());
            if (state.isPresent() && now.equals(pool)) {
                return Answer.ok(state.get());
            }
            pool = now;
        }
    }

    private String poolOf(UUID relay) {
        return store.read(transaction -> transaction.relays().find(relay))
                .orElseThrow(Gate::unknownRelay)
                .pool();
    }

    private static List<RelayEndpoint> readEndpoints(JsonNode body) {
        List<RelayEndpoint> endpoints = new ArrayList<>();
        int place = 0;
        for (JsonNode node : body.get("endpoints").values()) {
            endpoints.add(InvalidField.within("/endpoints/" + place++, node, HeartbeatJson::readEndpoint));
        }
        return endpoints;
    }

    private static void stand(RelayStanding standing, RelayEndpoint endpoint, String pool) {
        if (!standing.isFree(endpoint)) {
            throw Refused.conflict(
                    "another relay of pool " + pool + " stands at "
                            + endpoint.address().bracketed() + ":" + endpoint.port(),
                    "remove that relay first");
        }
        standing.take(endpoint);
    }
}
