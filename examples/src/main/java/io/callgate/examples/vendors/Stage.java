package io.callgate.examples.vendors;

import io.callgate.client.CloudProxy;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Trust;
import io.callgate.examples.SystemTime;
import io.callgate.model.TimeSource;
import io.callgate.rtc.janus.JanusService;
import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.media.MediaStack;
import io.callgate.rtc.testsignal.NumberedPicture;
import io.callgate.rtc.testsignal.Tone;
import io.callgate.rtc.vendor.Cloud;
import io.callgate.rtc.webrtc.WebRtcMedia;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// What the three samples have in common: their arguments, and something to send.
final class Stage implements Closeable {
    private static final TimeSource TIME = new SystemTime();
    private static final int LOUD = 500; // of 32767
    private static final double PURE = 0.8; // of a chunk, for a tone to be known

    private final MediaStack media = WebRtcMedia.open(TIME);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private final Signal signal;
    private final HostPort relay;
    private final Trust trust;
    private final String janus;
    private final String room;
    private final String token;

    /// What a sample sends, so that whoever receives it knows whose it is.
    enum Signal {
        AGORA(1, 440),
        NERTC(2, 660),
        ZEGO(3, 1000);

        private final int number; // in the picture, as NumberedPicture reads it
        private final int hertz;

        Signal(int number, int hertz) {
            this.number = number;
            this.hertz = hertz;
        }
    }

    private Stage(String[] args, Signal signal, String token) throws IOException {
        this.signal = signal;
        this.relay = HostPort.parse(args[0], 443);
        this.trust = Trust.authorities(Files.readAllBytes(Path.of(args[1])));
        this.janus = args[2];
        this.room = args[3];
        this.token = token;
    }

    /// @param args relay as HOST:PORT, its certificate in PEM, the URL of Janus, the room; the user's token is in
    ///     `CALLGATE_TOKEN`
    static Stage of(String[] args, Signal signal) throws IOException {
        String token = System.getenv("CALLGATE_TOKEN");
        if (args.length != 4 || token == null) {
            System.err.println("usage: RELAY CERTIFICATE JANUS ROOM, and CALLGATE_TOKEN");
            System.exit(2);
            throw new IllegalStateException("unreachable");
        }
        return new Stage(args, signal, token);
    }

    Cloud cloud() {
        return Cloud.of(TIME, JanusService.at(janus, TIME), media)
                .withProxies(() -> CloudProxy.builder(TIME).trust(trust))
                .withEntries(relay.toString());
    }

    HostPort relay() {
        return relay;
    }

    String room() {
        return room;
    }

    String token() {
        return token;
    }

    /// A picture thirty times a second and a tone.
    void play(Consumer<I420Frame> camera, Consumer<AudioChunk> microphone) {
        Tone tone = new Tone(signal.hertz);
        AtomicInteger step = new AtomicInteger();
        clock.scheduleAtFixedRate(() -> microphone.accept(tone.next()), 10, 10, TimeUnit.MILLISECONDS);
        clock.scheduleAtFixedRate(
                () -> camera.accept(NumberedPicture.draw(320, 240, signal.number, step.getAndIncrement())),
                33,
                33,
                TimeUnit.MILLISECONDS);
    }

    /// Takes a picture from somebody else, and says once what it shows.
    void show(String sender, I420Frame frame) {
        OptionalInt number = NumberedPicture.read(frame);
        once(sender + " shows " + (number.isPresent() ? "number " + number.getAsInt() : "a picture"));
    }

    /// Takes sound from somebody else, and says once what it is.
    void hear(String sender, AudioChunk chunk) {
        if (isLoud(chunk)) {
            once(sender + " is heard");
            for (Signal each : Signal.values()) {
                if (Tone.share(chunk, each.hertz) > PURE) {
                    once(sender + " sounds at " + each.hertz + " Hz");
                }
            }
        }
    }

    private void once(String what) {
        if (said.add(what)) {
            say(what);
        }
    }

    private static boolean isLoud(AudioChunk chunk) {
        for (int frame = 0; frame < chunk.frames(); frame++) {
            if (Math.abs(chunk.sample(frame, 0)) > LOUD) {
                return true;
            }
        }
        return false;
    }

    static void say(String what) {
        System.out.println(what);
    }

    /// The call is over, for good or ill.
    void end() {
        over.countDown();
    }

    void awaitEnd() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(over::countDown));
        over.await();
    }

    /// After the engine.
    @Override
    public void close() {
        clock.shutdownNow();
        media.close();
    }
}
