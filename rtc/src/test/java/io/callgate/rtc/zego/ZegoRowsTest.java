package io.callgate.rtc.zego;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.net.Hop;
import io.callgate.model.ErrorCode;
import io.callgate.model.Geofence;
import io.callgate.model.Region;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.MovingNetwork;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.ServiceListener.Ending;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.vendor.Listening;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the rows Z of `docs/protocols/vendors.md` say of ZEGO's SDK; each test is named after its row.
@Timeout(30)
class ZegoRowsTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> debug = new LinkedBlockingQueue<>();
    private final FakeCloud cloud = new FakeCloud();

    private final class Handler extends IZegoEventHandler {
        @Override
        public void onDebugError(int errorCode, String funcName, String info) {
            debug.add(errorCode + " " + funcName);
        }

        @Override
        public void onRoomStateUpdate(String roomID, ZegoRoomState state, int errorCode, String extendedData) {
            told.add("room " + roomID + " " + state.value() + " " + errorCode);
        }

        @Override
        public void onRoomUserUpdate(String roomID, ZegoUpdateType updateType, List<ZegoUser> userList) {
            told.add(updateType + " user " + userList.get(0).userID);
        }

        @Override
        public void onRoomStreamUpdate(
                String roomID, ZegoUpdateType updateType, List<ZegoStream> streamList, String extendedData) {
            ZegoStream stream = streamList.get(0);
            told.add(updateType + " stream " + stream.streamID + " of " + stream.user.userID);
        }

        @Override
        public void onPublisherStateUpdate(
                String streamID, ZegoPublisherState state, int errorCode, String extendedData) {
            told.add("publisher " + streamID + " " + state.value() + " " + errorCode);
        }

        @Override
        public void onPlayerStateUpdate(String streamID, ZegoPlayerState state, int errorCode, String extendedData) {
            told.add("player " + streamID + " " + state.value() + " " + errorCode);
        }

        @Override
        public void onNetworkModeChanged(ZegoNetworkMode mode) {
            told.add("network " + mode.value());
        }
    }

    @BeforeEach
    @AfterEach
    void reset() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        ZegoExpressEngine.destroyEngine(gone::countDown);
        assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
        ZegoExpressEngine.setCloudProxyConfig(null, null, false);
        ZegoExpressEngine.setLocalProxyConfig(null, false);
        ZegoExpressEngine.setGeoFence(ZegoGeoFenceType.NONE, null);
    }

    // ------------------------------------------------------------------------------------- the modes

    @Test
    void z01AllTrafficGoesByTheProxy() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.manual());
        engine.enableCustomVideoCapture(true);
        login(engine, EffectivePath.CLOUD_UDP);
        engine.startPublishingStream("camera");
        engine.startPlayingStream("bob", new ZegoCanvas(VideoSink.NONE));

        expectInAnyOrder("publisher camera 1 0", "player bob 1 0", "publisher camera 2 0");
        assertThat(cloud.next()).isEqualTo("join room by 1");
        assertThat(cloud.next()).isEqualTo("publish camera");
        cloud.comes("bob");
        expect("ADD user bob", "ADD stream bob of bob", "player bob 2 0");
        assertThat(cloud.next()).isEqualTo("subscribe bob");
        engine.stopPublishingStream();
        engine.stopPlayingStream("bob");
        expect("publisher camera 0 0", "player bob 0 0");
    }

    @Test
    void z01LiveStreamsGoByTheProxyToo() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.manualWithLive());
        engine.enableCustomVideoCapture(true);
        login(engine, EffectivePath.CLOUD_UDP);
        assertThat(cloud.next()).isEqualTo("join room by 1");

        engine.startPublishingStream("show", live());
        engine.startPlayingStream("other", new ZegoCanvas(VideoSink.NONE), onlyL3());
        expectInAnyOrder("publisher show 1 0", "player other 1 0");
        cloud.sought().opens(EffectivePath.CLOUD_UDP, false, "relay");

        expectInAnyOrder("publisher show 2 0", "player other 2 0");
        assertThat(cloud.nextLive()).startsWith("join room by ");
        assertThat(List.of(cloud.nextLive(), cloud.nextLive()))
                .containsExactlyInAnyOrder("subscribe other", "publish show");
        engine.startPublishingStream("again", live());
        expect("publisher again 0 " + ZegoErrorCode.PublisherErrorAlreadyDoPublish);

        engine.stopPublishingStream();
        engine.stopPlayingStream("other");
        expect("publisher show 0 0", "player other 0 0");
        assertThat(List.of(cloud.nextLive(), cloud.nextLive()))
                .containsExactlyInAnyOrder("unpublish", "unsubscribe other");
        engine.logoutRoom(null);
        expect("room room 0 0");
        assertThat(cloud.nextLive()).isEqualTo("leave");
    }

    @Test
    void z01ALiveStreamThatIsRefusedIsToldByItsOwnState() throws Exception {
        ZegoExpressEngine engine = engine(cloud.manualWithLive());
        login(engine, EffectivePath.DIRECT);
        cloud.refusesLive("subscribe", ErrorCode.TOKEN_INVALID);

        engine.startPlayingStream("show", null, onlyL3());
        expect("player show 1 0");
        cloud.sought().opens(EffectivePath.DIRECT, false, "");
        expect("player show 0 " + ZegoErrorCode.PlayerPlayStreamFailed);

        engine.startPlayingStream("show", null, onlyL3());
        expect("player show 1 0", "player show 2 0");
    }

    @Test
    void z01WithoutAWayAllLiveStreamsEnd() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.manualWithLive());
        engine.enableCustomAudioIO(true);
        login(engine, EffectivePath.CLOUD_UDP);

        engine.startPublishingStream("show", live());
        engine.startPlayingStream("other", null, onlyL3());
        expectInAnyOrder("publisher show 1 0", "player other 1 0");
        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);

        expectInAnyOrder(
                "publisher show 0 " + ZegoErrorCode.PublisherPublishStreamFailed,
                "player other 0 " + ZegoErrorCode.PlayerPlayStreamFailed);
    }

    @Test
    void z01ACloudWithoutLiveStreamingHasNoSuchStreams() throws Exception {
        ZegoExpressEngine engine = engine(cloud.manual());
        engine.enableCustomVideoCapture(true);
        login(engine, EffectivePath.DIRECT);

        engine.startPublishingStream("show", live());
        engine.startPlayingStream("show", null, onlyL3());

        expect(
                "publisher show 0 " + ZegoErrorCode.CommonIllegalParam,
                "player show 0 " + ZegoErrorCode.CommonIllegalParam);
    }

    private static ZegoPublisherConfig live() {
        ZegoPublisherConfig config = new ZegoPublisherConfig();
        config.resourceMode = ZegoStreamResourceMode.ONLY_L3;
        return config;
    }

    private static ZegoPlayerConfig onlyL3() {
        ZegoPlayerConfig config = new ZegoPlayerConfig();
        config.resourceMode = ZegoStreamResourceMode.ONLY_L3;
        return config;
    }

    @Test
    void z04StandardOrSmartIsWhatControlSaysUnlessTheAppDoes() throws Exception {
        ProxySettings on = ProxySettings.NEW.withCloud(list("a.example:1080"), "", true);
        assertThat(on.choices(Optional.empty()).get(0).mode()).as("control's").isEmpty();
        assertThat(on.choices(Optional.of(RequestedMode.SMART)).get(0).mode()).contains(RequestedMode.SMART);
        assertThat(on.choices(Optional.of(RequestedMode.STANDARD)).get(0).mode())
                .contains(RequestedMode.STANDARD);
    }

    @Test
    void z05StandardIsProxiedFromTheStart() throws Exception {
        try (Listening entry = new Listening()) {
            ZegoExpressEngine.setCloudProxyConfig(list(entry.at()), "", true);
            ZegoExpressEngine engine = engine(cloud.real(), RequestedMode.STANDARD, "sign");
            engine.loginRoom("room", new ZegoUser("alice"), null);

            assertThat(entry.firstByte()).isEqualTo(Listening.TLS);
            assertThat(cloud.probes()).as("looks at the direct way").isZero();
        }
    }

    @Test
    void z06SmartLooksAtTheDirectWayFromTheEngineOn() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.real(), RequestedMode.SMART, "sign");
        engine.loginRoom("room", new ZegoUser("alice"), null);

        expect("room room 1 0", "room room 2 0"); // by the direct way: nothing listens on the entry
        assertThat(cloud.probes()).as("asked once, kept for the login").isEqualTo(1);
    }

    @Test
    void z07SmartAsksAgainWhenTheNetworkHasChanged() throws Exception {
        MovingNetwork monitor = new MovingNetwork();
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.real().withNetwork(monitor), RequestedMode.SMART, "sign");
        expect("network 2");
        monitor.becomes(NetworkKind.WIFI, "192.0.2.2");
        expect("network 3");
        engine.loginRoom("room", new ZegoUser("alice"), null);

        expect("room room 1 0", "room room 2 0");
        assertThat(cloud.probes())
                .as("the first answer was for another network; and the direct way is looked after")
                .isGreaterThanOrEqualTo(2);
    }

    // ------------------------------------------------------------------------------------- setCloudProxyConfig

    @ParameterizedTest(name = "ip \"{0}\", host \"{1}\" is {2}")
    @CsvSource({"'', a.example, a.example:1080", "192.0.2.1, '', 192.0.2.1:1080", "192.0.2.1, a.example, 192.0.2.1:1080"
    })
    void z08EitherAddressOrNameWillDo(String ip, String hostName, String entry) throws Exception {
        ZegoProxyInfo proxy = new ZegoProxyInfo();
        proxy.ip = ip;
        proxy.hostName = hostName;
        proxy.port = 1080;

        assertThat(ProxySettings.NEW.withCloud(List.of(proxy), "", true).cloud())
                .containsExactly(entry);
    }

    @Test
    void z09TheSampleRuns() throws Exception {
        ZegoProxyInfo proxy = new ZegoProxyInfo();
        proxy.hostName = "proxy.example.com";
        proxy.port = 1080;
        ArrayList<ZegoProxyInfo> list = new ArrayList<>();
        list.add(proxy);
        ZegoExpressEngine.setCloudProxyConfig(list, "", true);

        login(engine(cloud.manual()), EffectivePath.CLOUD_TLS);
    }

    @Test
    void z10AfterCreateEngineItIsFrozen() throws Exception {
        ZegoExpressEngine engine = engine(cloud.real());
        try (Listening entry = new Listening()) {
            ZegoExpressEngine.setCloudProxyConfig(list(entry.at()), "", true);
            assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("41003 setCloudProxyConfig");
            ZegoExpressEngine.setLocalProxyConfig(list(entry.at()), true);
            assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("41003 setLocalProxyConfig");
            engine.loginRoom("room", new ZegoUser("alice"), null);

            expect("room room 1 0", "room room 2 0");
            assertThat(entry.isCalled()).isFalse();
        }
    }

    @Test
    void z11SeveralProxiesAreTriedInTheirOrder() throws Exception {
        assertThat(ProxySettings.NEW
                        .withCloud(list("b.example:1", "a.example:2"), "", true)
                        .cloud())
                .containsExactly("b.example:1", "a.example:2");
        try (Listening second = new Listening()) {
            ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9", second.at()), "", true);
            ZegoExpressEngine engine = engine(cloud.real(), RequestedMode.STANDARD, "sign");
            engine.loginRoom("room", new ZegoUser("alice"), null);

            assertThat(second.firstByte()).isEqualTo(Listening.TLS);
        }
    }

    @Test
    void z11AListWithoutAProxyIsToldByTheEngine() throws Exception {
        List<ZegoProxyInfo> nulls = Arrays.asList((ZegoProxyInfo) null);
        ZegoExpressEngine.setCloudProxyConfig(new ArrayList<>(), "", true);
        ZegoExpressEngine.setCloudProxyConfig(null, "", true);
        ZegoExpressEngine.setCloudProxyConfig(nulls, "", true);
        ZegoExpressEngine.setCloudProxyConfig(list("a.example:0"), "", true);
        ZegoExpressEngine.setCloudProxyConfig(list(":1080"), "", true);
        ZegoExpressEngine engine = engine(cloud.manual());

        for (int i = 0; i < 5; i++) {
            assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("41001 setCloudProxyConfig");
        }
        login(engine, EffectivePath.DIRECT); // nothing was changed by them
    }

    @ParameterizedTest(name = "sign \"{0}\", proxy''s token \"{1}\", room''s \"{2}\": {3}")
    @CsvSource({"'', '', '', 0 1002067", "sign, '', '', 1 0", "'', token, '', 1 0", "'', '', token, 1 0"})
    void z12TokenOrAppSignIsLookedAtByTheLogin(String sign, String ofProxy, String ofRoom, String state)
            throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), ofProxy, true);
        ZegoExpressEngine engine = engine(cloud.manual(), null, sign);
        assertThat(debug).as("nobody has looked yet").isEmpty();
        ZegoRoomConfig config = new ZegoRoomConfig();
        config.token = ofRoom;
        engine.loginRoom("room", new ZegoUser("alice"), config);

        expect("room room " + state);
    }

    @Test
    void z13EnableFalseTurnsItOff() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", false);
        ZegoExpressEngine engine = engine(cloud.real());
        engine.loginRoom("room", new ZegoUser("alice"), null);

        expect("room room 1 0", "room room 2 0");
    }

    @Test
    void z14ACloudProxyLeavesNameAndPasswordAside() throws Exception {
        ZegoProxyInfo proxy = list("a.example:1080").get(0);
        proxy.userName = "name";
        proxy.password = "word";

        assertThat(ProxySettings.NEW.withCloud(List.of(proxy), "", true))
                .isEqualTo(ProxySettings.NEW.withCloud(list("a.example:1080"), "", true));
    }

    @Test
    void z15MidWayItIsNotChangedAndAfterTheEngineItIs() throws Exception {
        ZegoExpressEngine engine = engine(cloud.manual());
        login(engine, EffectivePath.DIRECT);
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("41003 setCloudProxyConfig");
        ZegoExpressEngine.destroyEngine(null);
        expect("room room 0 0");
        try (Listening entry = new Listening()) {
            ZegoExpressEngine.setCloudProxyConfig(list(entry.at()), "", true);
            engine(cloud.real(), RequestedMode.STANDARD, "sign").loginRoom("room", new ZegoUser("alice"), null);
            assertThat(entry.firstByte()).isEqualTo(Listening.TLS);
        }
    }

    // ------------------------------------------------------------------------------------- local proxies

    @Test
    void z16ALocalProxyIsSocks5() throws Exception {
        try (Listening socks = new Listening()) {
            ZegoExpressEngine.setLocalProxyConfig(list(socks.at()), true);
            ZegoExpressEngine engine = engine(cloud.real("127.0.0.1:9"));
            engine.loginRoom("room", new ZegoUser("alice"), null);

            assertThat(socks.firstByte()).isEqualTo(Listening.SOCKS5);
        }
        ZegoProxyInfo named = list("192.0.2.1:1080").get(0);
        named.userName = "name";
        named.password = "word";
        Hop hop = ProxySettings.NEW.withLocal(List.of(named), true).local().get(0);
        assertThat(hop.login().orElseThrow().name()).isEqualTo("name");
    }

    @Test
    void z16WhenOneLocalProxyFailsTheNextIsTaken() throws Exception {
        ZegoExpressEngine.setLocalProxyConfig(list("192.0.2.1:1080", "192.0.2.2:1080"), true);
        ZegoExpressEngine engine = engine(cloud.manual());
        engine.enableCustomVideoCapture(true);
        engine.loginRoom("room", new ZegoUser("alice"), null);
        engine.startPublishingStream("camera");
        engine.startPlayingStream("bob", null);
        expectInAnyOrder("room room 1 0", "publisher camera 1 0", "player bob 1 0");
        cloud.sought().closes(ErrorCode.TCP_REFUSED);
        cloud.sought().opens(EffectivePath.LOCAL_SOCKS5, false, "r1");

        expect("room room 2 0", "publisher camera 2 0");
        assertThat(cloud.next()).isEqualTo("join room by 1");
        assertThat(cloud.next()).isEqualTo("publish camera");
        engine.logoutRoom("room");
        expect("room room 0 0");
    }

    @Test
    void z16WhenAllLocalProxiesFailTheLoginDoes() throws Exception {
        ZegoExpressEngine.setLocalProxyConfig(list("192.0.2.1:1080", "192.0.2.2:1080"), true);
        ZegoExpressEngine engine = engine(cloud.manual());
        engine.loginRoom("room", new ZegoUser("alice"), null);
        cloud.sought().closes(ErrorCode.TCP_REFUSED);
        cloud.sought().closes(ErrorCode.TCP_REFUSED);

        expect("room room 1 0", "room room 0 1002030");
    }

    @Test
    void z18CloudAndLocalProxyExcludeEachOther() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine.setLocalProxyConfig(list("127.0.0.1:9"), true);
        ZegoExpressEngine.setCloudProxyConfig(null, "", false);
        ZegoExpressEngine.setLocalProxyConfig(list("127.0.0.1:9"), true);
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        engine(cloud.manual());

        assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("41006 setLocalProxyConfig");
        assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("41006 setCloudProxyConfig");
    }

    // ------------------------------------------------------------------------------------- the rest

    @Test
    void z19AGeoFenceIsSetBeforeTheEngine() throws Exception {
        assertThat(ProxySettings.NEW
                        .withGeoFence(ZegoGeoFenceType.INCLUDE, List.of(4, 6))
                        .regions())
                .isEqualTo(new Geofence(Geofence.Rule.INCLUDE, Set.of(new Region("eu"), new Region("in"))));
        Geofence notInAsia = ProxySettings.NEW
                .withGeoFence(ZegoGeoFenceType.EXCLUDE, List.of(5))
                .regions();
        assertThat(notInAsia.allows(new Region("jp-east"))).isFalse();
        assertThat(notInAsia.allows(new Region("cn"))).isTrue();
        ZegoExpressEngine.setGeoFence(ZegoGeoFenceType.INCLUDE, List.of(7));
        ZegoExpressEngine.setGeoFence(ZegoGeoFenceType.INCLUDE, null);
        ZegoExpressEngine.setGeoFence(null, null);
        engine(cloud.manual());
        for (int i = 0; i < 3; i++) {
            assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("1000017 setGeoFence");
        }
        ZegoExpressEngine.setGeoFence(ZegoGeoFenceType.INCLUDE, List.of(4));

        assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("1001021 setGeoFence");
    }

    @Test
    void z19NoServerInTheRegionIsToldByTheLogin() throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.manual());
        engine.loginRoom("room", new ZegoUser("alice"), null);
        cloud.sought().closes(ErrorCode.REGION_FORBIDDEN);

        expect("room room 1 0", "room room 0 1000039");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"OFFLINE, 0", "UNKNOWN, 1", "ETHERNET, 2", "WIFI, 3", "CELLULAR, 6"})
    void z20TheNetworkIsToldAndItsChange(NetworkKind kind, int mode) throws Exception {
        MovingNetwork monitor = new MovingNetwork();
        engine(cloud.manual().withNetwork(monitor));
        expect("network 2");
        monitor.becomes(kind, "192.0.2.2");
        monitor.becomes(kind, "192.0.2.3");
        monitor.becomes(NetworkKind.ETHERNET, "192.0.2.1");

        expect(kind == NetworkKind.ETHERNET ? new String[0] : new String[] {"network " + mode, "network 2"});
        assertThat(told).isEmpty();
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "TOKEN_REQUIRED, 1002067",
        "TOKEN_INVALID, 1002033",
        "TOKEN_EXPIRED, 1002078",
        "NOT_ACTIVATED, 1001004",
        "ALL_CANDIDATES_FAILED, 1002030"
    })
    void z21AProxyThatCannotBeUsedIsToldByTheLogin(ErrorCode code, int number) throws Exception {
        ZegoExpressEngine.setCloudProxyConfig(list("127.0.0.1:9"), "", true);
        ZegoExpressEngine engine = engine(cloud.manual());
        engine.loginRoom("room", new ZegoUser("alice"), null);
        cloud.sought().closes(code);
        expect("room room 1 0", "room room 0 " + number);

        login(engine, EffectivePath.CLOUD_UDP); // the next
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "LOST, room room 1 1002051",
        "KICKED, room room 0 1002055",
        "SAME_USER, room room 0 1002050",
        "CLOSED, room room 0 1002052"
    })
    void z21WhatHappensInTheRoomHasItsNumber(String what, String state) throws Exception {
        login(engine(cloud.manual()), EffectivePath.DIRECT);
        switch (what) {
            case "LOST" -> cloud.listener().onSignallingLost("gone");
            case "KICKED" -> cloud.listener().onEnded(Ending.KICKED, "out");
            case "SAME_USER" -> cloud.listener().onEnded(Ending.SAME_USER_JOINED, "elsewhere");
            default -> cloud.listener().onEnded(Ending.CHANNEL_CLOSED, "over");
        }

        expect(state);
        if (what.equals("LOST")) {
            expect("room room 2 0");
        }
    }

    @Test
    void everyMethodAnswersByItsOrder() throws Exception {
        assertThat(ZegoExpressEngine.createEngine(null, new Handler())).isNull();
        assertThat(ZegoExpressEngine.createEngine(new ZegoEngineProfile(), new Handler()))
                .isNull();
        assertThat(ZegoExpressEngine.getEngine()).isNull();
        ZegoExpressEngine engine = engine(cloud.manual());
        assertThat(engine(cloud.manual())).as("one a process").isSameAs(engine);
        engine.startPublishingStream("camera");
        engine.startPlayingStream("bob", null);
        engine.stopPlayingStream("bob");
        engine.stopPublishingStream();
        expect("publisher camera 0 1000002", "player bob 0 1000002", "player bob 0 1000002");
        engine.logoutRoom(null);
        assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("1002002 logoutRoom");
        engine.loginRoom(null, new ZegoUser("alice"), null);
        engine.loginRoom("r".repeat(65), new ZegoUser("alice"), null);
        engine.loginRoom("room\n", new ZegoUser("alice"), null);
        engine.loginRoom("room", null, null);
        engine.loginRoom("room", new ZegoUser(null), null);
        engine.loginRoom("room", new ZegoUser("a".repeat(64)), null);
        engine.loginRoom("room", new ZegoUser("a b"), null);
        expect("room  0 1002011", "room " + "r".repeat(65) + " 0 1002013", "room room\n 0 1002012");
        expect("room room 0 1002005", "room room 0 1002005", "room room 0 1002007", "room room 0 1002006");
        login(engine, EffectivePath.DIRECT);
        engine.loginRoom("room", new ZegoUser("alice"), null);
        engine.startPublishingStream(null);
        engine.startPublishingStream("s".repeat(129));
        engine.startPublishingStream("camera");
        engine.startPlayingStream("", null);
        expect("room room 0 1002001", "publisher  0 1000015", "publisher " + "s".repeat(129) + " 0 1000014");
        expect("publisher camera 0 1003001", "player  0 1000015");
        engine.enableCustomAudioIO(true);
        engine.enableCustomVideoCapture(true);
        engine.sendCustomVideoCaptureFrame(FakeCloud.picture());
        engine.sendCustomAudioCapturePCMData(FakeCloud.sound());
        engine.sendCustomVideoCaptureFrame(null);
        engine.sendCustomAudioCapturePCMData(null);
        engine.startPublishingStream("camera");
        expect("publisher camera 1 0", "publisher camera 2 0");
        engine.startPublishingStream("camera");
        expect("publisher camera 0 1003023");
        engine.logoutRoom("other");
        assertThat(debug.poll(5, TimeUnit.SECONDS)).isEqualTo("1002002 logoutRoom");
        engine.logoutRoom("room");
        expect("room room 0 0");
        login(engine, EffectivePath.DIRECT);
        engine.setEventHandler(null);
        engine.setEventHandler(new Handler());
        CountDownLatch gone = new CountDownLatch(1);
        ZegoExpressEngine.destroyEngine(gone::countDown);
        expect("room room 0 0");
        assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
        engine.loginRoom("room", new ZegoUser("alice"), null);
        engine.logoutRoom(null);
        engine.startPublishingStream("camera");
        engine.startPlayingStream("bob", null);
        engine.stopPlayingStream("bob");
        engine.stopPublishingStream();
        engine.enableCustomAudioIO(true);
        engine.enableCustomVideoCapture(true);
        engine.sendCustomVideoCaptureFrame(FakeCloud.picture());
        assertThat(told).as("after the end nothing is told").isEmpty();
    }

    private ZegoExpressEngine engine(Cloud at) {
        return engine(at, null, "sign");
    }

    private ZegoExpressEngine engine(Cloud at, @Nullable RequestedMode mode, String sign) {
        ZegoEngineProfile profile = new ZegoEngineProfile();
        profile.appID = 1234567890L;
        profile.appSign = sign;
        profile.application = at;
        profile.proxyMode = mode;
        return Objects.requireNonNull(ZegoExpressEngine.createEngine(profile, new Handler()));
    }

    private void login(ZegoExpressEngine engine, EffectivePath path) throws InterruptedException {
        engine.loginRoom("room", new ZegoUser("alice"), null);
        cloud.sought().opens(path, false, path.isProxied() ? "r1" : "");
        expect("room room 1 0", "room room 2 0");
    }

    private static List<ZegoProxyInfo> list(String... hostsAndPorts) {
        ArrayList<ZegoProxyInfo> list = new ArrayList<>();
        for (String each : hostsAndPorts) {
            ZegoProxyInfo proxy = new ZegoProxyInfo();
            int colon = each.lastIndexOf(':');
            proxy.hostName = each.substring(0, colon);
            proxy.port = Integer.parseInt(each.substring(colon + 1));
            list.add(proxy);
        }
        return list;
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(8, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }

    private void expectInAnyOrder(String... events) throws InterruptedException {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < events.length; i++) {
            seen.add(told.poll(8, TimeUnit.SECONDS));
        }
        assertThat(seen).containsExactlyInAnyOrder(events);
    }
}
