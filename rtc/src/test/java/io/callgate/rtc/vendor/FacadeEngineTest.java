package io.callgate.rtc.vendor;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.ConnectionReason;
import io.callgate.rtc.ConnectionState;
import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.Until;
import io.callgate.rtc.service.JoinRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FacadeEngineTest implements RtcEvents {
    private static final JoinRequest ALICE = JoinRequest.of("room", "alice", "");
    private static final ProxyChoice FIRST = ProxyChoice.through(proxy("192.0.2.1"));
    private static final ProxyChoice SECOND = ProxyChoice.through(proxy("192.0.2.2"));
    private static final ProxyChoice THIRD = ProxyChoice.of(RequestedMode.STANDARD);

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final FakeCloud cloud = new FakeCloud();
    private @Nullable FacadeEngine asked;
    private final FacadeEngine engine = attached();

    private static Hop proxy(String address) {
        return new Hop.Socks5(new HostPort(address, 1080), Optional.empty());
    }

    private FacadeEngine attached() {
        asked = new FacadeEngine(
                cloud.manual(), Optional.empty(), builder -> builder.token(() -> ""), Duration.ofSeconds(20), this);
        return asked;
    }

    @Override
    public void onConnectionStateChanged(ConnectionState state, ConnectionReason reason) {
        if (!Objects.requireNonNull(asked).isNoNews(state, reason)) {
            told.add(state + " " + reason);
        }
    }

    @Override
    public void onCallFailed(Failure failure) {
        told.add("failed " + failure.code());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aJoinRightAfterALeaveHasAllItsChoices() throws Exception {
        enter(FIRST, SECOND);
        CountDownLatch goodbye = cloud.holds("leave");
        engine.leave();
        assertThat(engine.join(ALICE, List.of(FIRST, SECOND))).isEqualTo(ErrorCode.OK);
        goodbye.countDown();
        expect("DISCONNECTED LEFT", "CONNECTING JOINING");

        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);

        cloud.sought().opens(EffectivePath.LOCAL_SOCKS5, false, "r1");
        expect("failed ALL_CANDIDATES_FAILED", "CONNECTING PROXY_ANSWERED", "CONNECTED JOINED");
        assertThat(engine.choice()).isEqualTo(SECOND);
    }

    @Test
    void aCallThatFailsAfterTheNextJoinTakesNoneOfItsChoices() throws Exception {
        enter(FIRST);
        CountDownLatch goodbye = cloud.holds("leave");
        cloud.closes(ErrorCode.RELAY_SILENT);
        expect("failed RELAY_SILENT");
        Until.holds("the failed call is over", () -> !engine.isInCall());
        assertThat(engine.join(ALICE, List.of(FIRST, SECOND, THIRD))).isEqualTo(ErrorCode.OK);
        goodbye.countDown();
        expect("FAILED PROXY_FAILED", "CONNECTING JOINING");

        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);

        cloud.sought();
        assertThat(engine.choice()).isEqualTo(SECOND);
    }

    @Test
    void aCallThatWasLeftBeforeItBeganCountsNoMore() throws Exception {
        enter(FIRST);
        CountDownLatch goodbye = cloud.holds("leave");
        engine.leave();
        engine.join(ALICE, List.of(FIRST, SECOND));
        engine.leave();
        engine.join(ALICE, List.of(FIRST, SECOND));
        expect("DISCONNECTED LEFT");
        goodbye.countDown();
        expect("DISCONNECTED LEFT", "CONNECTING JOINING");

        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);
        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);

        expect("failed ALL_CANDIDATES_FAILED", "failed ALL_CANDIDATES_FAILED", "FAILED PROXY_FAILED");
    }

    private void enter(ProxyChoice... choices) throws InterruptedException {
        assertThat(engine.join(ALICE, List.of(choices))).isEqualTo(ErrorCode.OK);
        cloud.sought().opens(EffectivePath.LOCAL_SOCKS5, false, "r1");
        expect("CONNECTING JOINING", "CONNECTING PROXY_ANSWERED", "CONNECTED JOINED");
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }
}
