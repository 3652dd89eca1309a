package io.callgate.relay.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptLanguageTest {
    @ParameterizedTest(name = "\"{0}\": Chinese is preferred: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | false",
                "zh | true",
                "en | false",
                "zh-CN,zh;q=0.9,en;q=0.8 | true",
                "en-GB, en ;q=0.9, zh ; q=0.8 | false",
                "de, ZH-Hant ;Q=0.7, EN;q=0.6 | true",
                "en;q=0.5, zh;q=0.5 | false",
                "en;q=0, zh;q=0.1 | true",
                "zh;q=many, en;q=0.1 | false",
                "zhuang | false",
                ";,;;,zh | true",
            })
    void theLanguageOfTheHigherWeightIsPreferred(String header, boolean isChinese) {
        assertThat(AcceptLanguage.prefersChinese(header)).isEqualTo(isChinese);
    }

    /// Whoever sends one wants to keep the relay busy: eight kilobytes of white space or commas, on a loop.
    @Test
    void s17ALongOneIsNotLookedAt() {
        String zh = "zh" + " ".repeat(254);

        assertThat(AcceptLanguage.prefersChinese(zh)).isTrue();
        assertThat(AcceptLanguage.prefersChinese(zh + " ")).isFalse();
    }
}
