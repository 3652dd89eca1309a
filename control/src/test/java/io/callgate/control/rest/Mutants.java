package io.callgate.control.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Makes documents that are wrong in one place out of one that is right.
final class Mutants {
    /// @param pointer the place that is wrong
    record Mutant(String what, String pointer, ObjectNode document) {}

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String LONG_TEXT = "x".repeat(2500);

    private final ObjectNode right;
    private final List<Mutant> mutants = new ArrayList<>();

    private Mutants(ObjectNode right) {
        this.right = right;
    }

    /// Each member left out, in a document whose members are all required.
    static List<Mutant> withoutOne(ObjectNode right) {
        Mutants made = new Mutants(right);
        made.eachMember(right, "", (pointer, parent) -> {
            String name = pointer.substring(pointer.lastIndexOf('/') + 1);
            if (at(right, parent).isObject()) {
                made.add("without", pointer, copy -> ((ObjectNode) at(copy, parent)).remove(name));
            }
        });
        return made.mutants;
    }

    /// Each member with values of other types, with one that is too long, with characters that no text may hold,
    /// and each object with a member that nobody knows.
    static List<Mutant> ofValues(ObjectNode right) {
        Mutants made = new Mutants(right);
        made.addUnknown("");
        made.eachMember(right, "", (pointer, parent) -> {
            JsonNode value = right.at(pointer);
            if (value.isObject()) {
                made.addUnknown(pointer);
            }
            for (JsonNode other : otherTypes(value)) {
                made.replace("as " + other.getNodeType(), pointer, parent, other);
            }
            if (value.isString()) {
                made.replace("too long", pointer, parent, JSON.stringNode(LONG_TEXT));
                made.replace("empty", pointer, parent, JSON.stringNode(""));
                for (String odd : List.of("a\u0000b", "a\nb", "a\u202Eb", "a\uD800b", "a\uFFFFb")) {
                    made.replace("with U+%04X".formatted((int) odd.charAt(1)), pointer, parent, JSON.stringNode(odd));
                }
            } else if (value.isNumber()) {
                made.replace("negative", pointer, parent, JSON.numberNode(-1));
                made.replace("a fraction", pointer, parent, JSON.numberNode(1.5));
                made.replace("too large", pointer, parent, JSON.numberNode(Long.MAX_VALUE));
            } else if (value.isArray()) {
                ArrayNode many = JSON.arrayNode();
                for (int i = 0; i < 6000; i++) {
                    many.add(0);
                }
                made.replace("too many", pointer, parent, many);
            }
        });
        return made.mutants;
    }

    private static List<JsonNode> otherTypes(JsonNode value) {
        List<JsonNode> types = new ArrayList<>(List.of(JSON.nullNode(), JSON.numberNode(7), JSON.stringNode("7")));
        types.addAll(List.of(
                JSON.booleanNode(true),
                JSON.arrayNode().add(JSON.arrayNode()),
                JSON.objectNode().put("7", 7)));
        types.removeIf(type -> type.getNodeType() == value.getNodeType());
        return types;
    }

    private void addUnknown(String pointer) {
        add("with a member nobody knows", pointer, copy -> ((ObjectNode) at(copy, pointer)).put("unknown", 1));
    }

    private void replace(String what, String pointer, String parent, JsonNode value) {
        String name = pointer.substring(pointer.lastIndexOf('/') + 1);
        add(what, pointer, copy -> {
            if (at(copy, parent) instanceof ArrayNode list) {
                list.set(Integer.parseInt(name), value);
            } else {
                ((ObjectNode) at(copy, parent)).set(name, value);
            }
        });
    }

    private void add(String what, String pointer, Consumer<ObjectNode> change) {
        ObjectNode copy = right.deepCopy();
        change.accept(copy);
        mutants.add(new Mutant(what, pointer, copy));
    }

    /// @param visitor gets the pointer of a member, and that of what it is a member of
    private void eachMember(JsonNode node, String pointer, BiConsumer<String, String> visitor) {
        if (node instanceof ObjectNode object) {
            object.forEachEntry((name, member) -> {
                visitor.accept(pointer + "/" + name, pointer);
                eachMember(member, pointer + "/" + name, visitor);
            });
        } else if (node instanceof ArrayNode list) {
            for (int i = 0; i < list.size(); i++) {
                visitor.accept(pointer + "/" + i, pointer);
                eachMember(list.get(i), pointer + "/" + i, visitor);
            }
        }
    }

    private static JsonNode at(JsonNode document, String pointer) {
        return pointer.isEmpty() ? document : document.at(pointer);
    }
}
