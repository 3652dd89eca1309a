package io.callgate.control.rest;

import io.callgate.control.allowlist.Notice;
import io.callgate.control.store.App;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.JoinToken;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import io.callgate.model.Region;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Pools and the relays of the fleet, for the operator.
final class FleetResource {
    private final Store store;

    FleetResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("listPools", this::listPools)
                .on("createPool", this::createPool)
                .on("readPool", call -> store.read(transaction -> Answer.ok(json(pool(transaction, call)))))
                .on("removePool", this::removePool)
                .on("changePool", this::changePool)
                .on("createJoinToken", this::createJoinToken)
                .on("listRelays", this::listRelays)
                .on("readRelay", call -> store.read(transaction -> answer(transaction, call)))
                .on("removeRelay", this::removeRelay)
                .on("drainRelay", call -> setDraining(call, true))
                .on("resumeRelay", call -> setDraining(call, false))
                .on("moveRelay", this::moveRelay);
    }

    private Answer listPools(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction.pools().page(call.after(), call.limit() + 1), call.limit(), FleetResource::json, Pool::id));
    }

    private Answer createPool(Call call) {
        String id = call.body().get("id").asString();
        Pool.Kind kind = Pool.Kind.valueOf(call.body().get("kind").asString().toUpperCase(Locale.ROOT));
        Optional<AppId> owner = call.text("owner").map(AppId::new);
        int noticeDays = call.body().path("noticeDays").asInt(Pool.DEFAULT_NOTICE_DAYS);
        return store.change(call.actor(), transaction -> {
            if (transaction.pools().find(id).isPresent()) {
                throw Refused.conflict("there is a pool " + id, "choose another id");
            }
            if (owner.isPresent() && transaction.apps().find(owner.get()).isEmpty()) {
                throw new Refused(
                        Problem.invalid("/owner", owner.get().value(), "there is no such app: create it first"));
            }
            Pool pool = transaction.pools().create(id, kind, owner, noticeDays);
            // The apps that are on trial already may use it at once.
            for (App app : transaction.apps().servedBy(pool)) {
                transaction.secrets().ensureInPool(app.id(), pool.id());
            }
            transaction.counters().raise(Counter.STATE);
            transaction.audit().add("pool.create", id, "", "", json(pool).toString());
            return Answer.created(json(pool));
        });
    }

    /// What firewalls were told of addresses stays as it was.
    private Answer changePool(Call call) {
        return store.change(call.actor(), transaction -> {
            Pool pool = pool(transaction, call);
            transaction
                    .pools()
                    .announceFor(pool.id(), call.body().get("noticeDays").asInt());
            Pool now = pool(transaction, call);
            transaction
                    .audit()
                    .add(
                            "pool.change",
                            pool.id(),
                            "",
                            json(pool).toString(),
                            json(now).toString());
            return Answer.ok(json(now));
        });
    }

    private Answer removePool(Call call) {
        return store.change(call.actor(), transaction -> {
            Pool pool = pool(transaction, call);
            if (transaction.pools().isUsed(pool.id())) {
                throw Refused.conflict(
                        "pool " + pool.id() + " is in use", "take its apps, relays and addresses away first");
            }
            transaction.pools().remove(pool.id());
            transaction.audit().add("pool.remove", pool.id(), "", json(pool).toString(), "");
            return Answer.done();
        });
    }

    private Answer createJoinToken(Call call) {
        JoinToken terms = new JoinToken(
                call.body().get("pool").asString(),
                Requests.field(call.body(), "region", Region::new),
                call.text("carrier"));
        Duration life = Duration.ofSeconds(call.body().path("lifeSeconds").asLong(3600));
        return store.change(call.actor(), transaction -> {
            if (transaction.pools().find(terms.pool()).isEmpty()) {
                throw new Refused(Problem.invalid("/pool", terms.pool(), "there is no such pool: create it first"));
            }
            BearerToken token = transaction.relays().createJoinToken(terms, life);
            transaction
                    .audit()
                    .add("join-token.create", terms.pool(), token.id().toString());
            return Answer.created(JsonNodeFactory.instance
                    .objectNode()
                    .put("joinToken", token.reveal())
                    .put("pool", terms.pool())
                    .put("region", terms.region().value())
                    .put("expiresAt", transaction.now().plus(life).toString()));
        });
    }

    private Answer listRelays(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction.relays().page(call.afterId(), call.limit() + 1),
                call.limit(),
                relay -> json(transaction, relay),
                RelayNode::id));
    }

    private Answer removeRelay(Call call) {
        return store.change(call.actor(), transaction -> {
            RelayNode relay = relay(transaction, call);
            transaction.relays().remove(relay.id());
            transaction.counters().raise(Counter.STATE); // wakes it, if it waits for a state: it hears 401
            transaction.audit().add("relay.remove", relay.name());
            return Answer.done();
        });
    }

    private Answer setDraining(Call call, boolean draining) {
        return store.change(call.actor(), transaction -> {
            RelayNode relay = relay(transaction, call);
            if (draining) {
                transaction
                        .relays()
                        .drain(
                                relay.id(),
                                relay.report().map(RelayReport::sessions).orElse(0L));
            } else {
                transaction.relays().resume(relay.id());
            }
            transaction.counters().raise(Counter.STATE); // so that every control looks for live relays anew
            transaction.audit().add(draining ? "relay.drain" : "relay.resume", relay.name());
            return answer(transaction, call);
        });
    }

    private Answer moveRelay(Call call) {
        String to = call.body().get("pool").asString();
        return store.change(call.actor(), transaction -> {
            RelayNode relay = relay(transaction, call);
            Pool pool = transaction
                    .pools()
                    .find(to)
                    .orElseThrow(
                            () -> new Refused(Problem.invalid("/pool", to, "there is no such pool: create it first")));
            for (PoolAddress address : transaction.pools().addressesOf(relay.id())) {
                if (!to.equals(relay.pool())
                        && !transaction
                                .pools()
                                .addressesAt(to, address.cidr(), address.ports().first())
                                .isEmpty()) {
                    throw Refused.conflict(
                            "pool " + to + " has " + address.cidr() + " itself", "remove that address from it first");
                }
            }
            Instant earliest = Notice.earliest(transaction, pool);
            boolean isHasty = call.text("emergency").isPresent() && earliest.isAfter(transaction.now());
            if (!to.equals(relay.pool()) && !isHasty) {
                announce(transaction, relay, to, earliest);
            }
            transaction.relays().move(relay.id(), to);
            transaction.counters().raise(Counter.STATE);
            transaction.counters().raise(Counter.ALLOWLIST);
            transaction
                    .audit()
                    .add(
                            isHasty ? "relay.move.emergency" : "relay.move",
                            relay.name(),
                            call.text("emergency").orElse(""),
                            "{\"pool\":\"" + relay.pool() + "\"}",
                            "{\"pool\":\"" + to + "\"}");
            return answer(transaction, call);
        });
    }

    /// A relay's addresses are new to the apps of the pool that it moves to. What is to become of one that ends
    /// before they may use it is the operator's to say: it may go for good, or may have left the other pool alone.
    private static void announce(Transaction transaction, RelayNode relay, String to, Instant earliest) {
        for (PoolAddress address : transaction.pools().addressesOf(relay.id())) {
            if (address.isOver(earliest)) {
                throw endsTooSoon(transaction, relay, address, to, earliest);
            }
            if (address.validFrom().isBefore(earliest)) {
                transaction.pools().announce(address.id(), earliest);
            }
        }
    }

    private static Refused endsTooSoon(
            Transaction transaction, RelayNode relay, PoolAddress address, String to, Instant earliest) {
        String place = address.cidr() + ", port " + address.ports() + ", where relay " + relay.name()
                + " stands in pool " + relay.pool();
        Instant end = address.validUntil().orElseThrow();
        return address.isOver(transaction.now())
                ? Refused.conflict(
                        place + ", ended at " + end, "remove that address from pool " + relay.pool() + " first")
                : Refused.conflict(
                        place + ", ends at " + end + ", before pool " + to + " may use it (" + earliest + ")",
                        "withdraw it from pool " + relay.pool() + " at once, in an emergency, or wait until it has"
                                + " ended and remove it; or move the relay in an emergency");
    }

    static Pool pool(Transaction transaction, Call call) {
        String id = call.parameter("poolId");
        return transaction.pools().find(id).orElseThrow(() -> Refused.notFound("pool " + id, "list the pools first"));
    }

    private static RelayNode relay(Transaction transaction, Call call) {
        UUID id = call.id("relayId");
        return transaction
                .relays()
                .find(id)
                .orElseThrow(() -> Refused.notFound("relay " + id, "list the relays first"));
    }

    private static Answer answer(Transaction transaction, Call call) {
        return Answer.ok(json(transaction, relay(transaction, call)));
    }

    private static ObjectNode json(Pool pool) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", pool.id());
        node.put("kind", pool.kind().name().toLowerCase(Locale.ROOT));
        pool.owner().ifPresent(owner -> node.put("owner", owner.value()));
        node.put("noticeDays", pool.noticeDays());
        node.put("createdAt", pool.createdAt().toString());
        return node;
    }

    private static ObjectNode json(Transaction transaction, RelayNode relay) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", relay.id().toString());
        node.put("name", relay.name());
        node.put("pool", relay.pool());
        node.put("region", relay.region().value());
        relay.carrier().ifPresent(carrier -> node.put("carrier", carrier));
        node.put(
                "draining",
                relay.draining()
                        || relay.report().filter(report -> report.draining()).isPresent());
        relay.drainFrom().ifPresent(sessions -> node.put("drainFrom", sessions));
        node.put("alive", transaction.relays().isAlive(relay));
        node.put("joinedAt", relay.joinedAt().toString());
        RelayStanding.leasesFrom(transaction, relay.id()).ifPresent(from -> node.put("leasesFrom", from.toString()));
        relay.report().ifPresent(report -> {
            node.put("seenAt", report.seenAt().toString());
            report.software().ifPresent(software -> node.put("software", software));
            node.put("loadPercent", report.loadPercent());
            report.refusal().ifPresent(refusal -> node.put("refusal", refusal));
            ArrayNode refusals = node.putArray("refusals");
            report.refusals()
                    .forEach(refusal ->
                            refusals.addObject().put("reason", refusal.reason()).put("count", refusal.count()));
        });
        node.put("sessions", relay.report().map(report -> report.sessions()).orElse(0L));
        node.put(
                "stateVersion",
                relay.report().map(report -> report.stateVersion()).orElse(0L));
        return node;
    }
}
