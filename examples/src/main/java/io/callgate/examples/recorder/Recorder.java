package io.callgate.examples.recorder;

import io.callgate.client.CloudProxy;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Trust;
import io.callgate.examples.SystemTime;
import io.callgate.model.RequestedMode;
import io.callgate.model.TimeSource;
import io.callgate.rtc.RtcEngine;
import io.callgate.rtc.RtcEvents;
import io.callgate.rtc.janus.JanusService;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.service.JoinRequest;
import io.callgate.rtc.service.RemoteStream;
import io.callgate.rtc.service.StreamSinks;
import io.callgate.rtc.webrtc.WebRtcMedia;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// Enters a room through the relay and writes what everybody says and shows to two files each.
public final class Recorder implements RtcEvents {
    private static final TimeSource TIME = new SystemTime();

    private final Path folder;
    private final Map<String, Recording> recordings = new ConcurrentHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final RtcEngine engine;

    private Recorder(Path folder, String relay, Trust trust, String janus, MediaStack media) {
        this.folder = folder;
        this.engine = RtcEngine.builder(TIME)
                .service(JanusService.at(janus, TIME))
                .media(media)
                .proxy(() -> CloudProxy.builder(TIME).entry(relay).trust(trust))
                .mode(RequestedMode.STANDARD)
                .events(this)
                .build();
    }

    /// @param args relay as HOST:PORT, its certificate in PEM, the URL of Janus, the room, the folder to write to;
    ///     the token of the user `recorder` is in `CALLGATE_TOKEN`
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 5 || System.getenv("CALLGATE_TOKEN") == null) {
            System.err.println("usage: Recorder RELAY CERTIFICATE JANUS ROOM FOLDER, and CALLGATE_TOKEN");
            System.exit(2);
        }
        Trust trust = Trust.authorities(Files.readAllBytes(Path.of(args[1])));
        Path folder = Files.createDirectories(Path.of(args[4]));
        try (MediaStack media = WebRtcMedia.open(TIME)) {
            Recorder recorder = new Recorder(folder, args[0], trust, args[2], media);
            Thread main = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> recorder.stop(main)));
            recorder.engine.join(JoinRequest.of(args[3], "recorder", System.getenv("CALLGATE_TOKEN")));
            recorder.over.await();
            recorder.engine.close();
            recorder.recordings.values().forEach(Recording::end);
        }
    }

    /// By Ctrl-C; the files get their ends before the program does.
    private void stop(Thread main) {
        over.countDown();
        try {
            main.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onPathInUse(EffectivePath path, boolean byFallback, String relay, Duration elapsed) {
        System.out.println("in the room by " + path + " through " + relay + " after " + elapsed.toMillis() + " ms");
    }

    @Override
    public void onStreamAdded(RemoteStream stream) {
        String name = stream.name().replaceAll("[^A-Za-z0-9._-]", "_");
        Recording recording =
                new Recording(new WaveFile(folder.resolve(name + ".wav")), new PictureFile(folder, name, TIME));
        recordings.put(stream.name(), recording);
        engine.subscribe(stream.name(), StreamSinks.of(recording.sound, recording.pictures));
        System.out.println("recording " + stream.user() + " to " + folder.resolve(name) + ".wav and .y4m");
    }

    @Override
    public void onStreamRemoved(RemoteStream stream) {
        Recording recording = recordings.remove(stream.name());
        if (recording != null) {
            recording.end();
            System.out.println(stream.user() + " has ended");
        }
    }

    @Override
    public void onCallFailed(Failure failure) {
        System.err.println(failure);
        over.countDown();
    }

    private record Recording(WaveFile sound, PictureFile pictures) {
        void end() {
            sound.close();
            pictures.close();
        }
    }
}
