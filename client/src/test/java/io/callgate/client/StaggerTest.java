package io.callgate.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.Rung;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaggerTest {
    private static Rung rung(EffectivePath path, String relay) {
        return new Rung(path, relay);
    }

    @Test
    void everyTransportBeginsInTimeHoweverManyRelaysThereAre() {
        List<Rung> ladder = new ArrayList<>();
        for (EffectivePath path : List.of(EffectivePath.CLOUD_UDP, EffectivePath.CLOUD_TCP, EffectivePath.CLOUD_TLS)) {
            for (int relay = 0; relay < 5; relay++) {
                ladder.add(rung(path, "relay" + relay));
            }
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < ladder.size(); i++) {
            all.add(i);
        }

        Stagger stagger = Stagger.of(ladder, all);

        assertThat(stagger.order()).startsWith(0, 1, 2).hasSize(15);
        assertThat(stagger.beginsMillis().get(stagger.order().indexOf(5))).isEqualTo(300);
        assertThat(stagger.beginsMillis().get(stagger.order().indexOf(10))).isEqualTo(600);
        assertThat(stagger.beginsMillis()).isSorted().endsWith(1000L);
    }

    @Test
    void preferenceDecidesWithinATransport() {
        List<Rung> ladder = List.of(
                rung(EffectivePath.CLOUD_UDP, "silent"),
                rung(EffectivePath.CLOUD_UDP, "other"),
                rung(EffectivePath.CLOUD_TLS, "other"));

        Stagger stagger = Stagger.of(ladder, List.of(1, 2, 0));

        assertThat(stagger.order()).containsExactly(1, 0, 2);
        assertThat(stagger.headStart(0).toMillis()).isEqualTo(100);
        assertThat(stagger.headStart(1).toMillis()).isEqualTo(200);
    }
}
