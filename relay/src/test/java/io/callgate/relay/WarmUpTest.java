package io.callgate.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.SessionRecord;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.net.IoKind;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.TestIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class WarmUpTest {
    /// One of each scene.
    private static final int STAGES = 4;

    private static final Duration LONG_ENOUGH = Duration.ofMinutes(1); // by a clock that stands still

    private static final TlsIdentity IDENTITY = TestIdentity.ec();

    private final FakeClock clock = new FakeClock(); // stands still: no visit comes too late on a busy machine

    static List<IoKind> kinds() {
        return IoKind.available();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyVisitorIsServedAndNobodyHearsOfIt(IoKind kind) throws Exception {
        List<SessionRecord> sessions = new ArrayList<>();
        RelayOptions options = RelayOptions.of(clock).withIo(kind.label()).withSessions(sessions::add);

        assertThat(new WarmUp(options, IDENTITY).play(STAGES, LONG_ENOUGH)).isEqualTo(STAGES * WarmUp.VISITS);

        assertThat(sessions).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStageIsOnLoopbackAndHasAUserIfItIsToldSo(boolean hasUser) throws Exception {
        try (WarmUpStage stage =
                WarmUpStage.open(RelayOptions.of(clock), IDENTITY, new WarmUpStage.Scene(hasUser, false))) {
            assertThat(stage.tcp().getAddress().isLoopbackAddress()).isTrue();
            assertThat(stage.udp().getAddress().isLoopbackAddress()).isTrue();
            assertThat(stage.peer().getLocalAddress().isLoopbackAddress()).isTrue();
            assertThat(stage.userLogin().isPresent()).isEqualTo(hasUser);
        }
    }

    @Test
    void eachVisitorIsSomebodyElse() throws Exception {
        try (WarmUpStage stage =
                WarmUpStage.open(RelayOptions.of(clock), IDENTITY, new WarmUpStage.Scene(false, true))) {
            assertThat(stage.login().username()).isNotEqualTo(stage.login().username());
        }
    }

    @Test
    void playsWithAndWithoutUsersAndAControl() {
        assertThat(IntStream.range(0, STAGES).mapToObj(WarmUp::scene)).doesNotHaveDuplicates();
    }

    @Test
    void aLoginDoesNotShowItsPassword() {
        assertThat(new WarmUpVisitor.Login("visitor", "swordfish").toString()).doesNotContain("swordfish");
    }

    @Test
    void oneRelayOfAProcessWarmsUpForAll() {
        RelayOptions options = RelayOptions.of(clock);

        try (WarmUp _ = WarmUp.begin(options, IDENTITY);
                WarmUp _ = WarmUp.begin(options, IDENTITY)) {
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(it -> it.getName().equals("relay-warm-up"))
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void visitsNobodyOnceItsProcessEnds() throws Exception {
        WarmUp warmUp = new WarmUp(RelayOptions.of(clock), IDENTITY);

        warmUp.close();

        assertThat(warmUp.play(STAGES, LONG_ENOUGH)).isZero();
    }
}
