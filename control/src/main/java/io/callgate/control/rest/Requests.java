package io.callgate.control.rest;

import io.callgate.control.store.InvalidField;
import io.callgate.model.ErrorCode;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// From HTTP to a [Call], checked by the contract, and from JSON to HTTP.
final class Requests {
    private static final String BEARER = "Bearer ";

    /// What is too large is read on for a while: a client that still writes would not see the answer.
    private static final int MOST_DISCARDED_BYTES = 16 * 1024 * 1024;

    private static final JsonMapper STRICT = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(30)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Requests() {}

    /// Who asks is found out before anything of the request is read.
    ///
    /// @throws Refused with everything that the contract has against it
    static Call call(Operation operation, Context context, Gate gate) {
        Optional<String> bearer = bearer(context);
        Call.Caller caller = gate.admit(operation, bearer);
        List<Finding> findings = new ArrayList<>();
        Map<String, String> parameters = parameters(operation, context, findings);
        byte[] bytes = read(operation, context);
        ObjectNode body = Call.NO_BODY;
        if (operation.body().isPresent()) {
            JsonNode node = parse(context, bytes);
            operation.body().get().check(node, "", findings);
            body = node instanceof ObjectNode object ? object : Call.NO_BODY;
        } else if (bytes.length > 0) {
            findings.add(Finding.withoutValue("", "this operation takes no body: send none"));
        }
        if (!findings.isEmpty()) {
            throw new Refused(Problem.invalid(findings));
        }
        Call call = new Call(caller, parameters, body, bearer, Optional.of(context.ip()));
        Gate.requireOwn(call);
        return call;
    }

    static void write(Context context, int status, String type, ObjectNode body) {
        context.status(status)
                .contentType(type)
                .header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .result(body.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// Turns what the contract has let through into values, which have rules of their own.
    ///
    /// @throws Refused with the field that a value refused
    static <T> T read(JsonNode node, Function<JsonNode, T> reader) {
        try {
            return InvalidField.within("", node, reader);
        } catch (InvalidField e) {
            throw new Refused(Problem.invalid(e.pointer(), e.pointer().isEmpty() ? "the body" : e.value(), e.mend()));
        }
    }

    /// One field, which is there.
    static <T> T field(JsonNode body, String name, Function<String, T> reader) {
        return InvalidField.within("/" + name, body.get(name), node -> reader.apply(node.asString()));
    }

    private static Optional<String> bearer(Context context) {
        String header = context.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.empty();
        }
        return Optional.of(header.substring(BEARER.length()).trim());
    }

    private static Map<String, String> parameters(Operation operation, Context context, List<Finding> findings) {
        Map<String, List<String>> query = query(context);
        Map<String, String> values = new LinkedHashMap<>();
        operation.parameters().forEach((name, parameter) -> {
            List<String> found = parameter.inPath()
                    ? List.of(context.pathParam(name))
                    : Optional.ofNullable(query.get(name)).orElse(List.of());
            if (found.size() > 1) {
                findings.add(Finding.withoutValue(name, "it is there " + found.size() + " times: give it once"));
            } else if (found.size() == 1) {
                parameter.schema().checkParameter(found.getFirst(), name, findings);
                values.put(name, found.getFirst());
            } else if (parameter.required()) {
                findings.add(Finding.withoutValue(name, "it is missing: give it"));
            }
        });
        for (String name : query.keySet()) {
            if (!operation.parameters().containsKey(name)
                    || operation.parameters().get(name).inPath()) {
                findings.add(Finding.withoutValue(Finding.printable(name), "there is no such parameter: leave it out"));
            }
        }
        return values;
    }

    private static Map<String, List<String>> query(Context context) {
        try {
            return context.queryParamMap();
        } catch (RuntimeException e) {
            throw new Refused(Problem.invalid("the query", "its text", "want parameters in UTF-8, percent-encoded"));
        }
    }

    private static byte[] read(Operation operation, Context context) {
        try {
            InputStream stream = context.req().getInputStream();
            byte[] bytes = stream.readNBytes(operation.maxBodyBytes() + 1);
            if (bytes.length <= operation.maxBodyBytes()) {
                return bytes;
            }
            byte[] rest = new byte[64 * 1024];
            int discarded = 0;
            for (int count = 0; count >= 0 && discarded < MOST_DISCARDED_BYTES; count = stream.read(rest)) {
                discarded += count;
            }
            throw new Refused(Problem.of(
                    Problem.Kind.BODY_TOO_LARGE,
                    "the body has more than " + operation.maxBodyBytes() + " bytes",
                    "send at most " + operation.maxBodyBytes()));
        } catch (IOException e) {
            throw new Refused(Problem.invalid("the body", "its bytes", "it ended before it was whole: send it again"));
        }
    }

    private static JsonNode parse(Context context, byte[] bytes) {
        String type = context.contentType();
        if (type == null
                || !type.toLowerCase(Locale.ROOT).split(";", 2)[0].trim().equals("application/json")) {
            throw new Refused(Problem.of(
                    Problem.Kind.UNSUPPORTED_TYPE,
                    "the body is not said to be JSON",
                    "send Content-Type: application/json"));
        }
        try {
            // Jackson's own decoder takes overlong forms, which are other bytes for the same text.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            JsonNode node = STRICT.readTree(text);
            if (!node.isMissingNode()) {
                return node;
            }
            throw malformed("the body is empty", "send a JSON object");
        } catch (CharacterCodingException e) {
            throw malformed("the body is not UTF-8", "send UTF-8");
        } catch (JacksonException e) {
            throw malformed(
                    "the body is no JSON that is taken here" + place(e.getLocation()),
                    "send one JSON object, each name in it once, at most 16 levels deep");
        }
    }

    private static String place(@Nullable TokenStreamLocation location) {
        return location == null ? "" : ", from line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static Refused malformed(String detail, String mend) {
        return new Refused(new Problem(
                Problem.Kind.INVALID_ARGUMENT, detail, mend, Optional.of(ErrorCode.INVALID_ARGUMENT), List.of()));
    }
}
