package io.callgate.examples.vendors;

import io.callgate.model.RequestedMode;
import io.callgate.rtc.zego.IZegoEventHandler;
import io.callgate.rtc.zego.ZegoCanvas;
import io.callgate.rtc.zego.ZegoEngineProfile;
import io.callgate.rtc.zego.ZegoExpressEngine;
import io.callgate.rtc.zego.ZegoProxyInfo;
import io.callgate.rtc.zego.ZegoRoomConfig;
import io.callgate.rtc.zego.ZegoRoomState;
import io.callgate.rtc.zego.ZegoStream;
import io.callgate.rtc.zego.ZegoUpdateType;
import io.callgate.rtc.zego.ZegoUser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// ZEGO's page, "Cloud Proxy": `setCloudProxyConfig`, then the engine.
public final class ZegoSample extends IZegoEventHandler {
    private final Stage stage;

    private ZegoSample(Stage stage) {
        this.stage = stage;
    }

    /// @param args see [Stage#of]; the token is for user 1003
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Stage stage = Stage.of(args, Stage.Signal.ZEGO)) {
            ZegoProxyInfo proxy = new ZegoProxyInfo();
            proxy.hostName = stage.relay().host();
            proxy.port = stage.relay().port();
            ArrayList<ZegoProxyInfo> list = new ArrayList<>();
            list.add(proxy);
            ZegoExpressEngine.setCloudProxyConfig(list, stage.token(), true);

            ZegoEngineProfile profile = new ZegoEngineProfile();
            profile.appID = 1;
            profile.application = stage.cloud();
            profile.proxyMode = RequestedMode.STANDARD;
            ZegoExpressEngine engine = ZegoExpressEngine.createEngine(profile, new ZegoSample(stage));
            if (engine == null) {
                throw new IllegalStateException("the profile is none");
            }
            engine.enableCustomVideoCapture(true);
            engine.enableCustomAudioIO(true);
            ZegoRoomConfig config = new ZegoRoomConfig();
            config.token = stage.token();
            engine.loginRoom(stage.room(), new ZegoUser("1003"), config);
            engine.startPublishingStream("1003-camera");
            stage.play(engine::sendCustomVideoCaptureFrame, engine::sendCustomAudioCapturePCMData);
            stage.awaitEnd();
            ZegoExpressEngine.destroyEngine(null);
        }
    }

    @Override
    public void onRoomStateUpdate(String roomID, ZegoRoomState state, int errorCode, String extendedData) {
        Stage.say("room " + roomID + " is " + state + ", error " + errorCode);
        if (errorCode != 0 && state == ZegoRoomState.DISCONNECTED) {
            System.err.println(extendedData);
            stage.end();
        }
    }

    @Override
    public void onRoomStreamUpdate(
            String roomID, ZegoUpdateType updateType, List<ZegoStream> streamList, String extendedData) {
        for (ZegoStream stream : streamList) {
            Stage.say(updateType + " " + stream.streamID);
            ZegoExpressEngine engine = ZegoExpressEngine.getEngine();
            if (engine != null && updateType == ZegoUpdateType.ADD) {
                ZegoCanvas canvas = new ZegoCanvas(frame -> stage.show(stream.streamID, frame));
                canvas.speaker = chunk -> stage.hear(stream.streamID, chunk);
                engine.startPlayingStream(stream.streamID, canvas);
            }
        }
    }

    @Override
    public void onDebugError(int errorCode, String funcName, String info) {
        System.err.println(funcName + ": " + errorCode + " " + info);
    }
}
