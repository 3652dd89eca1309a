package io.callgate.control.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsvTest {
    @Test
    void aSpreadsheetTakesEveryFieldForText() {
        assertThat(Csv.field("demo")).isEqualTo("demo");
        assertThat(Csv.field("=1+1")).isEqualTo("'=1+1");
        assertThat(Csv.field("+1")).isEqualTo("'+1");
        assertThat(Csv.field("-1")).isEqualTo("'-1");
        assertThat(Csv.field("@SUM(A1)")).isEqualTo("'@SUM(A1)");
        assertThat(Csv.field("\tx")).isEqualTo("'\tx");
        assertThat(Csv.field("")).isEmpty();
    }

    @Test
    void quotesWhatWouldEndAField() {
        StringBuilder line = new StringBuilder();
        Csv.line(line, "a,b", "say \"hi\"", "=HYPERLINK(\"x\",\"y\")", "two\nlines");

        assertThat(line)
                .hasToString("\"a,b\",\"say \"\"hi\"\"\",\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\",\"two\nlines\"\r\n");
    }
}
