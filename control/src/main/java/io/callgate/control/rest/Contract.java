package io.callgate.control.rest;

import io.callgate.control.rest.Operation.Parameter;
import io.callgate.control.rest.Operation.Proof;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// `openapi.yaml`, read: what the service routes and checks by (decision 0021).
final class Contract {
    private static final Set<String> METHODS = Set.of("get", "post", "patch", "delete");
    private static final int DEFAULT_MAX_BODY_BYTES = 64 * 1024;

    private final Map<?, ?> document;
    private final Map<String, Schema> schemas = new HashMap<>();
    private final List<Operation> operations = new ArrayList<>();

    private Contract(Map<?, ?> document) {
        this.document = document;
    }

    static Contract load() {
        try (InputStream yaml = Objects.requireNonNull(Contract.class.getResourceAsStream("openapi.yaml"))) {
            Object document =
                    new Load(LoadSettings.builder().setLabel("openapi.yaml").build()).loadFromInputStream(yaml);
            Contract contract = new Contract(map(document));
            contract.readOperations();
            return contract;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read openapi.yaml", e);
        }
    }

    List<Operation> operations() {
        return operations;
    }

    private void readOperations() {
        Map<Integer, Optional<Schema>> anyAnswers = new LinkedHashMap<>();
        map(document.get("x-any-operation"))
                .forEach((status, schema) ->
                        anyAnswers.put(Integer.valueOf(status.toString()), Optional.of(schema(schema))));
        map(document.get("paths"))
                .forEach((path, item) -> map(item).forEach((method, operation) -> {
                    if (METHODS.contains(method.toString())) {
                        Map<Integer, Optional<Schema>> answers = new LinkedHashMap<>(anyAnswers);
                        answers.putAll(answers(map(operation)));
                        operations.add(
                                operation(path.toString(), method.toString(), map(item), map(operation), answers));
                    }
                }));
    }

    private Operation operation(
            String path, String method, Map<?, ?> item, Map<?, ?> operation, Map<Integer, Optional<Schema>> answers) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (Object where : List.of(item, operation)) {
            for (Object parameter : list(map(where).get("parameters"))) {
                Map<?, ?> resolved = map(resolve(parameter));
                parameters.put(
                        String.valueOf(resolved.get("name")),
                        new Parameter(
                                "path".equals(resolved.get("in")),
                                Boolean.TRUE.equals(resolved.get("required")),
                                schema(Objects.requireNonNull(resolved.get("schema")))));
            }
        }
        Optional<Schema> body =
                Optional.ofNullable(operation.get("requestBody")).map(this::jsonSchema);
        Object limit = operation.get("x-max-body-bytes");
        return new Operation(
                String.valueOf(operation.get("operationId")),
                method.toUpperCase(Locale.ROOT),
                path,
                proof(operation),
                parameters,
                body,
                limit instanceof Integer bytes ? bytes : DEFAULT_MAX_BODY_BYTES,
                answers);
    }

    private Map<Integer, Optional<Schema>> answers(Map<?, ?> operation) {
        Map<Integer, Optional<Schema>> answers = new LinkedHashMap<>();
        map(operation.get("responses"))
                .forEach((status, response) -> answers.put(
                        Integer.valueOf(status.toString()),
                        map(response).containsKey("content") ? Optional.of(jsonSchema(response)) : Optional.empty()));
        return answers;
    }

    private Schema jsonSchema(Object bodyOrResponse) {
        Map<?, ?> content = map(map(bodyOrResponse).get("content"));
        return schema(
                Objects.requireNonNull(map(content.get("application/json")).get("schema")));
    }

    /// To say nothing is no way to say "anybody": a forgotten line must not open an operation.
    private static Proof proof(Map<?, ?> operation) {
        if (!(operation.get("security") instanceof List<?> security)) {
            throw new IllegalStateException(
                    operation.get("operationId") + " does not say who may call it: want security");
        }
        if (security.isEmpty() || security.contains(Map.of())) {
            return Proof.NONE;
        }
        String scheme = map(security.getFirst()).keySet().iterator().next().toString();
        return switch (scheme) {
            case "operatorToken" -> Proof.OPERATOR;
            case "relayKey" -> Proof.RELAY;
            default -> throw new IllegalStateException("no such security scheme: " + scheme);
        };
    }

    private Schema schema(Object schemaOrReference) {
        if (map(schemaOrReference).get("$ref") instanceof String reference) {
            Schema known = schemas.get(reference);
            if (known == null) {
                known = schema(resolve(schemaOrReference));
                schemas.put(reference, known);
            }
            return known;
        }
        return new Schema(map(schemaOrReference), this::schema);
    }

    /// What a `$ref` stands for, or the thing itself.
    private Object resolve(Object thing) {
        if (!(map(thing).get("$ref") instanceof String reference)) {
            return thing;
        }
        Object found = document;
        for (String name : reference.substring("#/".length()).split("/", -1)) {
            found = Objects.requireNonNull(map(found).get(name), reference);
        }
        return found;
    }

    private static Map<?, ?> map(@Nullable Object thing) {
        return thing instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object thing) {
        return thing instanceof List<?> list ? list : List.of();
    }
}
