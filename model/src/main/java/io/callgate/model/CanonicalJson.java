package io.callgate.model;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The one form of a JSON document that is signed: RFC 8785, for documents of objects, arrays, texts, truth
/// values and integers, which are all that ours hold.
final class CanonicalJson {
    /// Beyond, a reader that keeps numbers in doubles reads another one (RFC 8785, appendix D).
    private static final long LARGEST = 9_007_199_254_740_991L;

    private CanonicalJson() {}

    /// @throws IllegalArgumentException if it holds null or a number that is no integer of 53 bits
    static byte[] bytes(ObjectNode document) {
        StringBuilder text = new StringBuilder();
        append(text, document);
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder text, JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> members = new TreeMap<>(); // by UTF-16 code units, as RFC 8785 §3.2.3 wants it
            node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            char before = '{';
            for (var member : members.entrySet()) {
                text.append(before);
                append(text, member.getKey());
                text.append(':');
                append(text, member.getValue());
                before = ',';
            }
            text.append(members.isEmpty() ? "{}" : "}");
        } else if (node.isArray()) {
            char before = '[';
            for (JsonNode item : node.values()) {
                text.append(before);
                append(text, item);
                before = ',';
            }
            text.append(node.isEmpty() ? "[]" : "]");
        } else if (node.isString()) {
            append(text, node.asString());
        } else if (node.isBoolean()) {
            text.append(node.asBoolean());
        } else if (node.isIntegralNumber()
                && node.canConvertToLong()
                && node.asLong() >= -LARGEST
                && node.asLong() <= LARGEST) {
            text.append(node.asLong());
        } else {
            throw new IllegalArgumentException("not an allowlist: it holds " + node);
        }
    }

    /// RFC 8785 §3.2.2.2.
    private static void append(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\b' -> text.append("\\b");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\f' -> text.append("\\f");
                case '\r' -> text.append("\\r");
                default -> {
                    if (c < ' ') {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }
}
