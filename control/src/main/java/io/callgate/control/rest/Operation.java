package io.callgate.control.rest;

import java.util.Map;
import java.util.Optional;

/// One operation of the contract.
///
/// @param path with its parameters in braces
/// @param proof what a caller must show
/// @param parameters by name: those of the path, and those of the query
/// @param body empty: none may come
/// @param answers by status; an answer without a schema has no body
record Operation(
        String id,
        String method,
        String path,
        Proof proof,
        Map<String, Parameter> parameters,
        Optional<Schema> body,
        int maxBodyBytes,
        Map<Integer, Optional<Schema>> answers) {
    /// Who may call.
    enum Proof {
        /// Anyone, or the operation looks for itself: an app's token may stand in the body.
        NONE,
        OPERATOR,
        RELAY
    }

    /// Where a parameter stands and what it may be.
    record Parameter(boolean inPath, boolean required, Schema schema) {}

    @Override
    public String toString() {
        return id + ", " + method + " " + path;
    }

    boolean changesNothing() {
        return method.equals("GET");
    }
}
