package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"x\",\"y\")", "\tx", "\r=1"})
    void aSpreadsheetTakesEveryTextForText(String formula) {
        String cell = Csv.of().row(List.of(formula)).toString().strip();

        assertThat(cell).startsWith("\"'").endsWith("\"").doesNotContain("\t", "\r");
    }

    @Test
    void numbersStayNumbersAndWhatWouldEndACellIsQuoted() {
        assertThat(Csv.of("a", "b").row(List.of(-1, "x,y")).row(List.of("say \"hi\"", "two\nlines")))
                .hasToString("a,b\n-1,\"x,y\"\n\"say \"\"hi\"\"\",two lines\n");
    }

    @Test
    void moreLinesHaveNoHeading() {
        assertThat(Csv.more()).hasToString("");
        assertThat(Csv.more().row(List.of(1, 2))).hasToString("1,2\n");
    }
}
