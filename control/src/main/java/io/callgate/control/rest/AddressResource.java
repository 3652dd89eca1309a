package io.callgate.control.rest;

import io.callgate.control.allowlist.Notice;
import io.callgate.control.store.CounterTable.Counter;
import io.callgate.control.store.Pool;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.Cidr;
import io.callgate.model.HostName;
import io.callgate.model.PortRange;
import io.callgate.model.Region;
import io.callgate.model.Transport;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The addresses of pools: published, and withdrawn, with notice (decision 0055).
final class AddressResource {
    private static final UUID UNKNOWN_YET = new UUID(0, 0);

    private final Store store;

    AddressResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("listAddresses", this::listAddresses)
                .on("addAddress", this::addAddress)
                .on("withdrawAddress", this::withdrawAddress)
                .on("removeAddress", this::removeAddress);
    }

    private Answer listAddresses(Call call) {
        return store.read(transaction -> Pages.answer(
                transaction
                        .pools()
                        .addresses(FleetResource.pool(transaction, call).id(), call.afterId(), call.limit() + 1),
                call.limit(),
                AddressResource::json,
                PoolAddress::id));
    }

    private Answer addAddress(Call call) {
        return store.change(call.actor(), transaction -> {
            Pool pool = FleetResource.pool(transaction, call);
            Instant earliest = Notice.earliest(transaction, pool);
            Optional<String> emergency = call.text("emergency");
            PoolAddress wanted = Requests.read(
                    call.body(), node -> readAddress(node, pool, emergency.isPresent() ? transaction.now() : earliest));
            boolean isHasty = isHasty(wanted.validFrom(), earliest, transaction);
            if (isHasty && emergency.isEmpty()) {
                throw tooSoon("/validFrom", wanted.validFrom(), pool, earliest);
            }
            boolean isThere = transaction
                    .pools()
                    .addressesAt(pool.id(), wanted.cidr(), wanted.ports().first())
                    .stream()
                    .anyMatch(known -> known.ports().equals(wanted.ports())
                            && known.transports().equals(wanted.transports()));
            if (isThere) {
                throw Refused.conflict(
                        "pool " + pool.id() + " has this address with these ports", "remove that one first");
            }
            PoolAddress address = transaction.pools().addAddress(wanted);
            transaction.counters().raise(Counter.ALLOWLIST);
            transaction
                    .audit()
                    .add(
                            isHasty ? "address.add.emergency" : "address.add",
                            pool.id(),
                            emergency.orElse(""),
                            "",
                            json(address).toString());
            return Answer.created(json(address));
        });
    }

    /// At once: only where no firewall needs time to follow.
    private Answer removeAddress(Call call) {
        return store.change(call.actor(), transaction -> {
            Pool pool = FleetResource.pool(transaction, call);
            PoolAddress address = address(transaction, pool, call);
            boolean isUsed =
                    !address.isOver(transaction.now()) && !address.validFrom().isAfter(transaction.now());
            if (isUsed && Notice.earliest(transaction, pool).isAfter(transaction.now())) {
                throw Refused.conflict(
                        "pool " + pool.id() + " is in use, and clients may be at this address",
                        "withdraw it: it ends after " + pool.noticeDays() + " days, or at once in an emergency");
            }
            remove(transaction, address);
            transaction
                    .audit()
                    .add("address.remove", pool.id(), "", json(address).toString(), "");
            return Answer.done();
        });
    }

    /// Firewalls that have only this one need time to open another.
    private Answer withdrawAddress(Call call) {
        return store.change(call.actor(), transaction -> {
            Pool pool = FleetResource.pool(transaction, call);
            PoolAddress address = address(transaction, pool, call);
            Instant earliest = Notice.earliest(transaction, pool);
            Optional<String> emergency = call.text("emergency");
            Instant end = text(call.body(), "validUntil")
                    .map(AddressResource::instant)
                    .orElse(emergency.isPresent() ? transaction.now() : earliest);
            boolean isHasty = isHasty(end, earliest, transaction);
            if (isHasty && emergency.isEmpty()) {
                throw tooSoon("/validUntil", end, pool, earliest);
            }
            if (end.isAfter(transaction.now()) && end.isAfter(address.validFrom())) {
                transaction.pools().end(address.id(), end);
                transaction.counters().raise(Counter.ALLOWLIST);
            } else {
                remove(transaction, address);
            }
            ObjectNode now = json(address).put("validUntil", end.toString());
            transaction
                    .audit()
                    .add(
                            isHasty ? "address.withdraw.emergency" : "address.withdraw",
                            pool.id(),
                            emergency.orElse(""),
                            json(address).toString(),
                            now.toString());
            return Answer.ok(now);
        });
    }

    /// Whether that is before the notice is over; in a pool that owes nobody one, nothing is.
    private static boolean isHasty(Instant when, Instant earliest, Transaction transaction) {
        return when.isBefore(earliest) && earliest.isAfter(transaction.now());
    }

    private static Refused tooSoon(String field, Instant when, Pool pool, Instant earliest) {
        return new Refused(Problem.invalid(
                field,
                when.toString(),
                "pool " + pool.id() + " is in use, and firewalls need " + pool.noticeDays() + " days: want " + earliest
                        + " or later, or say in emergency why not"));
    }

    private static void remove(Transaction transaction, PoolAddress address) {
        transaction.pools().removeAddress(address.pool(), address.id());
        transaction.counters().raise(Counter.ALLOWLIST);
    }

    private static PoolAddress address(Transaction transaction, Pool pool, Call call) {
        UUID id = call.id("addressId");
        return transaction
                .pools()
                .address(pool.id(), id)
                .orElseThrow(
                        () -> Refused.notFound("address " + id + " in pool " + pool.id(), "list its addresses first"));
    }

    private static PoolAddress readAddress(JsonNode node, Pool pool, Instant unlessSaid) {
        return new PoolAddress(
                UNKNOWN_YET,
                pool.id(),
                Optional.empty(),
                Requests.field(node, "cidr", Cidr::parse),
                Requests.field(node, "ports", PortRange::parse),
                readTransports(node.get("transports")),
                new Region(node.get("region").asString()),
                text(node, "carrier"),
                text(node, "domain")
                        .map(domain ->
                                Requests.field(node, "domain", HostName::new).value()),
                Optional.empty(),
                Optional.empty(),
                node.get("purpose").asString(),
                text(node, "validFrom").map(AddressResource::instant).orElse(unlessSaid),
                text(node, "validUntil").map(AddressResource::instant));
    }

    static Set<Transport> readTransports(JsonNode nodes) {
        return nodes.valueStream()
                .map(node -> Transport.valueOf(node.asString().toUpperCase(Locale.ROOT)))
                .collect(Collectors.toSet());
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.has(name) ? Optional.of(node.get(name).asString()) : Optional.empty();
    }

    private static ObjectNode json(PoolAddress address) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", address.id().toString());
        address.relay().ifPresent(relay -> node.put("relayId", relay.toString()));
        node.put("cidr", address.cidr().toString());
        node.put("ports", address.ports().toString());
        ArrayNode transports = node.putArray("transports");
        address.transports().stream().sorted().forEach(transport -> transports.add(transport.lowerCase()));
        node.put("region", address.region().value());
        address.carrier().ifPresent(carrier -> node.put("carrier", carrier));
        address.domain().ifPresent(domain -> node.put("domain", domain));
        node.put("purpose", address.purpose());
        node.put("validFrom", address.validFrom().toString());
        address.validUntil().ifPresent(end -> node.put("validUntil", end.toString()));
        return node;
    }
}
