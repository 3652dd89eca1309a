package io.callgate.cli;

import io.callgate.model.DestinationRule;
import io.callgate.model.DestinationRuleJson;
import io.callgate.model.RelayCredential;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What commands print with `--json`.
final class JsonOutput {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private JsonOutput() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String pretty(ObjectNode node) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    static ObjectNode parse(String text) {
        return (ObjectNode) MAPPER.readTree(text);
    }

    static String problems(Path file, List<Problem> problems) {
        ObjectNode document = object();
        document.put("file", file.toString());
        document.put("valid", problems.stream().noneMatch(Problem::isError));
        ArrayNode list = document.putArray("problems");
        for (Problem problem : problems) {
            ObjectNode node = list.addObject();
            node.put("severity", problem.severity().lowerCase());
            node.put("line", problem.line());
            node.put("column", problem.column());
            node.put("key", problem.where());
            node.put("message", problem.message());
        }
        return pretty(document);
    }

    static List<DestinationRule> destinations(JsonNode rules) {
        return rules.valueStream().map(DestinationRuleJson::read).toList();
    }

    static ObjectNode credential(RelayCredential credential) {
        ObjectNode node = object();
        node.put("username", credential.username());
        node.put("password", credential.password());
        node.put("expiresAt", credential.expiresAt().toString());
        return node;
    }
}
