package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/// What each keyword of a schema means: the service and its tests both lean on this checker, so it is held here
/// apart.
class SchemaTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: string}                                  | \"a\"",
                "{type: string, maxLength: 1}                    | \"\\uD83D\\uDE00\"",
                "{type: string, minLength: 2, maxLength: 3}      | \"ab\"",
                "{type: string, pattern: '^a+$'}                 | \"aa\"",
                "{type: string, format: uuid}                    | \"01936f2a-0000-7000-8000-000000000000\"",
                "{type: string, format: date-time}               | \"2026-11-22T12:00:00.5+01:00\"",
                "{enum: [a, b]}                                  | \"b\"",
                "{type: integer, minimum: 1, maximum: 2}         | 2",
                "{type: boolean}                                 | false",
                "{type: array, items: {type: integer}}           | []",
                "{type: array, uniqueItems: true, items: {type: integer}} | [1, 2]",
                "{type: object, additionalProperties: false, properties: {a: {type: integer}}} | {}",
                "{type: object, additionalProperties: false, required: [a], properties: {a: {type: integer}}} |"
                        + " {\"a\": 1}",
                "{anyOf: [{type: integer}, {type: 'null'}]}      | null",
                "{anyOf: [{type: integer}, {type: 'null'}]}      | 5"
            })
    void takesWhatFits(String schema, String value) {
        assertThat(findings(schema, value)).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: string}                                | 1            | '' | want a text in quotes",
                "{type: string}                                | null         | '' | want a text in quotes",
                "{type: string}                                | \"a\\u0007\" | '' | want a text without control"
                        + " characters",
                "{type: string}                                | \"\\uD800\"  | '' | want a text without control"
                        + " characters",
                "{type: string, minLength: 2, maxLength: 3}    | \"abcd\"     | '' | want a text of from 2 to 3"
                        + " characters",
                "{type: string, pattern: '^a+$'}               | \"b\"        | '' | want the form ^a+$",
                "{type: string, format: date-time}             | \"12:00\"    | '' | want a time such as"
                        + " 2026-11-22T12:00:00Z",
                "{enum: [a, b]}                                | \"c\"        | '' | 'want one of a, b'",
                "{enum: [a, b]}                                | 1            | '' | 'want one of a, b'",
                "{type: integer, minimum: 1, maximum: 2}       | 3            | '' | want a whole number from 1 to 2",
                "{type: integer, minimum: 1, maximum: 2}       | 1.0          | '' | want a whole number from 1 to 2",
                "{type: integer}                               | 99999999999999999999 | '' | want a whole number",
                "{type: boolean}                               | \"true\"     | '' | want true or false",
                "{type: array, maxItems: 1, items: {type: integer}} | [1, 2]  | '' | want a list from 0 to 1 items",
                "{type: array, items: {type: integer}}         | [1, \"a\"]   | /1 | want a whole number",
                "{type: array, uniqueItems: true, items: {type: integer}} | [1, 1] | /1 | 'it is there twice: item 0"
                        + " is the same'",
                "{type: object, additionalProperties: false, required: [a], properties: {a: {type: integer}}} | {} |"
                        + " /a | 'it is missing: give it'",
                "{type: object, additionalProperties: false, properties: {a: {type: integer}}} | {\"b\": 1} | /b |"
                        + " there is no such field; there are a",
                "{type: object, additionalProperties: false, properties: {a: {type: integer}}} | {\"a\": {}} | /a |"
                        + " want a whole number",
                "{type: object, additionalProperties: false, minProperties: 1, properties: {a: {type: integer}}} | {}"
                        + " | '' | nothing is given; want one of a",
                "{anyOf: [{type: integer}, {type: 'null'}]}    | \"\"         | '' | want a whole number"
            })
    void tellsWhatDoesNot(String schema, String value, String field, String mend) {
        assertThat(findings(schema, value)).singleElement().satisfies(finding -> {
            assertThat(finding.field()).isEqualTo(field);
            assertThat(finding.mend()).isEqualTo(mend);
        });
    }

    @Test
    void aSecretIsNeverShown() {
        assertThat(findings("{type: string, maxLength: 3, format: password}", "\"geheim\""))
                .singleElement()
                .satisfies(finding -> assertThat(finding.value()).isEmpty());
    }

    @Test
    void whatIsShownIsShortAndBreaksNoLine() {
        assertThat(findings("{type: string}", "\"" + "a\\n\\u202E".repeat(500) + "\""))
                .singleElement()
                .satisfies(finding -> assertThat(finding.value().orElseThrow())
                        .hasSizeLessThan(100)
                        .startsWith("a\\u000A\\u202Ea"));
    }

    @Test
    void aRuleThatNobodyChecksStopsTheStart() {
        assertThatThrownBy(() -> schema("{type: string, contentEncoding: base64}"))
                .hasMessageContaining("contentEncoding");
        assertThatThrownBy(() -> schema("{type: object, properties: {}}")).hasMessageContaining("additionalProperties");
        assertThatThrownBy(() -> schema("{type: object, additionalProperties: false, required: [a]}"))
                .hasMessageContaining("does not have");
    }

    @Test
    void everyOperationSaysHowMuchItTakesAndWhatItAnswers() {
        Map<String, Operation> byId = new HashMap<>();
        for (Operation operation : Contract.load().operations()) {
            assertThat(byId.put(operation.id(), operation)).isNull();
            assertThat(operation.maxBodyBytes()).isBetween(1, 1 << 20);
            assertThat(operation.answers().keySet())
                    .anyMatch(status -> status < 300)
                    .contains(400, 413, 500);
        }
        assertThat(byId).hasSizeGreaterThan(35);
    }

    private static List<Finding> findings(String schema, String value) {
        List<Finding> findings = new ArrayList<>();
        schema(schema).check(JsonMapper.shared().readTree(value), "", findings);
        return findings;
    }

    private static Schema schema(String yaml) {
        Object document = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return read(document);
    }

    private static Schema read(Object document) {
        return new Schema((Map<?, ?>) document, SchemaTest::read);
    }
}
