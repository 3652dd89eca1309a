package io.callgate.rtc.agora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Hop;
import io.callgate.model.ErrorCode;
import io.callgate.model.Geofence;
import io.callgate.model.Region;
import io.callgate.model.RequestedMode;
import io.callgate.model.Transport;
import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.service.ServiceListener.Ending;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.vendor.Listening;
import io.callgate.rtc.vendor.ProxyChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the rows A of `docs/protocols/vendors.md` say of Agora's SDK; each test is named after its row.
@Timeout(30)
class AgoraRowsTest {
    private static final String ENABLE = "{\"rtc.enable_proxy\":true}";
    private static final String DISABLE = "{\"rtc.enable_proxy\":false}";

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
    private final FakeCloud cloud = new FakeCloud();

    private final class Handler extends IRtcEngineEventHandler {
        @Override
        public void onConnectionStateChanged(int state, int reason) {
            told.add("state " + state + " " + reason);
        }

        @Override
        public void onProxyConnected(String channel, int uid, int proxyType, String localProxyIp, int elapsed) {
            told.add("proxy " + channel + " " + uid + " " + proxyType + " \"" + localProxyIp + "\""
                    + (elapsed >= 0 && elapsed < 30_000 ? "" : " after " + elapsed));
        }

        @Override
        public void onJoinChannelSuccess(String channel, int uid, int elapsed) {
            told.add("joined " + channel + " " + uid);
        }

        @Override
        public void onRejoinChannelSuccess(String channel, int uid, int elapsed) {
            told.add("rejoined " + channel + " " + uid);
        }

        @Override
        public void onLeaveChannel() {
            told.add("left");
        }

        @Override
        public void onConnectionLost() {
            told.add("lost");
        }

        @Override
        public void onUserJoined(int uid, int elapsed) {
            told.add("user " + Integer.toUnsignedString(uid));
        }

        @Override
        public void onClientRoleChanged(int oldRole, int newRole) {
            told.add("role " + oldRole + " to " + newRole);
        }

        @Override
        public void onProblem(String text) {
            problems.add(text);
        }

        @Override
        public void onParametersRepaired(int column, String repaired) {
            told.add("repaired at " + column + ": " + repaired);
        }
    }

    private RtcEngine engine(Cloud at) {
        return RtcEngine.create(at, "demo", new Handler());
    }

    private RtcEngine engine() {
        return engine(cloud.manual());
    }

    @AfterEach
    void destroy() {
        RtcEngine.destroy();
    }

    // ------------------------------------------------------------------------------------- rtc.enable_proxy

    @Test
    void a06EnableProxyIsTakenBeforeJoining() throws Exception {
        RtcEngine engine = engine();
        assertThat(engine.setParameters(ENABLE)).isZero();
        assertThat(engine.joinChannel("token", "room", "", 7)).isZero();
        cloud.sought().leases();
        cloud.opens(EffectivePath.CLOUD_UDP, false, "r1");

        expect("state 2 0", "state 2 11", "state 3 1", "joined room 7", "proxy room 7 1 \"\"");
        assertThat(cloud.next()).isEqualTo("join room by 1");
    }

    @Test
    void a07EnableProxyAloneMeansTheDefaultEntry() throws Exception {
        assertThat(choices(ENABLE)).containsExactly(ProxyChoice.of(RequestedMode.STANDARD));
        try (Listening entry = new Listening()) {
            RtcEngine engine = engine(cloud.real(entry.at()));
            engine.setParameters(ENABLE);
            assertThat(engine.joinChannel("token", "room", "", 7)).isZero();

            assertThat(entry.firstByte()).isEqualTo(Listening.TLS);
        }
    }

    @Test
    void a07TheServerGatewaysFormsForceUdpAndTcp() throws Exception {
        assertThat(choices(ENABLE, server("[1, \"\", 0]"))).containsExactly(ProxyChoice.of(RequestedMode.UDP));
        assertThat(choices(ENABLE, server("[13, \"\", 0]"))).containsExactly(ProxyChoice.of(RequestedMode.TCP));
    }

    @Test
    void a08TypeZeroIsASocks5Proxy() throws Exception {
        List<ProxyChoice> choices = choices(ENABLE, server("[0, \"127.0.0.1\", 1080]"));
        assertThat(choices.get(1)).isEqualTo(ProxyChoice.accessPoint(List.of("127.0.0.1:1080")));
        ProxyChoice choice = choices.get(0);
        assertThat(choice.mode()).contains(RequestedMode.LOCAL);
        assertThat(choice.hop())
                .hasValueSatisfying(hop ->
                        assertThat(hop).isInstanceOf(Hop.Socks5.class).hasToString("SOCKS5 proxy 127.0.0.1:1080"));
        try (Listening socks = new Listening();
                Listening entry = new Listening()) {
            RtcEngine engine = engine(cloud.real(entry.at()));
            engine.setParameters(ENABLE);
            assertThat(engine.setParameters(server("[0, \"127.0.0.1\", " + socks.port() + "]")))
                    .isZero();
            assertThat(engine.joinChannel("token", "room", "", 7)).isZero();

            assertThat(socks.firstByte()).isEqualTo(Listening.SOCKS5);
            assertThat(entry.isCalled())
                    .as("the entry was called beside the proxy")
                    .isFalse();
        }
    }

    @Test
    void a09TypeOneIsACloudProxyByName() throws Exception {
        assertThat(choices(ENABLE, server("[1, \"ap-proxy.example.com\", 0]")))
                .containsExactly(
                        ProxyChoice.of(RequestedMode.STANDARD).withEntries(List.of("ap-proxy.example.com:443")));
        assertThat(choices(ENABLE, server("[1, \"ap-proxy.example.com\", 8443]"))
                        .get(0)
                        .entries())
                .containsExactly("ap-proxy.example.com:8443");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[2, \"[\\\"192.0.2.1\\\",\\\"192.0.2.2\\\"]\", 0]",
                "[2, [\"192.0.2.1\",\"192.0.2.2\"], 0]",
                "[2, \"[\"192.0.2.1\",\"192.0.2.2\"]\", 0]"
            })
    void a10TypeTwoIsAListOfAddresses(String value) throws Exception {
        assertThat(choices(ENABLE, server(value)))
                .containsExactly(
                        ProxyChoice.of(RequestedMode.STANDARD).withEntries(List.of("192.0.2.1:443", "192.0.2.2:443")));
    }

    @Test
    void a10AnAddressOfTheListIsCalled() throws Exception {
        try (Listening entry = new Listening()) {
            RtcEngine engine = engine(cloud.real("127.0.0.1:9"));
            engine.setParameters(ENABLE);
            String list = server("[2, \"[\\\"127.0.0.1\\\"]\", " + entry.port() + "]");
            assertThat(engine.setParameters(list)).isZero();
            engine.joinChannel("token", "room", "", 7);

            assertThat(entry.firstByte()).isEqualTo(Listening.TLS);
        }
    }

    @Test
    void a11TheMalformedExampleIsRepaired() throws Exception {
        RtcEngine engine = engine();
        assertThat(engine.setParameters("{\"rtc.enable_proxy\":true}")).isZero();
        assertThat(engine.setParameters("{\"rtc.proxy_server\":[2, \"[\"192.168.0.112\",\"127.0.0.1\"]\", 0]}"))
                .isZero();

        expect("repaired at 28: {\"rtc.proxy_server\":[2, \"[\\\"192.168.0.112\\\",\\\"127.0.0.1\\\"]\", 0]}");
    }

    @Test
    void a12EnableProxyFalseTurnsItOff() throws Exception {
        assertThat(choices(ENABLE, server("[1, \"a.example\", 0]"), DISABLE)).containsExactly(ProxyChoice.NONE);
        assertThat(choices(ENABLE, server("[1, \"a.example\", 0]"), DISABLE, ENABLE)
                        .get(0)
                        .entries())
                .as("the server is kept")
                .containsExactly("a.example:443");
        RtcEngine engine = engine();
        engine.setParameters(ENABLE);
        assertThat(engine.setParameters(DISABLE)).isZero();
        engine.joinChannel("", "room", "", 7);
        cloud.sought().opens(EffectivePath.DIRECT, false, "");

        expect("state 2 0", "state 3 1", "joined room 7");
        engine.leaveChannel();
        expect("state 1 5", "left"); // and no onProxyConnected in between
    }

    @Test
    void a13InAChannelItIsRefusedAndNothingChanges() throws Exception {
        RtcEngine engine = engine();
        engine.setParameters(ENABLE);
        enter(engine);

        assertThat(engine.setParameters(DISABLE)).isEqualTo(-8);
        assertThat(engine.setCloudProxy(1)).isEqualTo(-8);
        assertThat(engine.setLocalAccessPoint(accessPoint("192.0.2.1"))).isEqualTo(-8);
        engine.leaveChannel();
        expect("state 1 5", "left");
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().opens(EffectivePath.CLOUD_UDP, false, "r1");
        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 1 \"\"");
        engine.leaveChannel();
        expect("state 1 5", "left");
        assertThat(engine.setParameters(DISABLE)).as("after leaving").isZero();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "",
                "true",
                "[]",
                "{",
                "{\"rtc.enable_proxy\":1}",
                "{\"rtc.enable_proxy\":\"true\"}",
                "{\"rtc.proxy_server\":1}",
                "{\"rtc.proxy_server\":[1]}",
                "{\"rtc.proxy_server\":[3,\"a\",0]}",
                "{\"rtc.proxy_server\":[0,\"proxy.example\",1080]}",
                "{\"rtc.proxy_server\":[0,\"192.0.2.1\",0]}",
                "{\"rtc.proxy_server\":[1,\"a b\",0]}",
                "{\"rtc.proxy_server\":[1,\"a\",70000]}",
                "{\"rtc.proxy_server\":[1.5,\"a\",0]}",
                "{\"rtc.proxy_server\":[2,\"[]\",0]}",
                "{\"rtc.proxy_server\":[2,[1],0]}",
                "{\"rtc.proxy_server\":[2,\"[\",0]}",
                "{\"rtc.enable_proxy\":true,\"rtc.proxy_server\":[9,\"\",0]}"
            })
    void a16WhatIsNoProxyIsMinusTwoAndChangesNothing(String parameters) throws Exception {
        RtcEngine engine = engine();
        assertThat(engine.setParameters(parameters)).isEqualTo(-2);

        assertThat(problems.poll(5, TimeUnit.SECONDS)).isNotBlank();
        engine.setParameters(DISABLE);
        enterDirect(engine); // it can be used
    }

    @Test
    void parametersOfOtherNamesAreTaken() {
        assertThat(engine().setParameters("{\"che.video.keep_prerotation\":true}"))
                .isZero();
    }

    // ------------------------------------------------------------------------------------- setCloudProxy

    @Test
    void a16SetCloudProxyAnswersByItsOrder() {
        RtcEngine engine = engine();
        assertThat(engine.setCloudProxy(Constants.TRANSPORT_TYPE_UDP_PROXY)).isZero();
        assertThat(engine.setCloudProxy(3)).isEqualTo(-2);
        assertThat(engine.setCloudProxy(-1)).isEqualTo(-2);
        RtcEngine.destroy();
        assertThat(engine.setCloudProxy(Constants.TRANSPORT_TYPE_UDP_PROXY)).isEqualTo(-7);
    }

    @Test
    void a17TheProxyIsAskedBeforeTheCloud() throws Exception {
        RtcEngine engine = engine();
        engine.setCloudProxy(1);
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().leases();

        expect("state 2 0", "state 2 11");
        assertThat(told).as("nobody has joined before a relay answered").isEmpty();
    }

    @Test
    void a18ZeroIsAutomaticUnlessTheAppSaysItMeansOff() throws Exception {
        ProxyChoice automatic =
                ProxySetup.NEW.withTransportType(0).choices(false).get(0);
        assertThat(automatic.mode()).contains(RequestedMode.AUTO);
        assertThat(automatic.transports()).as("direct, then TLS").containsExactly(Transport.TLS);
        assertThat(ProxySetup.NEW.choices(false)).as("and so it begins").containsExactly(automatic);
        assertThat(ProxySetup.NEW.withTransportType(0).choices(true)).containsExactly(ProxyChoice.NONE);
    }

    @Test
    void a18TheFallBackHasANumberOfItsOwn() throws Exception {
        RtcEngine engine = engine();
        assertThat(engine.setCloudProxy(0)).isZero();
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().opens(EffectivePath.CLOUD_TLS, true, "r1");

        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 4 \"\"");
    }

    @Test
    void a19FromUdpToTcpOnlyThroughZero() throws Exception {
        RtcEngine engine = engine();
        assertThat(engine.setCloudProxy(1)).isZero();
        assertThat(engine.setCloudProxy(2)).isEqualTo(-5);
        assertThat(engine.setCloudProxy(1)).as("the same again").isZero();
        assertThat(engine.setCloudProxy(0)).isZero();
        assertThat(engine.setCloudProxy(2)).isZero();
        assertThat(engine.setCloudProxy(1)).isEqualTo(-5);
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().opens(EffectivePath.CLOUD_TLS, false, "r1");

        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 2 \"\"");
    }

    @ParameterizedTest(name = "{0} is told as {1}")
    @CsvSource({
        "LOST_SIGNALLING, state 4 2",
        "LOST_MEDIA, state 4 14",
        "KICKED, state 5 3",
        "SAME_USER, state 5 19",
        "CLOSED, state 5 10"
    })
    void a20WhatHappensInTheChannelHasItsReason(String what, String state) throws Exception {
        enterDirect(engine());
        switch (what) {
            case "LOST_SIGNALLING" -> cloud.listener().onSignallingLost("gone");
            case "LOST_MEDIA" -> cloud.listener().onMediaLost("silent");
            case "KICKED" -> cloud.listener().onEnded(Ending.KICKED, "out");
            case "SAME_USER" -> cloud.listener().onEnded(Ending.SAME_USER_JOINED, "elsewhere");
            default -> cloud.listener().onEnded(Ending.CHANNEL_CLOSED, "over");
        }

        expect(state);
        if (state.startsWith("state 4")) {
            expect("state 3 15", "rejoined room 7");
        }
    }

    @ParameterizedTest(name = "{0} is reason {1}")
    @CsvSource({
        "TOKEN_INVALID, 8",
        "TOKEN_REQUIRED, 8",
        "TOKEN_EXPIRED, 9",
        "NOT_ACTIVATED, 6",
        "QUOTA_EXCEEDED, 10",
        "TLS_INTERCEPTED, 22",
        "ALL_CANDIDATES_FAILED, 4"
    })
    void a20AProxyThatCannotBeUsedHasItsReason(ErrorCode code, int reason) throws Exception {
        RtcEngine engine = engine();
        engine.setCloudProxy(1);
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().closes(code);

        expect("state 2 0", "state 5 " + reason);
        assertThat(problems.poll(5, TimeUnit.SECONDS)).contains(code.name());
        assertThat(engine.joinChannel("token", "room", "", 7)).as("the next").isZero();
    }

    @ParameterizedTest(name = "{0} is {1}, automatic {2}")
    @CsvSource({
        "DIRECT, 0, 0",
        "CLOUD_UDP, 1, 1",
        "CLOUD_QUIC, 1, 1",
        "CLOUD_TCP, 2, 4",
        "CLOUD_TLS, 2, 4",
        "LOCAL_SOCKS5, 3, 3",
        "LOCAL_AP, 3, 3",
        "LOCAL_HTTP, 5, 5",
        "CLOUD_HTTP, 6, 6"
    })
    void a21EveryWayHasItsProxyType(EffectivePath path, int type, int automatic) {
        assertThat(ProxySetup.proxyType(path, false)).isEqualTo(type);
        assertThat(ProxySetup.proxyType(path, true)).isEqualTo(automatic);
    }

    @Test
    void a21TheDirectWayIsToldAsNoneAndALocalProxyByItsAddress() throws Exception {
        RtcEngine engine = engine();
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().opens(EffectivePath.DIRECT, false, "");
        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 0 \"\"");
        engine.leaveChannel();
        expect("state 1 5", "left");
        engine.setParameters("{\"rtc.enable_proxy\":true,\"rtc.proxy_server\":[0,\"192.0.2.9\",1080]}");
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().opens(EffectivePath.LOCAL_SOCKS5, false, "r1");

        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 3 \"192.0.2.9\"");
    }

    @Test
    void a21AnotherRelayIsToldWithoutLeaving() throws Exception {
        RtcEngine engine = engine();
        engine.setCloudProxy(1);
        enter(engine);
        cloud.opens(EffectivePath.CLOUD_UDP, false, "r2");

        expect("proxy room 7 1 \"\"");
    }

    // ------------------------------------------------------------------------------------- access points

    @Test
    void a22AccessPointsAreMergedOnceEachInAnyOrder() throws Exception {
        LocalAccessPointConfiguration both = accessPoint("192.0.2.1", "192.0.2.2", "192.0.2.1:443");
        both.domainList = new ArrayList<>(List.of("edge.example", "EDGE.example"));
        both.mode = LocalAccessPointConfiguration.LOCAL_ONLY;

        List<ProxyChoice> choices = ProxySetup.NEW.withAccessPoints(both).choices(false);

        assertThat(choices).hasSize(1);
        assertThat(choices.get(0).entries())
                .containsExactlyInAnyOrder("192.0.2.1:443", "192.0.2.2:443", "edge.example:443");
        assertThat(choices.get(0).isAccessPoint()).isTrue();
    }

    @Test
    void a22ConnectivityFirstGoesOnDirectlyWithoutAFailureBeingTold() throws Exception {
        RtcEngine engine = engine();
        assertThat(engine.setLocalAccessPoint(accessPoint("192.0.2.1"))).isZero();
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);
        cloud.sought().opens(EffectivePath.DIRECT, false, "");

        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 0 \"\"");
    }

    @Test
    void a22LocalOnlyFails() throws Exception {
        RtcEngine engine = engine();
        LocalAccessPointConfiguration only = accessPoint("192.0.2.1");
        only.mode = LocalAccessPointConfiguration.LOCAL_ONLY;
        assertThat(engine.setLocalAccessPoint(only)).isZero();
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().closes(ErrorCode.ALL_CANDIDATES_FAILED);

        expect("state 2 0", "state 5 4");
        engine.joinChannel("token", "room", "", 7);
        cloud.sought().opens(EffectivePath.CLOUD_TLS, false, "edge");
        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 3 \"edge\"");
    }

    @Test
    void a22RealAccessPointsThatAreNotThereLeadToTheDirectWay() throws Exception {
        RtcEngine engine = engine(cloud.real());
        assertThat(engine.setLocalAccessPoint(accessPoint("127.0.0.1:9"))).isZero();
        engine.joinChannel("token", "room", "", 7);

        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 0 \"\"");
        assertThat(cloud.next()).startsWith("join room");
    }

    @Test
    void a23AnAccessPointAndACloudProxyExcludeEachOther() {
        RtcEngine engine = engine();
        engine.setCloudProxy(1);
        assertThat(engine.setLocalAccessPoint(accessPoint("192.0.2.1"))).isEqualTo(-5);
        assertThat(engine.setCloudProxy(0)).isZero();
        assertThat(engine.setLocalAccessPoint(accessPoint("192.0.2.1"))).isZero();
        assertThat(engine.setCloudProxy(1)).isEqualTo(-5);
        assertThat(engine.setParameters(ENABLE)).isEqualTo(-5);
        assertThat(engine.setLocalAccessPoint(new LocalAccessPointConfiguration()))
                .isEqualTo(-2);
        assertThat(engine.setLocalAccessPoint(accessPoint("a b"))).isEqualTo(-2);
        assertThat(engine.setLocalAccessPoint(null)).isEqualTo(-2);
    }

    // ------------------------------------------------------------------------------------- the rest

    @Test
    void a26TheNumbersOfOtherProductsAreNoTransportTypes() {
        RtcEngine engine = engine();
        for (int type : new int[] {3, 5, 13, 100}) {
            assertThat(engine.setCloudProxy(type)).isEqualTo(-2);
        }
    }

    @Test
    void a29AreasAreTheOnlyRegionsOrAreLeftOut() {
        Geofence european = Areas.of(Constants.AREA_CODE_EU | Constants.AREA_CODE_RU);
        assertThat(Stream.of("eu", "eu-west", "ru", "cn", "frankfurt")
                        .map(Region::new)
                        .filter(european::allows))
                .extracting(Region::value)
                .containsExactly("eu", "eu-west", "ru");
        assertThat(Areas.of(Constants.AREA_CODE_GLOB)).isEqualTo(Geofence.EVERYWHERE);
        Geofence overseas = Areas.of(Constants.AREA_CODE_GLOB ^ Constants.AREA_CODE_CN);
        assertThat(overseas).isEqualTo(Areas.of(Constants.AREA_CODE_OVS));
        assertThat(overseas.allows(new Region("cn-north"))).isFalse();
        assertThat(overseas.allows(new Region("frankfurt"))).isTrue();
        RtcEngineConfig config = new RtcEngineConfig();
        config.mContext = cloud.manual();
        config.mAppId = "demo";
        config.mEventHandler = new Handler();
        config.mAreaCode = 0x4000;
        assertThatThrownBy(() -> RtcEngine.create(config)).hasMessageContaining("area 0x4000");
        config.mAreaCode = Constants.AREA_CODE_EU | Constants.AREA_CODE_NA;
        assertThat(RtcEngine.create(config).joinChannel("", "room", "", 7)).isZero();
    }

    @Test
    void a31ALostConnectionIsToldIfItDoesNotComeBack() throws Exception {
        assertThat(RtcEngine.LOST_AFTER).isEqualTo(Duration.ofSeconds(10));
        assertThat(RtcEngine.GIVE_UP_AFTER).isEqualTo(Duration.ofMinutes(20));
        RtcEngineConfig config = new RtcEngineConfig();
        config.mContext = cloud.manual();
        config.mAppId = "demo";
        config.mEventHandler = new Handler();
        RtcEngine engine = RtcEngine.create(config, Duration.ofMillis(1));
        enterDirect(engine);
        cloud.blocks("apply");
        cloud.listener().onMediaLost("silent");

        expect("state 4 14", "lost");
        engine.leaveChannel();
        expect("state 1 5", "left");
    }

    @Test
    void uidZeroIsLegalAndGetsANumber() throws Exception {
        RtcEngine engine = engine();
        engine.setCloudProxy(1);
        assertThat(engine.joinChannel(null, "room", null, 0)).isZero();
        cloud.sought().opens(EffectivePath.CLOUD_UDP, false, "r1");

        expect("state 2 0", "state 3 1");
        assertThat(told.poll(5, TimeUnit.SECONDS)).matches("joined room [1-9][0-9]*");
    }

    @Test
    void anAudienceIsNotSentUntilItBroadcasts() throws Exception {
        RtcEngine engine = engine();
        engine.setParameters(DISABLE);
        assertThat(engine.setChannelProfile(Constants.CHANNEL_PROFILE_LIVE_BROADCASTING))
                .isZero();
        assertThat(engine.setClientRole(Constants.CLIENT_ROLE_AUDIENCE)).isZero();
        assertThat(engine.enableVideo()).isZero();
        assertThat(engine.setExternalVideoSource(true, false, true)).isZero();
        assertThat(engine.setExternalAudioSource(true)).isZero();
        enterDirect(engine);
        assertThat(engine.pushExternalVideoFrame(FakeCloud.picture())).isTrue();
        assertThat(engine.pushExternalAudioFrame(FakeCloud.sound())).isZero();
        assertThat(engine.setChannelProfile(0)).as("in a channel").isEqualTo(-8);

        assertThat(engine.setClientRole(Constants.CLIENT_ROLE_BROADCASTER)).isZero();
        expect("role 2 to 1");
        assertThat(cloud.next()).isEqualTo("join room by 1");
        assertThat(cloud.next()).isEqualTo("publish ");
        engine.setClientRole(Constants.CLIENT_ROLE_AUDIENCE);
        assertThat(cloud.next()).isEqualTo("unpublish");
        engine.leaveChannel();
    }

    @Test
    void whoComesIsReceivedByNumberWhateverTheirName() throws Exception {
        enterDirect(engine());
        assertThat(cloud.next()).isEqualTo("join room by 1");
        cloud.comes("4000000000");
        expect("user 4000000000");
        assertThat(cloud.next()).isEqualTo("subscribe 4000000000");
        cloud.comes("alice");
        assertThat(told.poll(5, TimeUnit.SECONDS)).matches("user [1-9][0-9]*");
        assertThat(cloud.next()).isEqualTo("subscribe alice");
    }

    @Test
    void everyMethodAnswersByItsOrder() throws Exception {
        assertThatThrownBy(() -> RtcEngine.create(null, "demo", new Handler()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RtcEngine.create(cloud.manual(), "a b", new Handler()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RtcEngine.create((RtcEngineConfig) null)).isInstanceOf(IllegalArgumentException.class);
        RtcEngine engine = engine();
        assertThat(engine()).as("one a process").isSameAs(engine);
        RtcEngine.destroy();
        RtcEngine.destroy();
        told.clear();
        engine = RtcEngine.create(cloud.manual(), "demo", new Handler());
        assertThat(engine.leaveChannel()).as("without a channel").isZero();
        assertThat(engine.setParameters(null)).isEqualTo(-2);
        assertThat(engine.joinChannel("", null, null, 1)).isEqualTo(-2);
        assertThat(engine.joinChannel("", "r".repeat(65), null, 1)).isEqualTo(-2);
        assertThat(engine.setChannelProfile(5)).isEqualTo(-2);
        assertThat(engine.setClientRole(0)).isEqualTo(-2);
        assertThat(engine.setupRemoteVideo(null)).isEqualTo(-2);
        assertThat(engine.pushExternalVideoFrame(null)).isFalse();
        assertThat(engine.pushExternalAudioFrame(null)).isEqualTo(-2);
        assertThat(engine.setExternalVideoSource(true, true, true)).isEqualTo(-2);
        assertThat(engine.setupRemoteVideo(new VideoCanvas(VideoSink.NONE, 8))).isZero();
        assertThat(engine.setupRemoteVideo(new VideoCanvas(null, 8))).isZero();
        assertThat(engine.registerAudioFrameObserver(null)).isZero();
        engine.addHandler(null);
        engine.removeHandler(null);
        engine.setParameters(DISABLE);
        enterDirect(engine);
        assertThat(engine.getConnectionState()).isEqualTo(Constants.CONNECTION_STATE_CONNECTED);
        assertThat(engine.joinChannel("", "room", "", 7)).as("twice").isEqualTo(-17);
        RtcEngine.destroy();
        expect("state 1 5", "left");
        assertThat(engine.joinChannel("", "room", "", 7)).isEqualTo(-7);
        assertThat(engine.leaveChannel()).isEqualTo(-7);
        assertThat(engine.setParameters(ENABLE)).isEqualTo(-7);
        assertThat(engine.setLocalAccessPoint(accessPoint("192.0.2.1"))).isEqualTo(-7);
        assertThat(engine.setChannelProfile(0)).isEqualTo(-7);
        assertThat(engine.setClientRole(1)).isEqualTo(-7);
        assertThat(engine.enableVideo()).isEqualTo(-7);
        assertThat(engine.pushExternalVideoFrame(FakeCloud.picture())).isFalse();
        assertThat(engine.setupRemoteVideo(new VideoCanvas(null, 8))).isEqualTo(-7);
    }

    @Test
    void withoutAnyEntryTheJoinFailsAndSaysWhy() throws Exception {
        RtcEngine engine = engine(cloud.real());
        engine.setCloudProxy(1);
        assertThat(engine.joinChannel("token", "room", "", 7)).isEqualTo(-1);
        assertThat(problems.poll(5, TimeUnit.SECONDS)).contains("entry");
        engine.setParameters(DISABLE);
        enterDirectReal(engine);
    }

    private void enterDirectReal(RtcEngine engine) throws InterruptedException {
        assertThat(engine.joinChannel("", "room", "", 7)).isZero();
        expect("state 2 0", "state 3 1", "joined room 7");
    }

    private static List<ProxyChoice> choices(String... parameters) throws Exception {
        ProxySetup setup = ProxySetup.NEW;
        for (String each : parameters) {
            if (JsonText.parse(each).value() instanceof Map<?, ?> members) {
                setup = setup.withParameters(members);
            }
        }
        return setup.choices(false);
    }

    private static String server(String value) {
        return "{\"rtc.proxy_server\":" + value + "}";
    }

    private static LocalAccessPointConfiguration accessPoint(String... addresses) {
        LocalAccessPointConfiguration made = new LocalAccessPointConfiguration();
        made.ipList = new ArrayList<>(List.of(addresses));
        return made;
    }

    private void enter(RtcEngine engine) throws InterruptedException {
        assertThat(engine.joinChannel("token", "room", "", 7)).isZero();
        cloud.sought().opens(EffectivePath.CLOUD_UDP, false, "r1");
        expect("state 2 0", "state 3 1", "joined room 7", "proxy room 7 1 \"\"");
    }

    private void enterDirect(RtcEngine engine) throws InterruptedException {
        engine.setParameters(DISABLE);
        assertThat(engine.joinChannel("token", "room", "", 7)).isZero();
        cloud.sought().opens(EffectivePath.DIRECT, false, "");
        expect("state 2 0", "state 3 1", "joined room 7");
    }

    private void expect(String... events) throws InterruptedException {
        for (String event : events) {
            assertThat(told.poll(8, TimeUnit.SECONDS)).isEqualTo(event);
        }
    }
}
