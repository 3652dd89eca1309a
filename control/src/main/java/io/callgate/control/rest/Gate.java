package io.callgate.control.rest;

import io.callgate.control.rest.Call.Caller;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.Operator;
import io.callgate.control.store.RelayNode;
import io.callgate.control.store.Store;
import io.callgate.model.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds out who asks, where the contract wants it known.
final class Gate {
    private static final String RELAY_KEY = "a relay's key";
    private static final String JOIN_AGAIN = "join again with a join token";

    /// What an app's owner may do, with its apps.
    private static final Set<String> FOR_OWNERS = Set.of(
            "listApps",
            "readApp",
            "listTokenSecrets",
            "addTokenSecret",
            "removeTokenSecret",
            "renewAppSign",
            "removeAppSign",
            "mintToken",
            "mintCredential",
            "listRevocations",
            "revoke",
            "listSessions",
            "endSession",
            "readAllowlistKey",
            "readUsage",
            "listUsageDays",
            "listPeaks",
            "listQuotaExcesses",
            "readAllowlist",
            "listAllowlistVersions",
            "readAllowlistChanges",
            "listReach");

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
        requireMay(operator, operation);
        return operator;
    }

    /// Asks the role alone; which app an owner means is asked when the parameters are known.
    static void requireMay(Operator operator, Operation operation) {
        switch (operator.role()) {
            case OPERATOR -> {}
            case VIEWER -> {
                if (!operation.changesNothing()) {
                    throw new Refused(Problem.of(
                            Problem.Kind.FORBIDDEN, "a viewer changes nothing", "ask who has role operator"));
                }
            }
            case APP_OWNER -> {
                if (!FOR_OWNERS.contains(operation.id())) {
                    throw new Refused(Problem.of(
                            Problem.Kind.FORBIDDEN, "an app's owner has its apps alone", "ask who has role operator"));
                }
            }
        }
    }

    /// An owner who names another app hears what it would hear of one that does not exist.
    static void requireOwn(Call call) {
        String named = call.parameters().get("appId");
        if (named != null
                && call.only()
                        .filter(own -> own.stream().noneMatch(app -> app.value().equals(named)))
                        .isPresent()) {
            throw Refused.notFound("app " + named, "list the apps first");
        }
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
