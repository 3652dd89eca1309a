package io.callgate.control.store;

import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// One member of a JSON document cannot be: where it is, and what is wanted instead.
public final class InvalidField extends IllegalArgumentException {
    private final String pointer;
    private final String value;

    public InvalidField(String pointer, String value, String mend) {
        super(mend);
        this.pointer = pointer;
        this.value = value;
    }

    /// Reads a node; what is wrong inside is told with the place of the node before it.
    public static <T> T within(String pointer, JsonNode node, Function<JsonNode, T> reader) {
        try {
            return reader.apply(node);
        } catch (InvalidField e) {
            throw new InvalidField(pointer + e.pointer, e.value, e.mend());
        } catch (IllegalArgumentException e) {
            throw new InvalidField(
                    pointer, node.isString() ? node.asString() : node.toString(), String.valueOf(e.getMessage()));
        }
    }

    /// A JSON pointer (RFC 6901).
    public String pointer() {
        return pointer;
    }

    /// As it was found.
    public String value() {
        return value;
    }

    public String mend() {
        return String.valueOf(getMessage());
    }
}
