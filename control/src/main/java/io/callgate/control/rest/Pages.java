package io.callgate.control.rest;

import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Lists in pages: each names where the next begins.
final class Pages {
    private Pages() {}

    /// @param found one more than a page holds, if there are more
    static <T> Answer answer(List<T> found, int limit, Function<T, ObjectNode> json, Function<T, Object> cursor) {
        List<T> page = found.subList(0, Math.min(limit, found.size()));
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode items = node.putArray("items");
        page.forEach(item -> items.add(json.apply(item)));
        if (found.size() > limit) {
            node.put("next", cursor.apply(page.getLast()).toString());
        }
        return Answer.ok(node);
    }
}
