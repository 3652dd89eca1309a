package io.callgate.examples.vendors;

import io.callgate.rtc.nertc.NERtcCallbackEx;
import io.callgate.rtc.nertc.NERtcConstants;
import io.callgate.rtc.nertc.NERtcEx;
import java.io.IOException;

/// NetEase's page, "Use cloud proxy": `setCloudProxy`, join, and off again for the next join.
public final class NertcSample implements NERtcCallbackEx {
    private final Stage stage;

    private NertcSample(Stage stage) {
        this.stage = stage;
    }

    /// @param args see [Stage#of]; the token is for user 1002
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Stage stage = Stage.of(args, Stage.Signal.NERTC)) {
            NERtcEx engine = NERtcEx.getInstance();
            engine.init(stage.cloud(), "demo", new NertcSample(stage), null);
            engine.enableLocalVideo(true);
            engine.enableLocalAudio(true);
            engine.setAudioFrameObserver((uid, chunk) -> stage.hear(Long.toString(uid), chunk));

            engine.setCloudProxy(NERtcConstants.TransportType.UDP_PROXY);
            engine.joinChannel(stage.token(), stage.room(), 1002);
            engine.setCloudProxy(NERtcConstants.TransportType.NONE_PROXY);

            stage.play(engine::pushExternalVideoFrame, engine::pushExternalAudioFrame);
            stage.awaitEnd();
            engine.release();
        }
    }

    @Override
    public void onConnectionStateChanged(int state, int reason) {
        Stage.say("connection state " + state + ", reason " + reason);
        if (state == NERtcConstants.ConnectionState.FAILED) {
            stage.end();
        }
    }

    @Override
    public void onUserVideoStart(long uid, int maxProfile) {
        Stage.say("user " + uid + " sends pictures");
        NERtcEx.getInstance().setupRemoteVideoCanvas(frame -> stage.show(Long.toString(uid), frame), uid);
    }

    @Override
    public void onProblem(String text) {
        System.err.println(text);
    }
}
