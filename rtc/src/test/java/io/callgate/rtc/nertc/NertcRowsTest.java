package io.callgate.rtc.nertc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.mode.EffectivePath;
import io.callgate.model.ErrorCode;
import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.nertc.NERtcConstants.TransportType;
import io.callgate.rtc.service.ServiceListener.Ending;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.vendor.Listening;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the rows N of `docs/protocols/vendors.md` say of NERTC's SDK; each test is named after its row.
@Timeout(30)
class NertcRowsTest implements NERtcCallbackEx {
    private static final int OFF = TransportType.NONE_PROXY;
    private static final int UDP = TransportType.UDP_PROXY;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
    private final FakeCloud cloud = new FakeCloud();
    private final NERtcEx engine = NERtcEx.getInstance();

    @Override
    public void onConnectionStateChanged(int state, int reason) {
        told.add("state " + state + " " + reason);
    }

    @Override
    public void onJoinChannel(int result, long channelId, long elapsed, long uid) {
        told.add("join " + result + " " + uid);
    }

    @Override
    public void onLeaveChannel(int result) {
        told.add("left " + result);
    }

    @Override
    public void onDisconnect(int reason) {
        told.add("disconnected " + reason);
    }

    @Override
    public void onReconnectingStart() {
        told.add("reconnecting");
    }

    @Override
    public void onReJoinChannel(int result, long channelId) {
        told.add("rejoin " + result);
    }

    @Override
    public void onUserJoined(long uid) {
        told.add("user " + uid);
    }

    @Override
    public void onUserVideoStart(long uid, int maxProfile) {
        told.add("video of " + uid);
    }

    @Override
    public void onProblem(String text) {
        problems.add(text);
    }

    private void init() {
        engine.init(cloud.manual(), "demo", this, null);
    }

    @AfterEach
    void release() {
        engine.release();
    }

    @Test
    void n04TheProxyIsAskedBeforeTheCloud() throws Exception {
        init();
        engine.setCloudProxy(UDP);
        assertThat(engine.joinChannel("token", "room", 7)).isZero();
        cloud.sought().leases();
        cloud.opens(EffectivePath.CLOUD_UDP, false, "r1");

        assertThat(cloud.next()).isEqualTo("join room by 1");
    }

    @Test
    void n06ItIsSetBeforeJoiningAndTheEntryIsCalled() throws Exception {
        try (Listening entry = new Listening()) {
            engine.init(cloud.real(entry.at()), "demo", this, null);
            assertThat(engine.setCloudProxy(UDP)).isZero();
            assertThat(engine.joinChannel("token", "room", 7)).isZero();

            assertThat(entry.firstByte()).isEqualTo(Listening.TLS);
        }
    }

    @Test
    void n07ItHoldsForTheEnginesLifeAndNoLonger() throws Exception {
        init();
        engine.setCloudProxy(UDP);
        enterByProxy();
        leave();
        enterByProxy();
        engine.release();
        expect("state 1 1", "left 0");
        init();
        assertThat(engine.joinChannel("", "room", 0))
                .as("0 is taken: the proxy is off")
                .isZero();
    }

    @Test
    void n10SetCloudProxyAnswersByItsOrder() {
        assertThat(engine.setCloudProxy(UDP)).as("before init").isEqualTo(30005);
        init();
        assertThat(engine.setCloudProxy(UDP)).isZero();
        assertThat(engine.setCloudProxy(UDP)).as("twice").isZero();
        engine.release();
        assertThat(engine.setCloudProxy(UDP)).as("after release").isEqualTo(30005);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, 3, 13})
    void n11ThereAreOnlyTwoTypes(int type) {
        init();
        assertThat(engine.setCloudProxy(OFF)).isZero();
        assertThat(engine.setCloudProxy(type)).isEqualTo(30003);
    }

    @Test
    void n12TheProxyIsToldOnceACandidateHasAnswered() throws Exception {
        init();
        engine.setCloudProxy(UDP);
        engine.joinChannel("token", "room", 7);
        cloud.sought().leases();
        expect("state 2 5");
        assertThat(told).as("a lease alone is no proxy").isEmpty();
        cloud.opens(EffectivePath.CLOUD_UDP, false, "r1");

        expect("state 2 13", "state 3 6", "join 0 7");
    }

    @Test
    void n12WithoutAProxyNoneIsTold() throws Exception {
        init();
        enterDirectly();
    }

    @ParameterizedTest(name = "{0} is told as {1}, {2}")
    @CsvSource({
        "LOST_SIGNALLING, state 4 9, reconnecting", "LOST_MEDIA, state 4 8, reconnecting",
        "KICKED, state 1 3, disconnected 11005", "CLOSED, state 1 2, disconnected 11004"
    })
    void n12WhatHappensInTheChannelHasItsReason(String what, String state, String also) throws Exception {
        init();
        enterDirectly();
        switch (what) {
            case "LOST_SIGNALLING" -> cloud.listener().onSignallingLost("gone");
            case "LOST_MEDIA" -> cloud.listener().onMediaLost("silent");
            case "KICKED" -> cloud.listener().onEnded(Ending.KICKED, "out");
            default -> cloud.listener().onEnded(Ending.CHANNEL_CLOSED, "over");
        }

        expect(state, also);
        if (also.equals("reconnecting")) {
            expect("state 3 7", "rejoin 0");
        }
    }

    @Test
    void n13InTheRoomItCountsFromTheNextJoin() throws Exception {
        init();
        engine.setCloudProxy(UDP);
        enterByProxy();
        assertThat(engine.setCloudProxy(OFF)).as("taken").isZero();
        cloud.opens(EffectivePath.CLOUD_UDP, false, "r2");
        leave();

        enterDirectly();
    }

    @Test
    void n14UserZeroIs414WithTheProxyOn() throws Exception {
        init();
        engine.setCloudProxy(UDP);
        assertThat(engine.joinChannel("token", "room", 0)).isEqualTo(414);
        expect("join 414 0");
        assertThat(problems.poll(5, TimeUnit.SECONDS)).contains("user id 0");

        engine.setCloudProxy(OFF);
        assertThat(engine.joinChannel("token", "room", 0))
                .as("with the proxy off")
                .isZero();
        cloud.sought().opens(EffectivePath.DIRECT, false, "");
        expect("state 2 5", "state 3 6");
        assertThat(told.poll(5, TimeUnit.SECONDS)).matches("join 0 [1-9][0-9]*");
    }

    @Test
    void n15APrivateDeploymentHasItsOwnRelays() throws Exception {
        NERtcOption option = new NERtcOption();
        NERtcServerAddresses servers = new NERtcServerAddresses();
        option.serverAddresses = servers;
        try (Listening ours = new Listening();
                Listening theirs = new Listening()) {
            servers.cloudProxyServer = ours.at();
            servers.mediaProxyServer = ours.at();
            servers.webSocketProxyServer = " ";
            assertThat(servers.relays()).containsExactly(ours.at());
            engine.init(cloud.real(theirs.at()), "demo", this, option);
            engine.setCloudProxy(UDP);
            engine.joinChannel("token", "room", 7);
            assertThat(ours.firstByte()).isEqualTo(Listening.TLS);
            assertThat(theirs.isCalled()).isFalse();
        }
    }

    @Test
    void n15APrivateDeploymentHasItsOwnRoom() throws Exception {
        FakeCloud own = new FakeCloud();
        NERtcOption option = new NERtcOption();
        NERtcServerAddresses servers = new NERtcServerAddresses();
        option.serverAddresses = servers;
        servers.roomServer = "ws://room.example/";
        Cloud cloudWithRooms = cloud.manual();
        assertThatThrownBy(() -> engine.init(cloudWithRooms, "demo", this, option))
                .hasMessageContaining("roomServer");
        engine.init(cloudWithRooms.withServices(address -> own.service()), "demo", this, option);
        enterDirectly();
        assertThat(own.next()).isEqualTo("join room by 1");
    }

    @Test
    void n15AnAddressThatIsNoneIsRefused() {
        NERtcOption option = new NERtcOption();
        NERtcServerAddresses servers = new NERtcServerAddresses();
        servers.cloudProxyServer = "a b";
        option.serverAddresses = servers;
        assertThatThrownBy(() -> engine.init(cloud.manual(), "demo", this, option))
                .isInstanceOf(IllegalArgumentException.class);
        init(); // it can be used
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "TOKEN_INVALID, 901",
        "TOKEN_REQUIRED, 901",
        "TOKEN_EXPIRED, 902",
        "NOT_ACTIVATED, 403",
        "ALL_CANDIDATES_FAILED, 30015"
    })
    void n22AProxyThatCannotBeUsedIsToldByTheJoin(ErrorCode code, int result) throws Exception {
        init();
        engine.setCloudProxy(UDP);
        engine.joinChannel("token", "room", 7);
        cloud.sought().closes(code);

        expect("state 2 5", "state 5 10", "join " + result + " 7");
        assertThat(problems.poll(5, TimeUnit.SECONDS)).contains(code.name());
        assertThat(engine.joinChannel("token", "room", 7)).as("the next").isZero();
    }

    /// That the engine heeds it: `RtcEngineTest.givesUpWhenItsTimeIsOver`.
    @Test
    void n19ItGivesUpWithinTheTimeThatNetEaseNames() {
        assertThat(NERtcEx.GIVE_UP_AFTER).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(50));
    }

    @Test
    void n20TheSamplesLastLineLeavesTheCallOnTheProxy() throws Exception {
        init();
        engine.setCloudProxy(UDP);
        engine.joinChannel("token", "room", 7);
        engine.setCloudProxy(OFF);
        cloud.sought().opens(EffectivePath.CLOUD_UDP, false, "r1");

        expect("state 2 5", "state 2 13", "state 3 6", "join 0 7");
    }

    @Test
    void aRefusedJoinIsToldByTheJoin() throws Exception {
        init();
        cloud.refuses("join", ErrorCode.TOKEN_INVALID);
        engine.joinChannel("token", "room", 7);
        cloud.sought().opens(EffectivePath.DIRECT, false, "");

        expect("state 2 5", "state 5 11", "join 901 7");
    }

    @Test
    void whatIsSwitchedOnIsSentAndWhoComesIsReceived() throws Exception {
        init();
        assertThat(engine.enableLocalAudio(true)).isZero();
        assertThat(engine.enableLocalVideo(true)).isZero();
        assertThat(engine.pushExternalVideoFrame(FakeCloud.picture())).isZero();
        assertThat(engine.pushExternalAudioFrame(FakeCloud.sound())).isZero();
        enterDirectly();
        assertThat(cloud.next()).isEqualTo("join room by 1");
        assertThat(cloud.next()).isEqualTo("publish ");
        cloud.comes("8");
        expect("user 8", "video of 8");
        assertThat(cloud.next()).isEqualTo("subscribe 8");
        assertThat(engine.setupRemoteVideoCanvas(VideoSink.NONE, 8)).isZero();
        engine.enableLocalAudio(false);
        engine.enableLocalVideo(false);
    }

    @Test
    void everyMethodAnswersByItsOrder() throws Exception {
        @Nullable Cloud none = null;
        assertThatThrownBy(() -> engine.init(none, "demo", this, null)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.init(cloud.manual(), "a b", this, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(engine.joinChannel("", "room", 7)).isEqualTo(30005);
        assertThat(engine.leaveChannel()).isEqualTo(30005);
        assertThat(engine.enableLocalAudio(true)).isEqualTo(30005);
        assertThat(engine.setupRemoteVideoCanvas(null, 8)).isEqualTo(30005);
        assertThat(engine.setAudioFrameObserver(null)).isEqualTo(30005);
        assertThat(engine.pushExternalVideoFrame(FakeCloud.picture())).isEqualTo(30005);
        assertThat(engine.pushExternalAudioFrame(FakeCloud.sound())).isEqualTo(30005);
        assertThat(engine.getConnectionState()).isEqualTo(1);
        assertThat(engine.release()).isZero();
        init();
        assertThatThrownBy(this::init).isInstanceOf(IllegalStateException.class);
        assertThat(engine.leaveChannel()).isEqualTo(30101);
        assertThat(engine.joinChannel(null, null, 7)).isEqualTo(30003);
        assertThat(engine.joinChannel(null, "r".repeat(65), 7)).isEqualTo(30003);
        assertThat(engine.joinChannel(null, "room", -1)).isEqualTo(30003);
        assertThat(engine.pushExternalVideoFrame(null)).isEqualTo(30003);
        assertThat(engine.pushExternalAudioFrame(FakeCloud.sound()))
                .as("switched off")
                .isEqualTo(30003);
        assertThat(engine.setupRemoteVideoCanvas(null, 8)).isZero();
        assertThat(engine.setAudioFrameObserver(null)).isZero();
        enterDirectly();
        assertThat(engine.getConnectionState()).isEqualTo(3);
        assertThat(engine.joinChannel("", "room", 7)).isEqualTo(30100);
        leave();
        assertThat(engine.leaveChannel()).as("twice").isEqualTo(30101);
        enterDirectly();
    }

    private void enterByProxy() throws InterruptedException {
        assertThat(engine.joinChannel("token", "room", 7)).isZero();
        cloud.sought().opens(EffectivePath.CLOUD_UDP, false, "r1");
        expect("state 2 5", "state 2 13", "state 3 6", "join 0 7");
    }

    private void enterDirectly() throws InterruptedException {
        assertThat(engine.joinChannel("token", "room", 7)).isZero();
        cloud.sought().opens(EffectivePath.DIRECT, false, "");
        expect("state 2 5", "state 3 6", "join 0 7");
    }

    private void leave() throws InterruptedException {
        assertThat(engine.leaveChannel()).isZero();
        expect("state 1 1", "left 0");
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(8, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }
}
