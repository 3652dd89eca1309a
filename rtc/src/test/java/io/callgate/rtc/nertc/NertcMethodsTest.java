package io.callgate.rtc.nertc;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.nertc.NERtcConstants.TransportType;
import io.callgate.rtc.vendor.MethodTable;
import io.callgate.rtc.vendor.Screens;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every public method with nothing, with what apps say and with that again: outside a channel, with the proxy
/// on, on the way into a channel, in one with sound and pictures, after the end, which is as before the
/// beginning. Answers are NERTC's: 0, 30003 for an argument, 30005 without an engine, 30100 for a join in a
/// channel, 30101 for leaving none, 414 for user 0 with the proxy on.
@Timeout(60)
class NertcMethodsTest {
    private static final String ANSWERS = """
        enableLocalAudio(boolean) | 0 | " | " | " | 30005
        enableLocalVideo(boolean) | 0 | " | " | " | 30005
        getConnectionState() | 1 | " | 2 | 3 | 1
        getInstance() | same | " | " | " | "
        init(Cloud,String,NERtcCallbackEx,NERtcOption) | IAE (ISE) ISE ISE | " | " | " | IAE (-) - ISE
        joinChannel(String,String,long) | 30003 (0) 0 30100 | 414 (0 30003) 0 30100 | 30100 | " | 30005
        leaveChannel() | 30101 | " | 0 0 30101 | " | 30005
        pushExternalAudioFrame(AudioChunk) | 30003 | " | " | 30003 0 0 | 30005
        pushExternalVideoFrame(I420Frame) | 30003 | " | " | 30003 0 0 | 30005
        release() | 0 | " | " | " | "
        setAudioFrameObserver(Speaker) | 0 | " | " | " | 30005
        setCloudProxy(int) | 0 | " | " | " | 30005
        setupRemoteVideoCanvas(VideoSink,long) | 0 | " | " | " | 30005
        """;

    private final NERtcEx engine = NERtcEx.getInstance();
    private BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private FakeCloud cloud = new FakeCloud();

    /// Of one engine: what it tells late is not the next one's.
    private record Callback(BlockingQueue<String> told) implements NERtcCallbackEx {
        @Override
        public void onConnectionStateChanged(int state, int reason) {
            told.add("state " + state);
        }

        @Override
        public void onJoinChannel(int result, long channelId, long elapsed, long uid) {
            told.add(uid + " is in: " + result);
        }
    }

    private NERtcEx fresh() {
        over();
        told = new LinkedBlockingQueue<>();
        cloud = new FakeCloud();
        engine.init(cloud.manual(), "demo", new Callback(told), null);
        return engine;
    }

    private NERtcEx proxied() {
        assertThat(fresh().setCloudProxy(TransportType.UDP_PROXY)).isZero();
        return engine;
    }

    private NERtcEx joining() throws InterruptedException {
        join(fresh(), 7);
        await("state 2");
        return engine;
    }

    private NERtcEx inChannel() throws InterruptedException {
        fresh();
        cloud.isOpen();
        join(engine, 7);
        await("7 is in: 0");
        engine.enableLocalAudio(true);
        engine.enableLocalVideo(true);
        return engine;
    }

    private NERtcEx over() {
        engine.release();
        return engine;
    }

    private static void join(NERtcEx engine, long user) {
        assertThat(engine.joinChannel("token", "room", user)).isZero();
    }

    private void await(String event) throws InterruptedException {
        for (String next = ""; !event.equals(next); ) {
            next = told.poll(5, TimeUnit.SECONDS);
            assertThat(next).as("wait for " + event).isNotNull();
        }
    }

    /// The engine that is there, or the next one, works.
    private void works() throws InterruptedException {
        if (engine.leaveChannel() == NERtcConstants.ErrorCode.ENGINE_ERROR_INVALID_STATE) {
            fresh();
        }
        cloud.isOpen();
        join(engine, 8);
        await("8 is in: 0");
    }

    @AfterEach
    void release() {
        engine.release();
    }

    @Test
    void everyPublicMethodAnswersInEveryState() throws Exception {
        Map<String, Object> usual = new HashMap<>();
        usual.put("int", TransportType.UDP_PROXY);
        usual.put("long", 7L);
        usual.put("boolean", true);
        usual.put("String", "room");
        usual.put("NERtcOption", new NERtcOption());
        usual.put("I420Frame", FakeCloud.picture());
        usual.put("AudioChunk", FakeCloud.sound());
        usual.put("VideoSink", VideoSink.NONE);
        usual.put("Speaker", (Screens.Speaker) (user, chunk) -> {});
        FakeCloud open = new FakeCloud();
        open.isOpen();
        usual.put("Cloud", open.manual());
        usual.put("NERtcCallbackEx", new NERtcCallbackEx() {
            @Override
            public void onJoinChannel(int result, long channelId, long elapsed, long uid) {
                told.add(uid + " is in: " + result);
            }
        });

        new MethodTable(NERtcEx.class, usual)
                .afterEach(this::works)
                .check(ANSWERS, List.of(this::fresh, this::proxied, this::joining, this::inChannel, this::over));
    }

    @Test
    void aChunkThatIsTooLongIsNoArgument() throws Exception {
        assertThat(inChannel().pushExternalAudioFrame(FakeCloud.longSound())).isEqualTo(30003);
        works();
    }
}
