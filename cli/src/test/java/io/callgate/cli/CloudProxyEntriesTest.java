package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.LeaseStore;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.testkit.TestIdentity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Several entries: which of them is asked, when, and whose word counts.
@Timeout(90)
class CloudProxyEntriesTest {
    private static final SystemTime TIME = new SystemTime();

    @TempDir
    private Path folder = Path.of("unset");

    private final EventLog events = new EventLog();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private LeaseDesk first;
    private LeaseDesk second;

    /// How an entry fails that takes connections.
    enum Manner {
        MUTE,
        HANGS_UP,
        CANNOT_NOW,
        NOT_CALLGATE;

        void of(LeaseDesk desk) {
            switch (this) {
                case MUTE -> desk.setMute(true);
                case HANGS_UP -> desk.setSilent(true);
                case CANNOT_NOW -> desk.putOff(Integer.MAX_VALUE);
                case NOT_CALLGATE -> desk.setStranger(true);
            }
        }
    }

    @BeforeEach
    void open() {
        int port = keep(LoopbackRelay.start()).port();
        first = keep(LeaseDesk.open(LeaseDesk.candidate("one", port, Transport.UDP)));
        second = keep(LeaseDesk.open(LeaseDesk.candidate("two", port, Transport.UDP)));
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

    private CloudProxy.Builder builder() {
        return CloudProxy.builder(TIME)
                .entry(first.address())
                .entry(second.address())
                .uid("alice")
                .token(() -> "a.token.here")
                .mode(RequestedMode.STANDARD)
                .trust(Trust.pin(TestIdentity.ec().pin()))
                .events(events);
    }

    private CloudProxy started(CloudProxy.Builder builder) {
        CloudProxy proxy = keep(builder.build());
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        return proxy;
    }

    @ParameterizedTest
    @EnumSource
    void anEntryThatDoesNotAnswerCostsAMomentAndNotTheCall(Manner manner) throws Exception {
        manner.of(first);
        long beganNanos = System.nanoTime();

        started(builder());

        events.await("plan CLOUD_UDP by two");
        assertThat(Duration.ofNanos(System.nanoTime() - beganNanos)).isLessThan(Duration.ofSeconds(2));
        assertThat(first.asked).containsExactly("POST /v1/leases");
    }

    @Test
    void theLastGoodEntryIsAskedFirstNextTime() throws Exception {
        first.putOff(1);
        first.setLife(Duration.ofSeconds(6));
        second.setLife(Duration.ofSeconds(6));
        started(builder());
        events.await("plan CLOUD_UDP by two");
        List<String> askedOfFirst = List.copyOf(first.asked);
        events.forget();

        events.await("plan CLOUD_UDP by two"); // renewed

        assertThat(first.asked).isEqualTo(askedOfFirst);
        assertThat(second.asked).startsWith("POST /v1/leases", "POST /v1/leases/x/renew");
    }

    @Test
    void theLastGoodEntryIsAskedFirstAfterARestartToo() throws Exception {
        KeptFile kept = new KeptFile(folder.resolve("lease.json"));
        first.putOff(1);
        CloudProxy before = started(builder().store(kept));
        events.await("plan CLOUD_UDP by two");
        kept.await();
        before.close();
        List<String> askedOfFirst = List.copyOf(first.asked);
        events.forget();

        started(builder().store(LeaseStore.file(folder.resolve("lease.json"))));

        events.await("plan CLOUD_UDP by two");
        assertThat(first.asked).isEqualTo(askedOfFirst);
        assertThat(second.asked).containsExactly("POST /v1/leases", "POST /v1/leases");
    }

    @Test
    void aRefusalIsTheLastWordWhicheverEntryBringsIt() throws Exception {
        first.setMute(true);
        second.refuse(ErrorCode.TOKEN_EXPIRED);

        started(builder());

        assertThat(events.awaitFailure(ErrorCode.TOKEN_EXPIRED).cause()).contains(second.address());
    }

    @Test
    void theOneThatOnlyCannotNowIsAskedAgainWhateverTheOthersAre() throws Exception {
        first.putOff(2);
        second.setMute(true);

        started(builder());

        events.await("plan CLOUD_UDP by one");
        assertThat(first.asked).hasSize(3);
    }

    @Test
    void whereNoneAnswersTheFirstOnesFailureIsTold() throws Exception {
        first.setStranger(true);
        second.setSilent(true);

        started(builder());

        Failure failure = events.awaitFailure(ErrorCode.RELAY_REFUSED);
        assertThat(failure.cause()).contains(first.address(), "404");
    }

    @Test
    void controlHearsWhatKindOfNetworkAsks() throws Exception {
        started(builder().network(new StandInNetwork(NetworkKind.ETHERNET)));

        events.await("plan CLOUD_UDP by one");

        assertThat(first.bodies.getFirst()).contains("\"network\":\"wired\"");
    }
}
