package io.callgate.control.rest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Who does which operation of the contract: neither may have what the other has not.
final class Handlers {
    /// Does one operation.
    interface Handler {
        Answer handle(Call call);
    }

    private final Map<String, Handler> byOperation = new HashMap<>();

    /// @param operation the `operationId`
    Handlers on(String operation, Handler handler) {
        if (byOperation.put(operation, handler) != null) {
            throw new IllegalStateException("two do " + operation);
        }
        return this;
    }

    Handler of(Operation operation) {
        return Optional.ofNullable(byOperation.get(operation.id()))
                .orElseThrow(() -> new IllegalStateException("nobody does " + operation.id()));
    }

    void requireExactly(List<Operation> operations) {
        TreeSet<String> left = new TreeSet<>(byOperation.keySet());
        operations.forEach(operation -> left.remove(operation.id()));
        if (!left.isEmpty()) {
            throw new IllegalStateException("the contract does not have " + left);
        }
        operations.forEach(this::of);
    }
}
