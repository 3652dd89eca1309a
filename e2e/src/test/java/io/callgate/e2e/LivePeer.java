package io.callgate.e2e;

import io.callgate.client.CloudProxy;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.janus.JanusService;
import io.callgate.rtc.live.LiveService;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.testsignal.NumberedPicture;
import io.callgate.rtc.testsignal.SignalSender;
import io.callgate.rtc.testsignal.Tone;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.webrtc.WebRtcMedia;
import io.callgate.rtc.zego.IZegoEventHandler;
import io.callgate.rtc.zego.ZegoCanvas;
import io.callgate.rtc.zego.ZegoEngineProfile;
import io.callgate.rtc.zego.ZegoExpressEngine;
import io.callgate.rtc.zego.ZegoPlayerConfig;
import io.callgate.rtc.zego.ZegoPlayerState;
import io.callgate.rtc.zego.ZegoProxyInfo;
import io.callgate.rtc.zego.ZegoPublisherConfig;
import io.callgate.rtc.zego.ZegoPublisherState;
import io.callgate.rtc.zego.ZegoRoomConfig;
import io.callgate.rtc.zego.ZegoRoomState;
import io.callgate.rtc.zego.ZegoStreamResourceMode;
import io.callgate.rtc.zego.ZegoUser;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// Host or audience of a live stream by ZEGO's API, as a program of its own; prints what [RtcPeer] does, and the
/// streams' states. Ends with its signals, after having said goodbye.
final class LivePeer extends IZegoEventHandler {
    private final Properties told;
    private final AtomicBoolean hasSeen = new AtomicBoolean();
    private final AtomicBoolean hasHeard = new AtomicBoolean();

    private LivePeer(Properties told) {
        this.told = told;
    }

    public static void main(String[] arguments) throws Exception {
        Properties told = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
            told.load(reader);
        }
        MediaStack media = WebRtcMedia.open(RtcPeer.TIME); // ends with the process
        HostPort relay = HostPort.parse(told.getProperty("entries"), 443);
        ZegoProxyInfo proxy = new ZegoProxyInfo();
        proxy.hostName = relay.host();
        proxy.port = relay.port();
        ZegoExpressEngine.setCloudProxyConfig(List.of(proxy), "", true);
        Trust trust = Trust.authorities(Files.readAllBytes(Path.of(told.getProperty("ca"))));
        ZegoEngineProfile profile = new ZegoEngineProfile();
        profile.appID = 1;
        profile.proxyMode = RequestedMode.STANDARD;
        profile.application = Cloud.of(RtcPeer.TIME, JanusService.at(told.getProperty("janus"), RtcPeer.TIME), media)
                .withProxies(() -> CloudProxy.builder(RtcPeer.TIME).trust(trust))
                .withLive(LiveService.at(told.getProperty("whip"), told.getProperty("whep"), RtcPeer.TIME));
        new LivePeer(told)
                .run(Objects.requireNonNull(ZegoExpressEngine.createEngine(profile, null), "the profile is none"));
        new CountDownLatch(1).await();
    }

    private void run(ZegoExpressEngine engine) {
        engine.setEventHandler(this);
        ZegoRoomConfig config = new ZegoRoomConfig();
        String user = told.getProperty("user");
        config.token = told.getProperty("token." + user);
        Runtime.getRuntime().addShutdownHook(new Thread(LivePeer::sayGoodbye));
        engine.enableCustomVideoCapture(true);
        engine.enableCustomAudioIO(true);
        engine.loginRoom(told.getProperty("room"), new ZegoUser(user), config);
        if (told.getProperty("role").equals("host")) {
            ZegoPublisherConfig live = new ZegoPublisherConfig();
            live.resourceMode = ZegoStreamResourceMode.ONLY_L3;
            engine.startPublishingStream(told.getProperty("stream"), live);
            new SignalSender(new Microphone(engine), new Camera(engine), 5, 440); // until the process ends
        } else {
            ZegoCanvas canvas = new ZegoCanvas(this::watch);
            canvas.speaker = this::hear;
            ZegoPlayerConfig live = new ZegoPlayerConfig();
            live.resourceMode = ZegoStreamResourceMode.ONLY_L3;
            engine.startPlayingStream(told.getProperty("stream"), canvas, live);
        }
    }

    private static void sayGoodbye() {
        CountDownLatch gone = new CountDownLatch(1);
        ZegoExpressEngine.destroyEngine(gone::countDown);
        try {
            gone.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Microphone(ZegoExpressEngine engine) implements LocalAudio {
        @Override
        public void push(AudioChunk chunk) {
            engine.sendCustomAudioCapturePCMData(chunk);
        }

        @Override
        public void close() {}
    }

    private record Camera(ZegoExpressEngine engine) implements LocalVideo {
        @Override
        public void push(I420Frame frame) {
            engine.sendCustomVideoCaptureFrame(frame);
        }

        @Override
        public void close() {}
    }

    private void watch(I420Frame frame) {
        NumberedPicture.read(frame).ifPresent(number -> once(hasSeen, "seen number=" + number));
    }

    private void hear(AudioChunk chunk) {
        if (Tone.share(chunk, 440) > 0.8) once(hasHeard, "heard hertz=440");
    }

    private static void once(AtomicBoolean has, String what) {
        if (has.compareAndSet(false, true)) System.out.println(what);
    }

    @Override
    public void onRoomStateUpdate(String roomID, ZegoRoomState state, int errorCode, String extendedData) {
        System.out.println("room " + state + " " + errorCode + " " + extendedData);
    }

    @Override
    public void onPublisherStateUpdate(String streamID, ZegoPublisherState state, int errorCode, String extendedData) {
        System.out.println("publisher " + streamID + " " + state + " " + errorCode + " " + extendedData);
    }

    @Override
    public void onPlayerStateUpdate(String streamID, ZegoPlayerState state, int errorCode, String extendedData) {
        System.out.println("player " + streamID + " " + state + " " + errorCode + " " + extendedData);
    }

    @Override
    public void onDebugError(int errorCode, String funcName, String info) {
        System.out.println("debug " + errorCode + " " + funcName + " " + info);
    }
}
