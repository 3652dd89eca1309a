package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.SessionRecord;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.net.IoKind;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.TestIdentity;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class WarmUpTest {
    /// Every kind of visitor, twice.
    private static final int VISITS = 24;

    private static final TlsIdentity IDENTITY = TestIdentity.ec();

    private final FakeClock clock = new FakeClock(); // stands still: no visit comes too late on a busy machine

    static List<IoKind> kinds() {
        return IoKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyVisitorGetsAnAllocationAndNobodyHearsOfIt(IoKind kind) throws Exception {
        List<SessionRecord> sessions = new ArrayList<>();
        RelayOptions options = RelayOptions.of(clock).withIo(kind.label()).withSessions(sessions::add);

        try (WarmUpStage stage = WarmUpStage.open(options, IDENTITY)) {
            assertThat(new WarmUp(options, IDENTITY).play(stage, VISITS)).isEqualTo(VISITS);
            assertThat(stage.tcp().getAddress().isLoopbackAddress()).isTrue();
            assertThat(stage.udp().getAddress().isLoopbackAddress()).isTrue();
        }

        assertThat(sessions).isEmpty();
    }

    @Test
    void visitsNobodyOnceItsProcessEnds() throws Exception {
        RelayOptions options = RelayOptions.of(clock);
        WarmUp warmUp = new WarmUp(options, IDENTITY);

        warmUp.close();

        try (WarmUpStage stage = WarmUpStage.open(options, IDENTITY)) {
            assertThat(warmUp.play(stage, VISITS)).isZero();
        }
    }
}
