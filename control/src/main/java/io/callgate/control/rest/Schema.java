package io.callgate.control.rest;

import io.callgate.model.PlainText;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One schema of the contract, ready to check values.
///
/// Of JSON Schema it knows what `openapi.yaml` uses. A keyword that it does not know stops the service at its
/// start: a rule that nobody checks is worse than none.
final class Schema {
    static final int MOST_FINDINGS = 32;
    private static final Set<String> KEYWORDS = Set.of(
            "type",
            "enum",
            "pattern",
            "format",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "minItems",
            "maxItems",
            "uniqueItems",
            "items",
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "anyOf",
            "description",
            "default");
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private enum Type {
        OBJECT,
        ARRAY,
        STRING,
        INTEGER,
        BOOLEAN
    }

    private final Type type;
    private final boolean mayBeNull;
    private final Set<String> oneOf;
    private final Optional<Pattern> pattern;
    private final String format;
    private final long least;
    private final long most;
    private final boolean uniqueItems;
    private final Optional<Schema> items;
    private final Map<String, Schema> properties;
    private final Set<String> required;

    /// @param keywords as the YAML has them
    /// @param reader turns a nested schema, or a reference to one, into a [Schema]
    Schema(Map<?, ?> keywords, SchemaReader reader) {
        for (Object keyword : keywords.keySet()) {
            if (!KEYWORDS.contains(String.valueOf(keyword))) {
                throw new IllegalStateException("the contract uses \"" + keyword + "\" in a schema: not known here");
            }
        }
        if (keywords.get("anyOf") instanceof List<?> choices) {
            // The one form in use: some schema, or null.
            if (choices.size() != 2 || !Map.of("type", "null").equals(choices.get(1))) {
                throw new IllegalStateException("anyOf wants a schema and {type: null}: " + choices);
            }
            Schema schema = reader.read(choices.getFirst());
            this.type = schema.type;
            this.mayBeNull = true;
            this.oneOf = schema.oneOf;
            this.pattern = schema.pattern;
            this.format = schema.format;
            this.least = schema.least;
            this.most = schema.most;
            this.uniqueItems = schema.uniqueItems;
            this.items = schema.items;
            this.properties = schema.properties;
            this.required = schema.required;
            return;
        }
        this.mayBeNull = false;
        this.oneOf = new LinkedHashSet<>(texts(keywords.get("enum")));
        this.type = oneOf.isEmpty() ? type(keywords.get("type")) : Type.STRING;
        this.pattern = Optional.ofNullable(keywords.get("pattern")).map(text -> Pattern.compile(text.toString()));
        this.format = String.valueOf(keywords.get("format"));
        this.least = number(keywords, type == Type.OBJECT ? "minProperties" : lowest(type), Long.MIN_VALUE);
        this.most = number(keywords, highest(type), Long.MAX_VALUE);
        this.uniqueItems = Boolean.TRUE.equals(keywords.get("uniqueItems"));
        this.items = Optional.ofNullable(keywords.get("items")).map(reader::read);
        Map<String, Schema> members = new LinkedHashMap<>();
        if (keywords.get("properties") instanceof Map<?, ?> schemas) {
            schemas.forEach((name, schema) -> members.put(name.toString(), reader.read(schema)));
        }
        this.properties = members;
        this.required = new LinkedHashSet<>(texts(keywords.get("required")));
        if (type == Type.OBJECT && !Boolean.FALSE.equals(keywords.get("additionalProperties"))) {
            throw new IllegalStateException("an object of the contract wants additionalProperties: false");
        }
        if (!properties.keySet().containsAll(required)) {
            throw new IllegalStateException("the contract requires members that it does not have: " + required);
        }
    }

    /// Turns what stands for a schema in the YAML into one.
    interface SchemaReader {
        Schema read(Object schema);
    }

    /// Adds what is wrong with a value, 32 things at most.
    ///
    /// @param field where the value stands
    void check(JsonNode value, String field, List<Finding> findings) {
        if (findings.size() >= MOST_FINDINGS || (value.isNull() && mayBeNull)) {
            return;
        }
        switch (type) {
            case OBJECT -> checkObject(value, field, findings);
            case ARRAY -> checkArray(value, field, findings);
            case STRING -> checkString(value, field, findings);
            case INTEGER -> checkInteger(value, field, findings);
            case BOOLEAN -> {
                if (!value.isBoolean()) {
                    findings.add(wrong(field, value, "want true or false"));
                }
            }
        }
    }

    /// Checks a parameter, which is a text whatever its type.
    void checkParameter(String text, String name, List<Finding> findings) {
        if (type != Type.INTEGER) {
            checkText(text, name, findings);
            return;
        }
        boolean isNumber = text.length() <= 18 && text.matches("-?[0-9]+");
        if (!isNumber || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            findings.add(Finding.of(name, text, "want a whole number" + range("", "")));
        }
    }

    private void checkObject(JsonNode value, String field, List<Finding> findings) {
        if (!value.isObject()) {
            findings.add(wrong(field, value, "want an object"));
            return;
        }
        for (String name : required) {
            if (!value.has(name)) {
                findings.add(Finding.withoutValue(field + "/" + name, "it is missing: give it"));
            }
        }
        value.forEachEntry((name, member) -> {
            Schema schema = properties.get(name);
            if (schema != null) {
                schema.check(member, field + "/" + name, findings);
            } else if (findings.size() < MOST_FINDINGS) {
                findings.add(Finding.withoutValue(
                        field + "/" + Finding.printable(name),
                        "there is no such field; there are " + String.join(", ", properties.keySet())));
            }
        });
        if (value.size() < least) {
            findings.add(Finding.withoutValue(
                    field, "nothing is given; want one of " + String.join(", ", properties.keySet())));
        }
    }

    private void checkArray(JsonNode value, String field, List<Finding> findings) {
        if (!value.isArray()) {
            findings.add(wrong(field, value, "want a list"));
            return;
        }
        if (value.size() < least || value.size() > most) {
            findings.add(Finding.of(field, value.size() + " items", "want a list" + range("", " items")));
            return;
        }
        Map<JsonNode, Integer> seen = new HashMap<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            items.orElseThrow().check(item, field + "/" + i, findings);
            Integer before = uniqueItems ? seen.putIfAbsent(item, i) : null;
            if (before != null && findings.size() < MOST_FINDINGS) {
                findings.add(wrong(field + "/" + i, item, "it is there twice: item " + before + " is the same"));
            }
        }
    }

    private void checkString(JsonNode value, String field, List<Finding> findings) {
        if (value.isString()) {
            checkText(value.asString(), field, findings);
        } else {
            findings.add(wrong(field, value, oneOf.isEmpty() ? "want a text in quotes" : wantOneOf()));
        }
    }

    private void checkText(String text, String field, List<Finding> findings) {
        int points = text.codePointCount(0, text.length());
        String mend = "";
        if (text.codePoints().anyMatch(PlainText::forbids)) {
            mend = "want a text without control characters";
        } else if (!oneOf.isEmpty() && !oneOf.contains(text)) {
            mend = wantOneOf();
        } else if (points < least || points > most) {
            mend = "want a text of" + range(" ", " characters").replace("  ", " ");
        } else if (pattern.isPresent() && !pattern.get().matcher(text).find()) {
            mend = "want the form " + pattern.get();
        } else if (format.equals("uuid") && !UUID_FORM.matcher(text).matches()) {
            mend = "want an id such as 01936f2a-0000-7000-8000-000000000000";
        } else if (format.equals("date-time") && !isDateTime(text)) {
            mend = "want a time such as 2026-11-22T12:00:00Z";
        }
        if (!mend.isEmpty()) {
            findings.add(format.equals("password") ? Finding.withoutValue(field, mend) : Finding.of(field, text, mend));
        }
    }

    private void checkInteger(JsonNode value, String field, List<Finding> findings) {
        boolean isWhole = value.isIntegralNumber() && value.canConvertToLong();
        if (!isWhole || value.asLong() < least || value.asLong() > most) {
            findings.add(wrong(field, value, "want a whole number" + range("", "")));
        }
    }

    private Finding wrong(String field, JsonNode value, String mend) {
        if (format.equals("password")) {
            return Finding.withoutValue(field, mend);
        }
        String shown = value.isObject() ? "an object" : value.isArray() ? "a list" : value.toString();
        return Finding.of(field, shown, mend);
    }

    private String wantOneOf() {
        return "want one of " + String.join(", ", oneOf);
    }

    private String range(String before, String after) {
        if (least == Long.MIN_VALUE && most == Long.MAX_VALUE) {
            return "";
        }
        if (most == Long.MAX_VALUE) {
            return before + " of at least " + least + after;
        }
        return before + " from " + Math.max(least, 0) + " to " + most + after;
    }

    private static boolean isDateTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Type type(@Nullable Object name) {
        return Type.valueOf(String.valueOf(name).toUpperCase(Locale.ROOT));
    }

    private static String lowest(Type type) {
        return type == Type.ARRAY ? "minItems" : type == Type.STRING ? "minLength" : "minimum";
    }

    private static String highest(Type type) {
        return type == Type.ARRAY ? "maxItems" : type == Type.STRING ? "maxLength" : "maximum";
    }

    private static long number(Map<?, ?> keywords, String name, long otherwise) {
        return keywords.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    private static List<String> texts(@Nullable Object list) {
        return list instanceof List<?> items
                ? items.stream().map(String::valueOf).toList()
                : List.of();
    }
}
