package io.callgate.examples.vendors;

import io.callgate.rtc.agora.Constants;
import io.callgate.rtc.agora.IRtcEngineEventHandler;
import io.callgate.rtc.agora.RtcEngine;
import io.callgate.rtc.agora.VideoCanvas;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Agora's page of 2021 for Android, "Use cloud proxy": `setParameters`, then join. What the page has for
/// `rtc.proxy_server` is taken from `RTC_PROXY_SERVER`, if that is set: `[0, "192.0.2.1", 1080]`.
public final class AgoraSample extends IRtcEngineEventHandler {
    private final Stage stage;
    private volatile @Nullable RtcEngine engine;

    private AgoraSample(Stage stage) {
        this.stage = stage;
    }

    /// @param args see [Stage#of]; the token is for user 1001
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Stage stage = Stage.of(args, Stage.Signal.AGORA)) {
            AgoraSample sample = new AgoraSample(stage);
            RtcEngine engine = RtcEngine.create(stage.cloud(), "demo", sample);
            sample.engine = engine;

            engine.setParameters("{\"rtc.enable_proxy\":true}");
            String server = System.getenv("RTC_PROXY_SERVER");
            if (server != null) {
                engine.setParameters("{\"rtc.proxy_server\":" + server + "}");
            }

            engine.enableVideo();
            engine.setExternalVideoSource(true, false, true);
            engine.setExternalAudioSource(true);
            engine.registerAudioFrameObserver((uid, chunk) -> stage.hear(Long.toString(uid), chunk));
            engine.joinChannel(stage.token(), stage.room(), "", 1001);
            stage.play(engine::pushExternalVideoFrame, engine::pushExternalAudioFrame);
            stage.awaitEnd();
            RtcEngine.destroy();
        }
    }

    @Override
    public void onConnectionStateChanged(int state, int reason) {
        Stage.say("connection state " + state + ", reason " + reason);
        if (state == Constants.CONNECTION_STATE_FAILED) {
            stage.end();
        }
    }

    @Override
    public void onProxyConnected(String channel, int uid, int proxyType, String localProxyIp, int elapsed) {
        Stage.say("proxy of type " + proxyType + " after " + elapsed + " ms");
    }

    @Override
    public void onUserJoined(int uid, int elapsed) {
        Stage.say("user " + Integer.toUnsignedString(uid) + " is there");
        RtcEngine now = engine;
        if (now != null) {
            now.setupRemoteVideo(new VideoCanvas(frame -> stage.show(Integer.toUnsignedString(uid), frame), uid));
        }
    }

    @Override
    public void onProblem(String text) {
        System.err.println(text);
    }
}
