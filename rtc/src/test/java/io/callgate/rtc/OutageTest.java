package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Dialer;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a call is told to be, and for how long, while it is not well.
@Timeout(30)
class OutageTest implements RtcEvents {
    private static final JoinRequest ALICE = JoinRequest.of("room", "alice", "");
    private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(2);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> attempts = new LinkedBlockingQueue<>();
    private final FakeService cloud = new FakeService();
    private final MovingNetwork network = new MovingNetwork();
    private final AtomicLong nanos = new AtomicLong();
    private volatile Way.@Nullable Listener plans;

    private RtcEngine.Builder builder() {
        return RtcEngine.builder(new Clock())
                .service(cloud)
                .media(new FakeMedia())
                .network(network)
                .events(this);
    }

    private RtcEngine.Builder byHand() {
        return builder().ways(listener -> {
            plans = listener;
            return new StillWay();
        });
    }

    /// Stands until a test turns it.
    private final class Clock implements TimeSource {
        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos());
        }
    }

    private static final class StillWay implements Way {
        @Override
        public void start() {}

        @Override
        public void renew() {}

        @Override
        public void inUse(TransportPlan plan) {}

        @Override
        public void close() {}
    }

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        told.add(state + " " + reason);
    }

    @Override
    public void onAttemptFailed(Failure failure) {
        attempts.add(failure.code() + " " + failure.cause());
    }

    @Override
    public void onCallFailed(Failure failure) {
        told.add("failed");
    }

    @Test
    void aMoveByAnOldPlanDoesNotPutOffTheEnd() throws Exception {
        try (RtcEngine engine = byHand().giveUpAfter(GIVE_UP_AFTER).build()) {
            enter(engine);
            CountDownLatch reclaimed = cloud.holdFast("reclaim");
            for (int attempt = 0; attempt < 50; attempt++) {
                cloud.fail("apply", nobody());
            }
            cloud.listener().onSignallingLost("the relay has died");
            expect("RECONNECTING SIGNALLING_LOST");
            cloud.expect("reclaim 1");

            plans().onPlan(relayed(2));
            nanos.addAndGet(GIVE_UP_AFTER.toNanos() * 2 / 3);
            reclaimed.countDown();
            cloud.expect("apply 2");
            nanos.addAndGet(GIVE_UP_AFTER.toNanos() * 2 / 3);

            expect("failed", "FAILED GAVE_UP");
        }
    }

    /// By the time that the other gives up, the first would have, had its time gone on.
    @Test
    void aCallThatHasComeBackIsNotGivenUp() throws Exception {
        try (RtcEngine engine = byHand().giveUpAfter(GIVE_UP_AFTER).build();
                RtcEngine other = byHand().giveUpAfter(GIVE_UP_AFTER).build()) {
            enter(engine);
            cloud.listener().onMediaLost("ICE failed");
            expect("RECONNECTING MEDIA_LOST", "CONNECTED REJOINED");

            other.join(ALICE);
            expect("CONNECTING JOINING", "failed", "FAILED GAVE_UP");

            assertThat(engine.isInCall()).isTrue();
        }
    }

    @Test
    void aNetworkThatChangesBeforeACallBeginsIsNoneOfItsConcern() throws Exception {
        try (RtcEngine engine = builder().mode(RequestedMode.NONE).build()) {
            engine.join(ALICE);
            expect("CONNECTING JOINING", "CONNECTED JOINED");
            CountDownLatch goodbye = cloud.hold("leave");
            engine.leave();
            engine.join(ALICE);

            network.becomes(NetworkKind.WIFI, "192.0.2.2");
            settle(engine);
            settle(engine); // what the change has begun, if it has
            goodbye.countDown();

            expect("DISCONNECTED LEFT", "CONNECTING JOINING", "CONNECTED JOINED");
        }
    }

    @Test
    void aNetworkThatHasChangedIsTheReasonUntilAllIsWell() throws Exception {
        try (RtcEngine engine = byHand().build()) {
            enter(engine);
            network.becomes(NetworkKind.WIFI, "192.0.2.2");
            settle(engine);
            plans().onPlan(relayed(2));
            cloud.expect("apply 2");
            settle(engine);

            cloud.listener().onMediaLost("long after");
            expect("RECONNECTING MEDIA_LOST", "CONNECTED REJOINED");

            network.becomes(NetworkKind.ETHERNET, "192.0.2.3");
            settle(engine);
            cloud.listener().onMediaLost("at once");
            expect("RECONNECTING NETWORK_CHANGED", "CONNECTED REJOINED");
            cloud.listener().onMediaLost("and again");
            expect("RECONNECTING MEDIA_LOST", "CONNECTED REJOINED");
        }
    }

    @Test
    void whatIsTriedAgainIsToldEachTimeWithItsCause() throws Exception {
        try (RtcEngine engine = byHand().build()) {
            cloud.fail("join", nobody());
            cloud.fail("join", nobody());
            engine.join(ALICE);
            expect("CONNECTING JOINING");
            plans().onPlan(relayed(1));

            expect("CONNECTING PROXY_ANSWERED", "CONNECTED JOINED");
            assertThat(attempts).containsExactly("TCP_REFUSED nobody there", "TCP_REFUSED nobody there");
            attempts.clear();
            cloud.fail("reclaim", ServiceException.unreachable(ErrorCode.RELAY_SILENT, "the relay is silent"));
            cloud.listener().onSignallingLost("the relay has died");
            expect("RECONNECTING SIGNALLING_LOST", "CONNECTED REJOINED");
            assertThat(attempts).containsExactly("RELAY_SILENT the relay is silent");
        }
    }

    @Test
    void whatANewerWayHasMadeVainOrTheCloudRefusesIsNoAttemptThatFailed() throws Exception {
        try (RtcEngine engine = byHand().build()) {
            enter(engine);
            CountDownLatch blocks = cloud.block("apply");
            plans().onPlan(relayed(2));
            assertThat(blocks.await(5, TimeUnit.SECONDS)).isTrue();
            plans().onPlan(relayed(3));
            cloud.expect("apply 2", "apply 3");
            settle(engine);
            cloud.fail("reclaim", ServiceException.refused(ErrorCode.TOKEN_EXPIRED, "too old"));
            cloud.listener().onSignallingLost("the relay has died");
            expect("RECONNECTING SIGNALLING_LOST", "failed", "FAILED REFUSED");

            assertThat(attempts).isEmpty();
        }
    }

    private void enter(RtcEngine engine) throws InterruptedException {
        engine.join(ALICE);
        expect("CONNECTING JOINING");
        plans().onPlan(relayed(1));
        expect("CONNECTING PROXY_ANSWERED", "CONNECTED JOINED");
        cloud.expect("join room by 1");
    }

    /// By the time that the numbers are told, what is going on in the call so far has been taken up.
    private static void settle(RtcEngine engine) throws Exception {
        engine.statistics().get(5, TimeUnit.SECONDS);
    }

    private static ServiceException nobody() {
        return ServiceException.unreachable(ErrorCode.TCP_REFUSED, "nobody there");
    }

    private Way.Listener plans() {
        return Objects.requireNonNull(plans, "no way is sought");
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }

    private static TransportPlan relayed(long epoch) {
        IceSetup.Server server = new IceSetup.Server(List.of("turn:203.0.113.7:443?transport=udp"), "name", "word");
        return new TransportPlan(
                epoch,
                EffectivePath.CLOUD_UDP,
                false,
                "r1",
                new IceSetup(List.of(server), true, true),
                Dialer.direct());
    }
}
