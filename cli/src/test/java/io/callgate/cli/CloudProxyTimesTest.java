package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// How soon a call has a way: one case after the other, unlike those of [CloudProxyModesTest].
@Timeout(90)
class CloudProxyTimesTest {
    private final EventLog events = new EventLog();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private LoopbackRelay relay;
    private UdpGate gate;
    private LeaseDesk desk;

    @BeforeEach
    void start() throws IOException {
        relay = keep(LoopbackRelay.start());
        gate = keep(UdpGate.to(relay.port()));
        desk = keep(LeaseDesk.open(
                LeaseDesk.candidate("one", gate.port(), Transport.UDP),
                LeaseDesk.candidate("one", FreePort.take(), Transport.TCP),
                LeaseDesk.candidate("one", relay.port(), Transport.TLS)));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        toClose.add(each);
        return each;
    }

    private static CloudProxy.Builder builder() {
        return CloudProxy.builder(new SystemTime())
                .uid("alice")
                .token(() -> "a.token.here")
                .trust(Trust.pin(TestIdentity.ec().pin()));
    }

    /// The middle one of three starts, so that neither the first use of the code nor one busy moment counts.
    private Duration untilPlan(EffectivePath path, Supplier<CloudProxy.Builder> builder) throws Exception {
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            events.forget();
            try (CloudProxy proxy =
                    builder.get().entry(desk.address()).events(events).build()) {
                long beganNanos = System.nanoTime();
                assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
                events.awaitPlan(path);
                times.add(Duration.ofNanos(System.nanoTime() - beganNanos));
            }
        }
        Collections.sort(times);
        return times.get(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"SMART", "AUTO"})
    void anOpenNetworkIsUsedDirectlyWithinASecond(RequestedMode mode) throws Exception {
        Duration took =
                untilPlan(EffectivePath.DIRECT, () -> builder().mode(mode).probe(new StandInProbe(true, true)));

        assertThat(took).isLessThan(Duration.ofSeconds(1));
        assertThat(desk.asked).as("nothing is asked of control").isEmpty();
    }

    @ParameterizedTest(name = "{0}, signalling open: {1}")
    @CsvSource({"SMART, false", "SMART, true", "AUTO, false"})
    void aClosedNetworkIsCrossedByAProxyWithinTwoAndAHalfSeconds(RequestedMode mode, boolean signalling)
            throws Exception {
        Duration took = untilPlan(
                EffectivePath.CLOUD_UDP, () -> builder().mode(mode).probe(new StandInProbe(signalling, false)));

        assertThat(took).isBetween(Duration.ofSeconds(1), Duration.ofMillis(2500));
    }

    /// UDP is silent, TCP refused.
    @Test
    void theLastRungIsReachedWithinTwoAndAHalfSeconds() throws Exception {
        gate.close(true);

        Duration took = untilPlan(EffectivePath.CLOUD_TLS, () -> builder().mode(RequestedMode.STANDARD));

        assertThat(took).isLessThan(Duration.ofMillis(2500));
    }
}
