package io.callgate.rtc.agora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                  | {}",
                "[]                                  | []",
                " [ 1 , -2.5 , 3e2 , true , null ]   | [1.0, -2.5, 300.0, true, null]",
                "{\"a\":{\"b\":[false]},\"c\":\"d\"} | {a={b=[false]}, c=d}",
                "\"\\u0041\\n\\\\\\/\\\"\"           | ~A\n\\/\"~",
                "\"[\"                               | [",
                "[\"[\",\"]\"]                       | [[, ]]",
                "[\"[\\\"x\\\"]\"]                   | [[\"x\"]]"
            })
    void readsWhatIsValid(String text, String value) throws Exception {
        JsonText json = JsonText.parse(text);

        assertThat(String.valueOf(json.value())).isEqualTo(value);
        assertThat(json.repair()).isEmpty();
    }

    @ParameterizedTest(name = "{0} is taken for {2}, wrong from column {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"rtc.proxy_server\":[2, \"[\"192.168.0.112\",\"127.0.0.1\"]\", 0]} | 28 |"
                        + " {\"rtc.proxy_server\":[2, \"[\\\"192.168.0.112\\\",\\\"127.0.0.1\\\"]\", 0]}",
                "[\"[\"a\"]\"]          | 5 | [\"[\\\"a\\\"]\"]",
                "[\"[ \"a\"]\"]         | 6 | [\"[ \\\"a\\\"]\"]",
                "[\"[\"a\"]\",\"[\"b\"]\"] | 5 | [\"[\\\"a\\\"]\",\"[\\\"b\\\"]\"]"
            })
    void repairsAListInAStringWhoseQuotesNobodyEscaped(String text, int column, String repaired) throws Exception {
        JsonText.Repair repair = JsonText.parse(text).repair().orElseThrow();

        assertThat(repair.column()).isEqualTo(column);
        assertThat(repair.text()).isEqualTo(repaired);
        JsonText again = JsonText.parse(repaired);
        assertThat(again.repair()).isEmpty();
        assertThat(again.value()).isEqualTo(JsonText.parse(text).value());
    }

    @ParameterizedTest(name = "{0} is not JSON")
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "{\"a\"}",
                "{\"a\":}",
                "[1,]",
                "{a:1}",
                "'a'",
                "01",
                "+1",
                "tru",
                "\"\\x\"",
                "\"\\u00g0\"",
                "\"a",
                "1 2",
                "[\"[\"a\"",
                "[\"a\"b\"]",
                "\"a\tb\"",
                "NaN",
                "[\"[\"a]"
            })
    void refusesWhatIsNeitherValidNorThatMistake(String text) {
        assertThatThrownBy(() -> JsonText.parse(text))
                .isInstanceOf(JsonText.Malformed.class)
                .hasMessageContaining("column");
    }

    @Test
    void refusesWhatWouldExhaustTheStack() {
        assertThatThrownBy(() -> JsonText.parse("[".repeat(100_000))).hasMessageContaining("too deep");
    }

    @Test
    void everyProperPrefixOfThatMistakeIsRefusedCleanly() {
        String text = "{\"rtc.proxy_server\":[2, \"[\"192.168.0.112\",\"127.0.0.1\"]\", 0]}";
        for (int length = 0; length < text.length(); length++) {
            String prefix = text.substring(0, length);
            assertThatThrownBy(() -> JsonText.parse(prefix)).isInstanceOf(JsonText.Malformed.class);
        }
    }

    @Test
    void keepsNullsAndTheLastOfTwoMembers() throws Exception {
        assertThat(JsonText.parse("[null]").value()).isEqualTo(Arrays.asList((Object) null));
        assertThat(JsonText.parse("{\"a\":1,\"a\":[]}").value()).isEqualTo(Map.of("a", List.of()));
    }
}
