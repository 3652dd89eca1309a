package io.callgate.rtc.agora;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.vendor.MethodTable;
import io.callgate.rtc.vendor.Screens;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every public method with nothing, with what apps say and with that again: outside a channel, on the way into
/// one, in one with sound and pictures, after the end. Answers are Agora's: 0, -2 for an argument, -7 after the
/// end, -8 out of order, -17 for a join in a channel.
@Timeout(60)
class AgoraMethodsTest {
    private static final String ANSWERS = """
        addHandler(IRtcEngineEventHandler) | - | " | " | "
        create(Cloud,String,IRtcEngineEventHandler) | IAE same same | " | " | IAE another another
        create(RtcEngineConfig) | IAE same same | " | " | IAE another another
        destroy() | - | " | " | "
        disableAudio() | 0 | " | " | -7
        disableVideo() | 0 | " | " | -7
        enableAudio() | 0 | " | " | -7
        enableVideo() | 0 | " | " | -7
        getConnectionState() | 1 | 2 | 3 | 1
        joinChannel(String,String,String,int) | -2 (0) 0 -17 | -17 | " | -7
        leaveChannel() | 0 | " | " | -7
        muteLocalAudioStream(boolean) | 0 | " | " | -7
        muteLocalVideoStream(boolean) | 0 | " | " | -7
        pushExternalAudioFrame(AudioChunk) | -2 | " | -2 0 0 | -7
        pushExternalVideoFrame(I420Frame) | false | " | false true true | false
        registerAudioFrameObserver(Speaker) | 0 | " | " | -7
        removeHandler(IRtcEngineEventHandler) | - | " | " | "
        setChannelProfile(int) | 0 | -8 | " | -7
        setClientRole(int) | -2 0 0 | " | " | -7
        setCloudProxy(int) | 0 | -8 | " | -7
        setExternalAudioSource(boolean) | 0 | " | " | -7
        setExternalVideoSource(boolean,boolean,boolean) | -2 | " | " | -7
        setLocalAccessPoint(LocalAccessPointConfiguration) | -2 0 0 | -8 | " | -7
        setParameters(String) | -2 0 0 | -8 | " | -7
        setupRemoteVideo(VideoCanvas) | -2 0 0 | " | " | -7
        """;

    private BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private FakeCloud cloud = new FakeCloud();

    /// Of one engine: what it tells late is not the next one's.
    private static final class Handler extends IRtcEngineEventHandler {
        private final BlockingQueue<String> told;

        Handler(BlockingQueue<String> told) {
            this.told = told;
        }

        @Override
        public void onConnectionStateChanged(int state, int reason) {
            told.add("state " + state);
        }

        @Override
        public void onJoinChannelSuccess(String channel, int uid, int elapsed) {
            told.add("in " + channel);
        }
    }

    private RtcEngine fresh() {
        RtcEngine.destroy();
        told = new LinkedBlockingQueue<>();
        cloud = new FakeCloud();
        return made();
    }

    private RtcEngine made() {
        return RtcEngine.create(cloud.manual(), "demo", new Handler(told));
    }

    private RtcEngine joining() throws InterruptedException {
        RtcEngine engine = fresh();
        join(engine, "room");
        await("state 2");
        return engine;
    }

    private RtcEngine inChannel() throws InterruptedException {
        RtcEngine engine = fresh();
        cloud.isOpen();
        join(engine, "room");
        await("in room");
        engine.setExternalAudioSource(true);
        engine.setExternalVideoSource(true, false, true);
        return engine;
    }

    private RtcEngine over() {
        RtcEngine engine = fresh();
        RtcEngine.destroy();
        return engine;
    }

    private static void join(RtcEngine engine, String channel) {
        assertThat(engine.joinChannel("token", channel, "", 7)).isZero();
    }

    private void await(String event) throws InterruptedException {
        for (String next = ""; !event.equals(next); ) {
            next = told.poll(5, TimeUnit.SECONDS);
            assertThat(next).as("wait for " + event).isNotNull();
        }
    }

    /// The engine that lives, or the next one, works.
    private void works() throws InterruptedException {
        cloud.isOpen();
        RtcEngine engine = made();
        engine.leaveChannel();
        join(engine, "again");
        await("in again");
    }

    @AfterEach
    void destroy() {
        RtcEngine.destroy();
    }

    @Test
    void everyPublicMethodAnswersInEveryState() throws Exception {
        LocalAccessPointConfiguration accessPoint = new LocalAccessPointConfiguration();
        accessPoint.ipList = List.of("192.0.2.1");
        RtcEngineConfig config = new RtcEngineConfig();
        FakeCloud open = new FakeCloud();
        open.isOpen();
        config.mContext = open.manual();
        config.mAppId = "demo";
        config.mEventHandler = new IRtcEngineEventHandler() {};
        Map<String, Object> usual = new HashMap<>();
        usual.put("int", 1);
        usual.put("boolean", true);
        usual.put("String", "room");
        usual.put("setParameters.String", "{\"rtc.enable_proxy\":true}");
        usual.put("Cloud", config.mContext);
        usual.put("RtcEngineConfig", config);
        usual.put("IRtcEngineEventHandler", config.mEventHandler);
        usual.put("LocalAccessPointConfiguration", accessPoint);
        usual.put("I420Frame", FakeCloud.picture());
        usual.put("AudioChunk", FakeCloud.sound());
        usual.put("VideoCanvas", new VideoCanvas(VideoSink.NONE, 8));
        usual.put("Speaker", (Screens.Speaker) (user, chunk) -> {});

        new MethodTable(RtcEngine.class, usual)
                .afterEach(this::works)
                .check(ANSWERS, List.of(this::fresh, this::joining, this::inChannel, this::over));
    }

    @Test
    void aChunkThatIsTooLongIsNoArgument() throws Exception {
        assertThat(inChannel().pushExternalAudioFrame(FakeCloud.longSound())).isEqualTo(-2);
        works();
    }

    @Test
    void aListWithNullsIsNoArgument() throws Exception {
        LocalAccessPointConfiguration accessPoint = new LocalAccessPointConfiguration();
        accessPoint.domainList = Collections.singletonList(null);

        assertThat(fresh().setLocalAccessPoint(accessPoint)).isEqualTo(-2);
        works();
    }
}
