package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.InvalidField;
import io.callgate.control.store.JoinToken;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.Quota;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.RelayReport;
import io.callgate.control.store.RelayTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.AppState;
import io.callgate.model.Cidr;
import io.callgate.model.ErrorCode;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.Limits;
import io.callgate.model.LinkState;
import io.callgate.model.LinkStateJson;
import io.callgate.model.PortRange;
import io.callgate.model.RelayEndpoint;
import io.callgate.model.Revocation;
import io.callgate.model.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The link, control's side: relays join, report, and hear what they are to do.
final class LinkResource {
    /// A new address of a production pool is announced for so long before leases use it: firewalls must follow.
    private static final Duration NOTICE = Duration.ofDays(30);

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(20);

    private final Store store;
    private final StateSignal signal;

    LinkResource(Store store, StateSignal signal) {
        this.store = store;
        this.signal = signal;
    }

    void addTo(Handlers handlers) {
        handlers.on("joinFleet", this::join).on("heartbeat", this::heartbeat).on("awaitState", this::awaitState);
    }

    private Answer join(Call call) {
        String name = call.body().get("name").asString();
        List<RelayEndpoint> endpoints = Requests.read(call.body(), LinkResource::readEndpoints);
        Optional<BearerToken> token = BearerToken.parse(
                BearerToken.Kind.JOIN, call.body().get("joinToken").asString());
        return store.change("relay " + name, transaction -> {
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
            Pool pool = transaction.pools().find(terms.pool()).orElseThrow();
            boolean isAnnounced =
                    pool.kind() == Pool.Kind.PRODUCTION && transaction.pools().hasAddresses(pool.id());
            Instant validFrom = isAnnounced ? transaction.now().plus(NOTICE) : transaction.now();
            endpoints.forEach(endpoint -> take(transaction, endpoint, key.id(), name, terms, validFrom));
            transaction.counters().raise(Counter.ALLOWLIST);
            transaction.audit().add("relay.join", name, "pool " + terms.pool());
            return Answer.created(JsonNodeFactory.instance
                    .objectNode()
                    .put("relayId", key.id().toString())
                    .put("relayKey", key.reveal())
                    .put("heartbeatSeconds", RelayTable.HEARTBEAT.toSeconds()));
        });
    }

    private Answer heartbeat(Call call) {
        RelayNode relay = call.relay();
        Heartbeat heartbeat = Requests.read(call.body(), HeartbeatJson::read);
        return store.change(call.actor(), transaction -> {
            RelayReport report = new RelayReport(
                    heartbeat.epoch(),
                    heartbeat.sequence(),
                    transaction.now(),
                    heartbeat.software(),
                    heartbeat.loadPercent(),
                    heartbeat.draining(),
                    0,
                    heartbeat.stateVersion(),
                    heartbeat.refusal());
            transaction.relays().report(relay.id(), report, needs(transaction, relay, heartbeat.apps()));
            return Answer.ok(HeartbeatJson.write(new HeartbeatAnswer(
                    transaction.counters().read(Counter.STATE), relay.draining(), 0, 0, List.of())));
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
        // As the relay is after the wait: it may have been moved or removed meanwhile.
        return store.read(transaction -> Answer.ok(LinkStateJson.write(
                state(transaction, transaction.relays().find(call.relay().id()).orElseThrow(Gate::unknownRelay)))));
    }

    /// Only what a relay of this pool has to know: no app of another pool, and no token secret at all.
    private static LinkState state(Transaction transaction, RelayNode relay) {
        long version = transaction.counters().read(Counter.STATE); // first: what changes now is sent again
        Pool pool = transaction.pools().find(relay.pool()).orElseThrow();
        List<AppState> apps = new ArrayList<>();
        List<Revocation> revocations = new ArrayList<>();
        for (App app : transaction.apps().servedBy(pool)) {
            Quota quota = app.settings().quota();
            apps.add(new AppState(
                    app.id(),
                    transaction.secrets().ofPool(app.id(), pool.id()).stream()
                            .map(AppSecret::secret)
                            .toList(),
                    app.settings().clients(),
                    app.settings().destinations(),
                    Limits.DEFAULT.with(
                            Math.toIntExact(quota.sessionsWithGrace()),
                            quota.allocationsPerSubject(),
                            quota.kbitPerSecond()),
                    List.of()));
            transaction.revocations().all(app.id()).stream()
                    .map(UidRevocation::forRelays)
                    .forEach(revocations::add);
        }
        return new LinkState(version, apps, revocations);
    }

    /// A relay speaks for the apps of its pool only.
    private static List<AppNeed> needs(Transaction transaction, RelayNode relay, List<AppNeed> told) {
        if (told.isEmpty()) {
            return List.of();
        }
        Pool pool = transaction.pools().find(relay.pool()).orElseThrow();
        Set<AppId> served =
                transaction.apps().servedBy(pool).stream().map(App::id).collect(Collectors.toSet());
        return told.stream().filter(need -> served.contains(need.app())).toList();
    }

    private static List<RelayEndpoint> readEndpoints(JsonNode body) {
        List<RelayEndpoint> endpoints = new ArrayList<>();
        int place = 0;
        for (JsonNode node : body.get("endpoints").values()) {
            endpoints.add(InvalidField.within("/endpoints/" + place++, node, HeartbeatJson::readEndpoint));
        }
        return endpoints;
    }

    /// A relay stands at the addresses that are published for it, and publishes what is not.
    private static void take(
            Transaction transaction,
            RelayEndpoint endpoint,
            UUID relay,
            String name,
            JoinToken terms,
            Instant validFrom) {
        Cidr address = Cidr.of(endpoint.address());
        Set<Transport> left = new HashSet<>(endpoint.transports());
        for (PoolAddress published : transaction.pools().addressesAt(terms.pool(), address, endpoint.port())) {
            if (!left.containsAll(published.transports())) {
                continue;
            }
            if (published.relay().isPresent() && !published.relay().get().equals(relay)) {
                throw Refused.conflict(
                        "another relay of pool " + terms.pool() + " stands at "
                                + endpoint.address().bracketed() + ":" + endpoint.port(),
                        "remove that relay first");
            }
            transaction.pools().occupy(published.id(), relay, endpoint.serverName(), endpoint.spki());
            left.removeAll(published.transports());
        }
        if (!left.isEmpty()) {
            transaction
                    .pools()
                    .addAddress(new PoolAddress(
                            relay,
                            terms.pool(),
                            Optional.of(relay),
                            address,
                            PortRange.of(endpoint.port()),
                            left,
                            terms.region(),
                            terms.carrier(),
                            Optional.empty(),
                            endpoint.serverName(),
                            endpoint.spki(),
                            "relay " + name,
                            validFrom,
                            Optional.empty()));
        }
    }
}
