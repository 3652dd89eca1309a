package io.callgate.control.rest;

import io.callgate.control.store.Actor;
import io.callgate.control.store.Operator;
import io.callgate.control.store.RelayNode;
import io.callgate.model.AppId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One request that the contract has nothing against.
///
/// @param parameters of path and query, by name
/// @param body empty where the operation takes none
/// @param origin the address that it came from; empty where nobody knows
/// @param bearer what stands in `Authorization: Bearer`
record Call(
        Caller caller,
        Map<String, String> parameters,
        ObjectNode body,
        Optional<String> bearer,
        Optional<String> origin) {
    static final ObjectNode NO_BODY = JsonNodeFactory.instance.objectNode();
    private static final int PAGE = 100;

    /// Who asks, as far as it was asked for.
    sealed interface Caller {
        record Anyone() implements Caller {}

        record ByOperator(Operator operator) implements Caller {}

        record ByRelay(RelayNode relay) implements Caller {}

        /// Through the console of this process.
        record AtConsole(Operator user) implements Caller {}
    }

    /// For the audit.
    Actor actor() {
        return new Actor(name(), origin);
    }

    private String name() {
        return switch (caller) {
            case Caller.Anyone anyone -> "anyone";
            case Caller.ByOperator by -> "operator " + by.operator().name();
            case Caller.ByRelay by -> "relay " + by.relay().name();
            case Caller.AtConsole at -> "console " + at.user().name();
        };
    }

    /// The only apps that the caller may know of; empty: any.
    Optional<List<AppId>> only() {
        return switch (caller) {
            case Caller.ByOperator by -> by.operator().only();
            case Caller.AtConsole at -> at.user().only();
            case Caller.Anyone anyone -> Optional.empty();
            case Caller.ByRelay by -> Optional.empty();
        };
    }

    RelayNode relay() {
        if (caller instanceof Caller.ByRelay by) {
            return by.relay();
        }
        throw new IllegalStateException("the contract lets others call this than relays");
    }

    String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalStateException("the contract has no required parameter " + name);
        }
        return value;
    }

    /// A parameter that need not be there.
    Optional<String> optional(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    AppId appId() {
        return new AppId(parameter("appId"));
    }

    UUID id(String name) {
        return UUID.fromString(parameter(name));
    }

    int limit() {
        return Optional.ofNullable(parameters.get("limit"))
                .map(Integer::valueOf)
                .orElse(PAGE);
    }

    /// Where a list by name goes on.
    String after() {
        return parameters.getOrDefault("after", "");
    }

    /// Where a list by id goes on.
    Optional<UUID> afterId() {
        String after = after();
        try {
            return after.isEmpty() ? Optional.empty() : Optional.of(UUID.fromString(after));
        } catch (IllegalArgumentException e) {
            throw new Refused(Problem.invalid("after", after, "want the next of the page before"));
        }
    }

    Optional<String> text(String name) {
        return body.has(name) ? Optional.of(body.get(name).asString()) : Optional.empty();
    }
}
