package io.callgate.rtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Dialer;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.media.AudioSink;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.Publication;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.ServiceException;
import io.callgate.rtc.service.ServiceListener.Ending;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The engine's own decisions, with a cloud, a stack and plans that stand in.
@Timeout(30)
class RtcEngineTest implements RtcEvents {
    private static final JoinRequest ALICE = JoinRequest.of("room", "alice", "");
    private static final StreamSinks SINKS = StreamSinks.of(AudioSink.NONE, VideoSink.NONE);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final FakeService cloud = new FakeService();
    private final FakeMedia media = new FakeMedia();
    private volatile Way.@Nullable Listener plans;
    private volatile long applied;
    private volatile boolean wayClosed;
    private volatile @Nullable CompletableFuture<Optional<CallStatistics>> askedAtTheEnd;
    private final RtcEngine engine = engine(Duration.ofSeconds(20));

    private RtcEngine engine(Duration giveUpAfter) {
        return RtcEngine.builder(SystemTime.CLOCK)
                .service(cloud)
                .media(media)
                .events(this)
                .giveUpAfter(giveUpAfter)
                .ways(ManualWay::new)
                .build();
    }

    private final class ManualWay implements Way {
        ManualWay(Way.Listener listener) {
            plans = listener;
        }

        @Override
        public void start() {
            told.add("seeking a way");
        }

        @Override
        public void renew() {
            told.add("the same again");
        }

        @Override
        public void inUse(TransportPlan plan) {
            applied = plan.epoch();
        }

        @Override
        public void close() {
            wayClosed = true;
        }
    }

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        told.add(state + " " + reason);
    }

    @Override
    public void onCallFailed(Failure failure) {
        askedAtTheEnd = engine.statistics();
        told.add("failed " + failure.code());
    }

    @Override
    public void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration elapsed) {
        told.add("by " + path + " " + relay);
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        told.add("added " + stream.name());
        engine.subscribe(stream.name(), SINKS);
    }

    @Override
    public void onPublished(String name) {
        told.add("published " + name);
    }

    @Override
    public void onPublishFailed(String name, Failure failure) {
        told.add("not published " + name + " " + failure.code());
    }

    @Override
    public void onChangeDeferred(RequestedMode mode) {
        told.add("deferred " + mode);
    }

    @Override
    public void onDefect(Throwable thrown) {
        told.add("defect " + thrown.getMessage());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void entersSendsAndReceivesThroughTheRelay() throws Exception {
        assertThat(engine.join(ALICE)).isEqualTo(ErrorCode.OK);
        assertThat(engine.publish(Publication.of(FakeMedia.SILENCE))).isEqualTo(ErrorCode.OK);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onLeased();
        plans().onPlan(relayed(1, "r1"));

        expect("CONNECTING PROXY_LEASED", "CONNECTING PROXY_ANSWERED", "CONNECTED JOINED", "by CLOUD_UDP r1");
        cloud.expect("join room by 1", "publish ");
        expect("published alice");
        cloud.listener().onStreamAdded(new RemoteStream("bob", "bob", true, true));
        expect("added bob");
        cloud.expect("subscribe bob");
    }

    @Test
    void whatTheCloudTellsDuringTheJoinIsToldAfterIt() throws Exception {
        CountDownLatch blocks = cloud.block("join");
        engine.join(ALICE);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onPlan(TransportPlan.direct(1));
        assertThat(blocks.await(5, TimeUnit.SECONDS)).isTrue();
        cloud.listener().onStreamAdded(new RemoteStream("bob", "bob", true, true));
        plans().onPlan(TransportPlan.direct(2));

        expect("CONNECTED JOINED", "by DIRECT ", "added bob");
    }

    @Test
    void movesToTheNextRelayWithoutLeaving() throws Exception {
        enter();
        plans().onPlan(relayed(2, "r2"));

        expect("CONNECTED PATH_CHANGED", "by CLOUD_UDP r2");
        cloud.expect("apply 2");
        assertThat(applied).isEqualTo(2);
    }

    @Test
    void aNewerPlanCallsTheEngineAwayFromADeadRelay() throws Exception {
        enter();
        CountDownLatch blocks = cloud.block("reclaim");
        cloud.listener().onSignallingLost("the relay has died");
        expect("RECONNECTING SIGNALLING_LOST");
        assertThat(blocks.await(5, TimeUnit.SECONDS)).isTrue();

        plans().onPlan(relayed(2, "r2"));

        expect("CONNECTED REJOINED", "by CLOUD_UDP r2");
        cloud.expect("reclaim 1", "reclaim 2");
    }

    @Test
    void lostMediaIsSetUpAgainByTheSamePlanUntilItWorks() throws Exception {
        enter();
        cloud.fail("apply", ServiceException.unreachable(ErrorCode.FIREWALL_SUSPECTED, "no pair"));
        cloud.listener().onMediaLost("ICE failed");

        expect("RECONNECTING MEDIA_LOST", "CONNECTED REJOINED");
        cloud.expect("apply 1", "apply 1");
    }

    @Test
    void theSameRelayAgainIsSetUpAgainAndNotToldAsAnother() throws Exception {
        enter();
        plans().onPlan(relayed(2, "r1"));

        cloud.expect("apply 2");
        expectNothing();
    }

    @Test
    void aRefusedJoinFailsTheCallAndTheNextBeginsAnew() throws Exception {
        cloud.fail("join", ServiceException.refused(ErrorCode.TOKEN_INVALID, "no such token"));
        engine.join(ALICE);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onPlan(TransportPlan.direct(1));

        expect("failed TOKEN_INVALID", "FAILED REFUSED");
        assertThat(wayClosed).isTrue();
        assertThat(engine.isInCall()).isFalse();
        assertThat(engine.publish(Publication.of(FakeMedia.SILENCE))).isEqualTo(ErrorCode.NOT_INITIALIZED);

        assertThat(engine.join(ALICE)).isEqualTo(ErrorCode.OK);
        expect("CONNECTING JOINING", "seeking a way");
    }

    @Test
    void anUnreachableCloudIsTriedAgain() throws Exception {
        cloud.fail("join", ServiceException.unreachable(ErrorCode.TCP_REFUSED, "nobody there"));
        engine.join(ALICE);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onPlan(TransportPlan.direct(1));

        expect("CONNECTED JOINED");
        cloud.expect("join room by 1", "join room by 1");
    }

    @Test
    void givesUpWhenItsTimeIsOver() throws Exception {
        try (RtcEngine hasty = engine(Duration.ofMillis(300))) {
            hasty.join(ALICE);

            expect("CONNECTING JOINING", "seeking a way", "failed ALL_CANDIDATES_FAILED", "FAILED GAVE_UP");
        }
    }

    @Test
    void aProxyThatFindsNoWayFailsTheCall() throws Exception {
        engine.join(ALICE);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onGivenUp(new Failure(ErrorCode.QUOTA_EXCEEDED, "all are in use", "ask for more"));

        expect("failed QUOTA_EXCEEDED", "FAILED PROXY_FAILED");
    }

    @Test
    void whatIsNotTakenIsToldAndTheCallGoesOn() throws Exception {
        enter();
        cloud.fail("publish", ServiceException.refused(ErrorCode.INVALID_ARGUMENT, "the room is full"));
        engine.publish(Publication.of(FakeMedia.SILENCE).named("camera"));

        expect("not published camera INVALID_ARGUMENT");
        cloud.expect("publish camera");
        assertThat(engine.isInCall()).isTrue();
    }

    @Test
    void beingPutOutEndsTheCall() throws Exception {
        enter();
        cloud.listener().onEnded(Ending.KICKED, "by the host");

        expect("failed NOT_INITIALIZED", "FAILED KICKED");
        cloud.expect("leave");
    }

    @Test
    void leavingCallsAwayFromAJoinThatHangs() throws Exception {
        CountDownLatch blocks = cloud.block("join");
        engine.join(ALICE);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onPlan(TransportPlan.direct(1));
        assertThat(blocks.await(5, TimeUnit.SECONDS)).isTrue();

        assertThat(engine.leave()).isEqualTo(ErrorCode.OK);

        expect("DISCONNECTED LEFT");
    }

    @Test
    void aJoinRightAfterLeavingWaitsForTheGoodbye() throws Exception {
        enter();
        engine.leave();
        assertThat(engine.join(ALICE)).isEqualTo(ErrorCode.OK);

        expect("DISCONNECTED LEFT", "CONNECTING JOINING", "seeking a way");
        cloud.expect("leave");
    }

    @Test
    void aJoinAfterTwoLeavesWaitsForTheFirstGoodbye() throws Exception {
        enter();
        CountDownLatch goodbye = cloud.hold("leave");
        engine.leave();
        engine.join(ALICE);
        engine.leave();
        engine.join(ALICE);
        expect("DISCONNECTED LEFT");
        expectNothing();

        goodbye.countDown();

        expect("DISCONNECTED LEFT", "CONNECTING JOINING", "seeking a way");
    }

    @Test
    void numbersThatAreAskedForAtTheEndAreAnswered() throws Exception {
        enter();
        cloud.listener().onEnded(Ending.KICKED, "by the host");
        expect("failed NOT_INITIALIZED", "FAILED KICKED");

        assertThat(Objects.requireNonNull(askedAtTheEnd).get(5, TimeUnit.SECONDS))
                .isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // null is what is tried
    void everyMethodAnswersByItsOrder() throws Exception {
        assertThat(engine.leave()).isEqualTo(ErrorCode.OK);
        assertThat(engine.unpublish()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(engine.subscribe("bob", SINKS)).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(engine.statistics().get(5, TimeUnit.SECONDS)).isEmpty();
        assertThat(engine.setMode(RequestedMode.LOCAL)).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(engine.setMode(RequestedMode.UDP)).as("without a proxy").isEqualTo(ErrorCode.INVALID_ARGUMENT);
        enter();
        assertThat(engine.join(ALICE)).isEqualTo(ErrorCode.CALLED_TOO_LATE);
        assertThat(engine.setMode(RequestedMode.NONE)).isEqualTo(ErrorCode.OK);
        expect("deferred NONE");
        assertThat(engine.statistics().get(5, TimeUnit.SECONDS).orElseThrow().path())
                .isEqualTo(EffectivePath.CLOUD_UDP);
        assertThatThrownBy(() -> engine.join(null)).isInstanceOf(NullPointerException.class);
        engine.close();
        engine.close();
        expect("DISCONNECTED CLOSED");
        assertThat(engine.join(ALICE)).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(engine.leave()).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(engine.setMode(RequestedMode.NONE)).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(engine.setLocalProxies(List.of())).isEqualTo(ErrorCode.NOT_INITIALIZED);
        assertThat(engine.prepare()).isEqualTo(ErrorCode.NOT_INITIALIZED);
    }

    @Test
    void aBuilderSaysWhatIsMissing() {
        assertThatThrownBy(() -> RtcEngine.builder(SystemTime.CLOCK).build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("service");
        assertThatThrownBy(() -> RtcEngine.builder(SystemTime.CLOCK)
                        .service(cloud)
                        .media(media)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("proxy");
        assertThatThrownBy(() -> RtcEngine.builder(SystemTime.CLOCK).giveUpAfter(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void enter() throws InterruptedException {
        engine.join(ALICE);
        expect("CONNECTING JOINING", "seeking a way");
        plans().onPlan(relayed(1, "r1"));
        expect("CONNECTING PROXY_ANSWERED", "CONNECTED JOINED", "by CLOUD_UDP r1");
        cloud.expect("join room by 1");
    }

    private Way.Listener plans() {
        return Objects.requireNonNull(plans, "no way is sought");
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }

    /// By the time that the numbers are told, everything before them is.
    private void expectNothing() throws Exception {
        engine.statistics().get(5, TimeUnit.SECONDS);
        assertThat(told).isEmpty();
    }

    private static TransportPlan relayed(long epoch, String relay) {
        IceSetup.Server server = new IceSetup.Server(List.of("turn:203.0.113.7:443?transport=udp"), "name", "word");
        return new TransportPlan(
                epoch,
                EffectivePath.CLOUD_UDP,
                false,
                relay,
                new IceSetup(List.of(server), true, true),
                Dialer.direct());
    }
}
