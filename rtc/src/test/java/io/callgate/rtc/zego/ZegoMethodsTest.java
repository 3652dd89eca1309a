package io.callgate.rtc.zego;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.rtc.FakeCloud;
import io.callgate.rtc.media.VideoSink;
import io.callgate.rtc.vendor.MethodTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Every public method with nothing, with what apps say and with that again: outside a room, on the way into one,
/// in one with sound and pictures, after the end, which is as before the beginning. Methods of ZEGO's return
/// nothing; answers are the numbers that callbacks tell, and `-` where nothing is wrong.
@Timeout(60)
class ZegoMethodsTest {
    private static final String ANSWERS = """
        createEngine(ZegoEngineProfile,IZegoEventHandler) | same | " | " | null (another) another another
        destroyEngine(IZegoDestroyCompletionCallback) | - | " | " | "
        enableCustomAudioIO(boolean) | - | " | " | "
        enableCustomVideoCapture(boolean) | - | " | " | "
        getEngine() | same | " | " | null
        loginRoom(String,ZegoUser,ZegoRoomConfig) | 1002011 (1002005 -) - 1002001 | 1002001 | " | -
        logoutRoom(String) | 1002002 | - - 1002002 | " | -
        sendCustomAudioCapturePCMData(AudioChunk) | - | " | " | "
        sendCustomVideoCaptureFrame(I420Frame) | - | " | " | "
        setCloudProxyConfig(List<ZegoProxyInfo>,String,boolean) | 41003 | " | " | - (41001) - -
        setEventHandler(IZegoEventHandler) | - | " | " | "
        setGeoFence(ZegoGeoFenceType,List<Integer>) | 1001021 | " | " | 1000017 - -
        setLocalProxyConfig(List<ZegoProxyInfo>,boolean) | 41003 | " | " | - (41001) - -
        startPlayingStream(String,ZegoCanvas) | 1000002 | 1000015 (-) - - | " | -
        startPlayingStream(String,ZegoCanvas,ZegoPlayerConfig) | 1000002 | 1000015 (-) - - | " | -
        startPublishingStream(String) | 1000002 | 1000015 1003001 1003001 | 1000015 - 1003023 | -
        startPublishingStream(String,ZegoPublisherConfig) | 1000002 | 1000015 (1003001) 1003001 1003001 | 1000015 (-) - 1003023 | -
        stopPlayingStream(String) | 1000002 | 1000015 - - | " | -
        stopPublishingStream() | - | " | " | "
        """;

    private BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private FakeCloud cloud = new FakeCloud();

    /// Of one engine: what it tells late is not the next one's.
    private static final class Handler extends IZegoEventHandler {
        private final BlockingQueue<String> told;

        Handler(BlockingQueue<String> told) {
            this.told = told;
        }

        @Override
        public void onDebugError(int errorCode, String funcName, String info) {
            wrong(errorCode);
        }

        @Override
        public void onRoomStateUpdate(String roomID, ZegoRoomState state, int errorCode, String extendedData) {
            told.add(state + " " + roomID);
            wrong(errorCode);
        }

        @Override
        public void onPublisherStateUpdate(
                String streamID, ZegoPublisherState state, int errorCode, String extendedData) {
            wrong(errorCode);
        }

        @Override
        public void onPlayerStateUpdate(String streamID, ZegoPlayerState state, int errorCode, String extendedData) {
            if (streamID.equals("all told")) {
                told.add(streamID);
            } else {
                wrong(errorCode);
            }
        }

        private void wrong(int errorCode) {
            if (errorCode != ZegoErrorCode.CommonSuccess) {
                told.add(Integer.toString(errorCode));
            }
        }
    }

    private ZegoExpressEngine fresh() throws InterruptedException {
        destroy();
        ZegoExpressEngine.setCloudProxyConfig(null, null, false);
        ZegoExpressEngine.setLocalProxyConfig(null, false);
        ZegoExpressEngine.setGeoFence(ZegoGeoFenceType.NONE, null);
        told = new LinkedBlockingQueue<>();
        cloud = new FakeCloud();
        return made();
    }

    private ZegoExpressEngine made() {
        return Objects.requireNonNull(ZegoExpressEngine.createEngine(profile(cloud), new Handler(told)));
    }

    private static ZegoEngineProfile profile(FakeCloud cloud) {
        ZegoEngineProfile profile = new ZegoEngineProfile();
        profile.appID = 1234567890L;
        profile.appSign = "sign";
        profile.application = cloud.manual();
        return profile;
    }

    private ZegoExpressEngine loggingIn() throws InterruptedException {
        ZegoExpressEngine engine = fresh();
        engine.loginRoom("room", new ZegoUser("alice"), null);
        await("CONNECTING room");
        return engine;
    }

    private ZegoExpressEngine inRoom() throws InterruptedException {
        ZegoExpressEngine engine = fresh();
        cloud.isOpen();
        engine.enableCustomAudioIO(true);
        engine.enableCustomVideoCapture(true);
        engine.loginRoom("room", new ZegoUser("alice"), null);
        await("CONNECTED room");
        return engine;
    }

    private ZegoExpressEngine over() throws InterruptedException {
        ZegoExpressEngine engine = fresh();
        destroy();
        return engine;
    }

    private void await(String event) throws InterruptedException {
        for (String next = ""; !event.equals(next); ) {
            next = told.poll(5, TimeUnit.SECONDS);
            assertThat(next).as("wait for " + event).isNotNull();
        }
    }

    /// The numbers that have been told: by the engine that lives, or by the next one, which hears of what was
    /// wrong before it.
    private String wrong() throws InterruptedException {
        boolean lives = ZegoExpressEngine.getEngine() != null;
        ZegoExpressEngine engine = made();
        engine.setEventHandler(new Handler(told));
        engine.stopPlayingStream("all told");
        List<String> numbers = new ArrayList<>();
        for (String next = ""; !next.equals("all told"); ) {
            next = told.poll(5, TimeUnit.SECONDS);
            assertThat(next).as("wait for all that is told").isNotNull();
            if (next.matches("\\d+")) {
                numbers.add(next);
            }
        }
        if (!lives) {
            destroy();
        }
        return numbers.isEmpty() ? "-" : String.join("+", numbers);
    }

    /// The engine that lives, or the next one, works.
    private void works() throws InterruptedException {
        cloud.isOpen();
        ZegoExpressEngine engine = made();
        engine.setEventHandler(new Handler(told));
        engine.logoutRoom(null);
        engine.loginRoom("again", new ZegoUser("alice"), null);
        await("CONNECTED again");
    }

    @AfterEach
    void destroy() throws InterruptedException {
        CountDownLatch gone = new CountDownLatch(1);
        ZegoExpressEngine.destroyEngine(gone::countDown);
        assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void everyPublicMethodAnswersInEveryState() throws Exception {
        ZegoProxyInfo proxy = new ZegoProxyInfo();
        proxy.hostName = "proxy.example.com";
        proxy.port = 1080;
        FakeCloud open = new FakeCloud();
        open.isOpen();
        Map<String, Object> usual = new HashMap<>();
        usual.put("boolean", true);
        usual.put("String", "room");
        usual.put("List<ZegoProxyInfo>", List.of(proxy));
        usual.put("List<Integer>", List.of(4));
        usual.put("ZegoGeoFenceType", ZegoGeoFenceType.INCLUDE);
        usual.put("ZegoEngineProfile", profile(open));
        usual.put("IZegoEventHandler", new IZegoEventHandler() {});
        usual.put("IZegoDestroyCompletionCallback", (IZegoDestroyCompletionCallback) () -> {});
        usual.put("ZegoUser", new ZegoUser("alice"));
        usual.put("ZegoRoomConfig", new ZegoRoomConfig());
        usual.put("ZegoPublisherConfig", new ZegoPublisherConfig());
        usual.put("ZegoPlayerConfig", new ZegoPlayerConfig());
        usual.put("ZegoCanvas", new ZegoCanvas(VideoSink.NONE));
        usual.put("I420Frame", FakeCloud.picture());
        usual.put("AudioChunk", FakeCloud.sound());

        new MethodTable(ZegoExpressEngine.class, usual)
                .telling(this::wrong)
                .afterEach(this::works)
                .check(ANSWERS, List.of(this::fresh, this::loggingIn, this::inRoom, this::over));
    }

    @Test
    void aChunkThatIsTooLongIsNoArgument() throws Exception {
        inRoom().sendCustomAudioCapturePCMData(FakeCloud.longSound());

        assertThat(wrong()).isEqualTo("1000017");
        works();
    }

    @Test
    void listsWithNullsAreNoArguments() throws Exception {
        over();
        ZegoExpressEngine.setGeoFence(ZegoGeoFenceType.INCLUDE, Collections.singletonList(null));
        ZegoExpressEngine.setCloudProxyConfig(Collections.singletonList(null), "", true);
        ZegoExpressEngine.setLocalProxyConfig(Collections.singletonList(null), true);

        assertThat(wrong()).isEqualTo("1000017+41001+41001");
        works();
    }
}
