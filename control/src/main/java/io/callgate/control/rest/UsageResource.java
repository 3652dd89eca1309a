package io.callgate.control.rest;

import io.callgate.control.store.App;
import io.callgate.control.store.DayOfUsage;
import io.callgate.control.store.Excess;
import io.callgate.control.store.HourOfUsage;
import io.callgate.control.store.Peak;
import io.callgate.control.store.PoolAddress;
import io.callgate.control.store.RetentionTable;
import io.callgate.control.store.SiteTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.AppId;
import io.callgate.model.Subject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What apps have used, and when that was more than agreed; for the operator.
final class UsageResource {
    /// After every hour that is counted.
    private static final Instant EVER = Instant.parse("9999-01-01T00:00:00Z");

    /// Sites that have not reached an address are named up to so many.
    private static final int MOST_NAMED = 100;

    private final Store store;

    UsageResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("readUsage", this::usage)
                .on("listUsageDays", this::days)
                .on("listPeaks", this::peaks)
                .on("listReach", this::reach)
                .on("eraseSubject", this::erase)
                .on("readRetention", call -> store.read(transaction -> Answer.ok(json(transaction.retention()))))
                .on("changeRetention", this::changeRetention)
                .on("listQuotaExcesses", this::excesses);
    }

    private Answer usage(Call call) {
        Optional<HourOfUsage.Key> after = cursor(call, HourOfUsage.Key::parse);
        return store.read(transaction -> {
            AppId app = AppResource.find(transaction, call).id();
            return Pages.answer(
                    transaction.usage().page(app, from(call), until(call), after, call.limit() + 1),
                    call.limit(),
                    UsageResource::json,
                    HourOfUsage::key);
        });
    }

    private Answer excesses(Call call) {
        Optional<Excess.Key> before = cursor(call, Excess.Key::parse);
        return store.read(transaction -> {
            AppId app = AppResource.find(transaction, call).id();
            return Pages.answer(
                    transaction.excesses().page(app, before, call.limit() + 1),
                    call.limit(),
                    UsageResource::json,
                    Excess::key);
        });
    }

    private Answer days(Call call) {
        Optional<DayOfUsage.Place> after = cursor(call, DayOfUsage.Place::parse);
        return store.read(transaction -> Pages.answer(
                transaction
                        .usage()
                        .days(
                                AppResource.find(transaction, call).id(),
                                from(call),
                                until(call),
                                after,
                                call.limit() + 1),
                call.limit(),
                UsageResource::json,
                DayOfUsage::key));
    }

    private Answer peaks(Call call) {
        Optional<DayOfUsage.Place> after = cursor(call, DayOfUsage.Place::parse);
        return store.read(transaction -> Pages.answer(
                transaction
                        .peaks()
                        .page(
                                AppResource.find(transaction, call).id(),
                                from(call),
                                until(call),
                                after,
                                call.limit() + 1),
                call.limit(),
                UsageResource::json,
                Peak::key));
    }

    /// Addresses where no relay stands are left out: nobody can have reached them.
    private Answer reach(Call call) {
        return store.read(transaction -> {
            App app = AppResource.find(transaction, call);
            UUID after = call.afterId().orElse(new UUID(0, 0));
            long sites = transaction.sites().count(app.id());
            List<PoolAddress> addresses = transaction.pools().addressesFor(app).stream()
                    .filter(address -> address.relay().isPresent())
                    .filter(address -> address.id().toString().compareTo(after.toString()) > 0)
                    .sorted(Comparator.comparing(address -> address.id().toString()))
                    .limit(call.limit() + 1L)
                    .toList();
            return Pages.answer(
                    addresses, call.limit(), address -> reach(transaction, app, address, sites), PoolAddress::id);
        });
    }

    private static ObjectNode reach(Transaction transaction, App app, PoolAddress address, long sites) {
        UUID relay = address.relay().orElseThrow();
        SiteTable.Reach reach = transaction.sites().reach(app.id(), address);
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("address", address.cidr().toString())
                .put("ports", address.ports().toString())
                .put("region", address.region().value())
                .put("relay", transaction.relays().find(relay).orElseThrow().name())
                .put("validFrom", address.validFrom().toString())
                .put("sites", sites)
                .put("reached", reach.reached());
        reach.lastAt().ifPresent(at -> node.put("lastAt", at.toString()));
        ArrayNode missing = node.putArray("missing");
        transaction.sites().missing(app.id(), address, MOST_NAMED).forEach(site -> missing.add(site.toString()));
        return node;
    }

    private Answer erase(Call call) {
        Subject uid = Requests.field(call.body(), "uid", Subject::new);
        return store.change(call.actor(), transaction -> {
            AppId app = AppResource.find(transaction, call).id();
            int live = transaction.sessions().count(app, uid);
            if (live > 0) {
                throw Refused.conflict(
                        "this uid has live sessions: " + live, "end them, and ask again when they are over");
            }
            transaction.sessions().forget(app, uid);
            int entries = transaction.audit().forget(app, uid);
            transaction.audit().add("subject.erase", app.value());
            return Answer.ok(JsonNodeFactory.instance.objectNode().put("auditEntries", entries));
        });
    }

    private Answer changeRetention(Call call) {
        return store.change(call.actor(), transaction -> {
            String before = json(transaction.retention()).toString();
            for (RetentionTable.Kind kind : RetentionTable.Kind.values()) {
                if (call.body().has(field(kind))) {
                    transaction
                            .retention()
                            .keep(kind, call.body().get(field(kind)).asInt());
                }
            }
            ObjectNode now = json(transaction.retention());
            transaction.audit().add("retention.change", "control", "", before, now.toString());
            transaction.retention().purge();
            return Answer.ok(now);
        });
    }

    private static ObjectNode json(RetentionTable retention) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        for (RetentionTable.Kind kind : RetentionTable.Kind.values()) {
            node.put(field(kind), retention.days(kind));
        }
        return node;
    }

    private static String field(RetentionTable.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT) + "Days";
    }

    private static Instant from(Call call) {
        return time(call, "from").orElse(Instant.EPOCH);
    }

    private static Instant until(Call call) {
        return time(call, "until").orElse(EVER);
    }

    private static ObjectNode json(DayOfUsage usage) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("day", LocalDate.ofInstant(usage.day(), ZoneOffset.UTC).toString())
                .put("region", usage.region().value())
                .put("ingress", usage.ingress())
                .put("sessions", usage.sessions())
                .put("minutes", usage.sessionSeconds() / 60)
                .put("bytesToPeer", usage.bytesToPeer())
                .put("bytesToClient", usage.bytesToClient());
    }

    private static ObjectNode json(Peak peak) {
        ObjectNode node = JsonNodeFactory.instance
                .objectNode()
                .put("day", LocalDate.ofInstant(peak.day(), ZoneOffset.UTC).toString());
        peak.region().ifPresent(region -> node.put("region", region.value()));
        peak.ingress().ifPresent(ingress -> node.put("ingress", ingress));
        return node.put("sessions", peak.sessions());
    }

    private static Optional<Instant> time(Call call, String name) {
        return call.optional(name)
                .map(text -> OffsetDateTime.parse(text).toInstant())
                .map(time -> time.isBefore(EVER) ? time : EVER)
                .map(time -> time.isAfter(Instant.EPOCH) ? time : Instant.EPOCH);
    }

    private static <T> Optional<T> cursor(Call call, Function<String, T> reader) {
        String after = call.after();
        try {
            return after.isEmpty() ? Optional.empty() : Optional.of(reader.apply(after));
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new Refused(Problem.invalid("after", after, "want the next of the page before"));
        }
    }

    private static ObjectNode json(HourOfUsage usage) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("hour", usage.key().hour().toString())
                .put("relay", usage.relay())
                .put("region", usage.region().value())
                .put("ingress", usage.key().ingress())
                .put("bytesToPeer", usage.bytesToPeer())
                .put("bytesToClient", usage.bytesToClient())
                .put("sessions", usage.sessions())
                .put("sessionSeconds", usage.sessionSeconds());
    }

    private static ObjectNode json(Excess excess) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("hour", excess.key().hour().toString())
                .put("quota", excess.key().kind().label())
                .put("agreed", excess.agreed())
                .put("peak", excess.peak())
                .put("firstAt", excess.firstAt().toString())
                .put("lastAt", excess.lastAt().toString());
    }
}
