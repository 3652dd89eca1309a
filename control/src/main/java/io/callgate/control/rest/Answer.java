package io.callgate.control.rest;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What an operation answers when all went well.
record Answer(int status, Optional<ObjectNode> body) {
    static Answer ok(ObjectNode body) {
        return new Answer(200, Optional.of(body));
    }

    static Answer created(ObjectNode body) {
        return new Answer(201, Optional.of(body));
    }

    static Answer done() {
        return new Answer(204, Optional.empty());
    }
}
