package io.callgate.control.rest;

import io.callgate.control.store.Excess;
import io.callgate.control.store.HourOfUsage;
import io.callgate.control.store.Store;
import io.callgate.model.AppId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What apps have used, and when that was more than agreed; for the operator.
final class UsageResource {
    /// After every hour that is counted.
    private static final Instant EVER = Instant.parse("9999-01-01T00:00:00Z");

    private final Store store;

    UsageResource(Store store) {
        this.store = store;
    }

    void addTo(Handlers handlers) {
        handlers.on("readUsage", this::usage).on("listQuotaExcesses", this::excesses);
    }

    private Answer usage(Call call) {
        Instant from = time(call, "from").orElse(Instant.EPOCH);
        Instant until = time(call, "until").orElse(EVER);
        Optional<HourOfUsage.Key> after = cursor(call, HourOfUsage.Key::parse);
        return store.read(transaction -> {
            AppId app = AppResource.find(transaction, call).id();
            return Pages.answer(
                    transaction.usage().page(app, from, until, after, call.limit() + 1),
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
