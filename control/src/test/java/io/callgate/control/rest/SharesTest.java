package io.callgate.control.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.control.store.FleetUse;
import io.callgate.control.store.FleetUse.Share;
import io.callgate.control.store.Quota;
import io.callgate.model.AppId;
import io.callgate.model.AppNeed;
import io.callgate.model.Heartbeat;
import io.callgate.model.HeartbeatAnswer;
import io.callgate.model.HeartbeatJson;
import io.callgate.model.Portion;
import io.callgate.model.Region;
import io.callgate.model.Subject;
import io.callgate.model.SubjectSet;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What fits in an answer to a heartbeat.
class SharesTest {
    /// What a relay reads.
    private static final int MOST_ANSWER_BYTES = 1 << 20;

    @Test
    void aRelayHearsOfItsOwnAppsWhateverOthersUse() {
        List<AppId> apps = apps(3 * Heartbeat.MOST_APPS);
        List<AppNeed> own = apps.subList(2 * Heartbeat.MOST_APPS, apps.size() - 1).stream()
                .map(app -> new AppNeed(app, 1, 1, 1, 0, 0, List.of()))
                .toList();

        List<Portion> portions = shares(apps, 1).portions("main", quotas(apps, 1), own);

        assertThat(portions).hasSize(Heartbeat.MOST_APPS);
        assertThat(portions.stream().map(Portion::app).limit(own.size()))
                .containsExactlyElementsOf(own.stream().map(AppNeed::app).toList());
    }

    @ParameterizedTest(name = "{0} apps with {1} sessions each")
    @CsvSource({"4000, 999999", "4000, 1", "5000, 50", "3, 50000", "30, 9000"})
    void anAnswerFitsInWhatARelayReads(int count, int sessions) {
        List<AppId> apps = apps(count);
        Shares shares = shares(apps, sessions);
        List<Portion> portions = shares.portions("main", quotas(apps, sessions), List.of());

        Map<AppId, Long> crowded = shares.crowded("main", portions, List.of());

        assertThat(crowded).isNotEmpty();
        Map<Long, SubjectSet> sets = new HashMap<>();
        Map<AppId, SubjectSet> inCall = crowded.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, app -> sets.computeIfAbsent(app.getValue(), SharesTest::set)));
        String answer = HeartbeatJson.write(
                        new HeartbeatAnswer(Long.MAX_VALUE, false, Long.MAX_VALUE, Long.MAX_VALUE, portions, inCall))
                .toString();
        assertThat(answer.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(MOST_ANSWER_BYTES);
        assertThat(HeartbeatJson.parseAnswer(answer).inCall()).isEqualTo(inCall);
    }

    private static SubjectSet set(long size) {
        return SubjectSet.of(IntStream.range(0, Math.toIntExact(size))
                .mapToObj(i -> new Subject("caller-" + i))
                .toList());
    }

    /// Of one relay, where there are ten.
    private static Shares shares(List<AppId> apps, long sessions) {
        return new Shares(
                new FleetUse(
                        Map.of("main", 10),
                        apps.stream()
                                .collect(Collectors.toMap(
                                        app -> app,
                                        app -> List.of(new Share(
                                                app, "main", new Region("eu"), 1, sessions, sessions, 0, 0)))),
                        Map.of()),
                apps);
    }

    private static Map<AppId, Quota> quotas(List<AppId> apps, int sessions) {
        return apps.stream().collect(Collectors.toMap(app -> app, app -> new Quota(sessions, 999_999_999_999L, 24)));
    }

    /// With the longest names.
    private static List<AppId> apps(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new AppId("a".repeat(59) + (10_000 + i)))
                .toList();
    }
}
