package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.Reception.SelectedPair;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QualityTest {
    private static final String RELAY = "turn:10.1.2.10:3478?transport=udp";
    private static final double IDLE = 0.4;
    private static final SelectedPair RELAYED = new SelectedPair("relay", RELAY);

    @Test
    void callThatIsSeenAndHeardThroughTheRelayIsGood() {
        CallResult result = judge(reception(20, 150, 50, RELAYED), 0);

        assertThat(result.outcome()).isEqualTo(Outcome.GOOD_CALL);
        assertThat(result.why()).isEmpty();
    }

    @Test
    void onePacketPastTheRelayIsALeak() {
        assertThat(judge(reception(20, 150, 50, RELAYED), 1).why()).contains("1 packets between corp and cloud");
    }

    @Test
    void callThatDiesInTheMiddleIsBadAlthoughItsAverageIsFine() {
        assertThat(judge(reception(12, 2_600, 50, RELAYED), 0).why()).contains("second saw nothing for 2600 ms");
    }

    @Test
    void callWithoutAudioIsBad() {
        assertThat(judge(reception(20, 150, 3, RELAYED), 0).why()).contains("second heard nothing");
    }

    @Test
    void mediaPastTheRelayOrThroughAnotherIsBad() {
        SelectedPair direct = new SelectedPair("host", "");
        SelectedPair other = new SelectedPair("relay", RELAY.replace("3478", "443"));

        assertThat(judge(reception(20, 150, 50, RELAYED, direct), 0).outcome()).isEqualTo(Outcome.BAD_CALL);
        assertThat(judge(reception(20, 150, 50, other), 0).outcome()).isEqualTo(Outcome.BAD_CALL);
        assertThat(judge(reception(20, 150, 50), 0).outcome()).isEqualTo(Outcome.BAD_CALL);
    }

    @Test
    void slowCameraOrFullCoresMeanABusyMachine() {
        Reception good = reception(20, 150, 50, RELAYED);
        Reception slowCamera = new Reception(300, 4, 150, 1e-3, 50, 4, List.of(RELAYED));

        assertThat(judge(slowCamera, 0).machineWasBusy()).isTrue();
        assertThat(Quality.judge(good, good, Optional.of(RELAY), 0, 0.01).machineWasBusy())
                .isTrue();
        assertThat(judge(good, 0).machineWasBusy()).isFalse();
    }

    private static CallResult judge(Reception second, long straightPackets) {
        return Quality.judge(reception(20, 150, 50, RELAYED), second, Optional.of(RELAY), straightPackets, IDLE);
    }

    private static Reception reception(double fps, double gapMillis, double audioPackets, SelectedPair... pairs) {
        return new Reception(300, fps, gapMillis, 1e-3, audioPackets, 20, List.of(pairs));
    }
}
