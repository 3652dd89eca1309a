package io.callgate.rtc.testsignal;

import io.callgate.rtc.media.LocalAudio;
import io.callgate.rtc.media.LocalVideo;
import java.io.Closeable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Plays a numbered picture, thirty times a second, and a tone, until it is closed. A thread of its own.
public final class SignalSender implements Closeable {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final long FRAME_MILLIS = 33;
    private static final long CHUNK_MILLIS = 10;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread made = new Thread(work, "callgate-test-signal");
        made.setDaemon(true);
        return made;
    });
    private final LocalVideo camera;
    private final int number;
    private final Tone tone;
    private int step;

    public SignalSender(LocalAudio microphone, LocalVideo camera, int number, double hertz) {
        this.camera = camera;
        this.number = number;
        this.tone = new Tone(hertz);
        thread.scheduleAtFixedRate(
                () -> microphone.push(tone.next()), CHUNK_MILLIS, CHUNK_MILLIS, TimeUnit.MILLISECONDS);
        thread.scheduleAtFixedRate(this::sendPicture, 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void sendPicture() {
        camera.push(NumberedPicture.draw(WIDTH, HEIGHT, number, step++));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            thread.awaitTermination(1, TimeUnit.SECONDS); // what it pushes into may be gone next
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
