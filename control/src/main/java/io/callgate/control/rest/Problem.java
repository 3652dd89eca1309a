package io.callgate.control.rest;

import io.callgate.model.ErrorCode;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Why a request was refused and how to mend it, as RFC 9457 has it.
///
/// @param code for SDKs
/// @param findings which fields are wrong
record Problem(Kind kind, String detail, String mend, Optional<ErrorCode> code, List<Finding> findings) {
    /// The kinds of problems: what a program may tell apart.
    enum Kind {
        INVALID_ARGUMENT(400, "invalid-argument", "The request is not as the contract has it"),
        UNAUTHENTICATED(401, "unauthenticated", "Nobody knows who asks"),
        FORBIDDEN(403, "forbidden", "Whoever asks may not"),
        NOT_FOUND(404, "not-found", "There is no such thing"),
        METHOD_NOT_ALLOWED(405, "method-not-allowed", "This is not done here"),
        CONFLICT(409, "conflict", "It does not go with what is there"),
        BODY_TOO_LARGE(413, "body-too-large", "The body is too large"),
        UNSUPPORTED_TYPE(415, "unsupported-type", "The body is no JSON"),
        QUOTA(429, "quota", "The agreed amount is used up"),
        HEADERS_TOO_LARGE(431, "headers-too-large", "The headers are too large"),
        INTERNAL(500, "internal", "A fault of the service"),
        UNAVAILABLE(503, "unavailable", "Not at the moment");

        private final int status;
        private final String type;
        private final String title;

        Kind(int status, String type, String title) {
            this.status = status;
            this.type = type;
            this.title = title;
        }

        int status() {
            return status;
        }
    }

    static Problem of(Kind kind, String detail, String mend) {
        return new Problem(kind, detail, mend, Optional.empty(), List.of());
    }

    static Problem invalid(List<Finding> findings) {
        return new Problem(
                Kind.INVALID_ARGUMENT,
                findings.size() == 1 ? "one field is wrong" : findings.size() + " fields are wrong",
                "mend each field of errors",
                Optional.of(ErrorCode.INVALID_ARGUMENT),
                findings.stream().limit(Schema.MOST_FINDINGS).toList());
    }

    static Problem invalid(String field, String value, String mend) {
        return invalid(List.of(Finding.of(field, value, mend)));
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("type", "urn:callgate:problem:" + kind.type);
        node.put("title", kind.title);
        node.put("status", kind.status);
        node.put("detail", detail);
        node.put("mend", mend);
        code.ifPresent(number -> node.put("code", number.number()));
        if (!findings.isEmpty()) {
            ArrayNode errors = node.putArray("errors");
            for (Finding finding : findings) {
                ObjectNode error = errors.addObject();
                error.put("field", finding.field());
                finding.value().ifPresent(value -> error.put("value", value));
                error.put("mend", finding.mend());
            }
        }
        return node;
    }
}
