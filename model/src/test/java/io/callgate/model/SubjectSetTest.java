package io.callgate.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectSetTest {
    @ParameterizedTest(name = "{0} subjects in {1} characters have at most {2} of 10,000 others")
    @CsvSource({
        "1, 88, 1",
        "11, 88, 1",
        "100, 168, 200",
        "1000, 1668, 200",
        "10000, 16668, 200",
        "50000, 83336, 200",
    })
    void allOfASetAreInItAndFewOthers(int size, int characters, int mostOthers) {
        Random random = new Random(size);
        List<Subject> subjects = IntStream.range(0, size)
                .mapToObj(i -> new Subject("user-" + i + "-" + random.nextInt(1_000)))
                .toList();

        SubjectSet set = SubjectSet.of(subjects);

        assertThat(set.size()).isEqualTo(size);
        assertThat(set.base64()).hasSize(characters);
        assertThat(SubjectSet.charactersFor(size)).isEqualTo(characters);
        SubjectSet read = SubjectSet.parse(set.size(), set.base64());
        assertThat(read).isEqualTo(set).hasSameHashCodeAs(set);
        assertThat(subjects).allMatch(read::has);
        assertThat(IntStream.range(0, 10_000)
                        .filter(i -> read.has(new Subject("stranger-" + i)))
                        .count())
                .isLessThanOrEqualTo(mostOthers);
    }

    @Test
    void theBitsAreTheSameInEveryVersion() {
        String base64 = SubjectSet.of(List.of(new Subject("alice"))).base64();

        assertThat(base64)
                .isEqualTo("AAAAAAAAAAAAAQAAAAAAAAAAAAAAAQAAAEAAAAAAAAAAAAAAAAAgAAAAAAAAAAAAAAAAAABAAAAAgAAQAAAAAA==");
    }

    @Test
    void nobodyIsInNone() {
        assertThat(SubjectSet.of(List.of())).isEqualTo(SubjectSet.NONE);
        assertThat(SubjectSet.parse(0, "")).isEqualTo(SubjectSet.NONE);
        assertThat(SubjectSet.NONE.has(new Subject("alice"))).isFalse();
        assertThat(SubjectSet.NONE.isEmpty()).isTrue();
    }

    @Test
    void ofMoreThanFitTheFirstAreTaken() {
        List<Subject> subjects = IntStream.range(0, SubjectSet.MOST_SUBJECTS + 1_000)
                .mapToObj(i -> new Subject("user-" + i))
                .toList();

        SubjectSet set = SubjectSet.of(subjects);

        assertThat(set.size()).isEqualTo(SubjectSet.MOST_SUBJECTS);
        assertThat(subjects.subList(0, SubjectSet.MOST_SUBJECTS)).allMatch(set::has);
        assertThat(subjects.subList(SubjectSet.MOST_SUBJECTS, subjects.size()))
                .filteredOn(set::has)
                .hasSizeLessThan(50);
    }

    @Test
    void whatIsNoSetIsRefused() {
        assertThatThrownBy(() -> SubjectSet.parse(1, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubjectSet.parse(-1, "AAAA")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubjectSet.parse(1, "?")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SubjectSet.parse(SubjectSet.MOST_SUBJECTS + 1, "AAAA"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
