package io.callgate.control.rest;

import io.callgate.control.rest.Call.Caller;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.Operator;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.Store;
import io.callgate.model.ErrorCode;
import java.util.List;
import java.util.Optional;

/// Finds out who asks, where the contract wants it known.
final class Gate {
    private static final String RELAY_KEY = "a relay's key";
    private static final String JOIN_AGAIN = "join again with a join token";

    private final Store store;

    Gate(Store store) {
        this.store = store;
    }

    /// @param bearer what stands in `Authorization: Bearer`
    Caller admit(Operation operation, Optional<String> bearer) {
        return switch (operation.proof()) {
            case NONE -> new Caller.Anyone();
            case OPERATOR -> new Caller.ByOperator(operator(operation, bearer));
            case RELAY -> new Caller.ByRelay(relay(bearer));
        };
    }

    private Operator operator(Operation operation, Optional<String> bearer) {
        Operator operator = bearer.flatMap(text -> BearerToken.parse(BearerToken.Kind.OPERATOR, text))
                .flatMap(token ->
                        store.read(transaction -> transaction.operatorTokens().authenticate(token)))
                .orElseThrow(() -> unauthenticated(bearer, "an operator token", "it begins with cgo_"));
        if (operator.role() == Operator.Role.VIEWER && !operation.changesNothing()) {
            throw new Refused(
                    Problem.of(Problem.Kind.FORBIDDEN, "a viewer changes nothing", "use a token with role operator"));
        }
        return operator;
    }

    private RelayNode relay(Optional<String> bearer) {
        return bearer.flatMap(text -> BearerToken.parse(BearerToken.Kind.RELAY, text))
                .flatMap(key -> store.read(transaction -> transaction.relays().authenticate(key)))
                .orElseThrow(() -> unauthenticated(bearer, RELAY_KEY, JOIN_AGAIN));
    }

    /// A relay that was removed after it had shown its key.
    static Refused unknownRelay() {
        return unauthenticated(Optional.of(""), RELAY_KEY, JOIN_AGAIN);
    }

    private static Refused unauthenticated(Optional<String> bearer, String wanted, String hint) {
        return new Refused(new Problem(
                Problem.Kind.UNAUTHENTICATED,
                bearer.isEmpty() ? "there is no token" : "the token is not known here",
                "send Authorization: Bearer and " + wanted + "; " + hint,
                Optional.of(bearer.isEmpty() ? ErrorCode.TOKEN_REQUIRED : ErrorCode.TOKEN_INVALID),
                List.of()));
    }
}
