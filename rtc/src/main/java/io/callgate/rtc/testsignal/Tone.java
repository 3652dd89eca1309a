package io.callgate.rtc.testsignal;

import io.callgate.rtc.media.AudioChunk;

/// A sine of one pitch, ten milliseconds at a time.
public final class Tone {
    private static final int SAMPLE_RATE = 48_000;
    private static final int FRAMES = SAMPLE_RATE / 100;
    private static final double LOUDNESS = 10_000;

    private final double step;
    private double phase;

    /// @param hertz the pitch
    public Tone(double hertz) {
        this.step = 2 * Math.PI * hertz / SAMPLE_RATE;
    }

    public AudioChunk next() {
        byte[] pcm = new byte[2 * FRAMES];
        for (int i = 0; i < FRAMES; i++) {
            int sample = (int) (LOUDNESS * Math.sin(phase));
            phase += step;
            pcm[2 * i] = (byte) sample;
            pcm[2 * i + 1] = (byte) (sample >> 8);
        }
        return new AudioChunk(pcm, SAMPLE_RATE, 1);
    }

    /// How much of a chunk is that pitch, 0 to 1, by Goertzel's algorithm.
    public static double share(AudioChunk chunk, double hertz) {
        double coefficient = 2 * Math.cos(2 * Math.PI * hertz / chunk.sampleRate());
        double before = 0;
        double beforeThat = 0;
        double energy = 0;
        for (int i = 0; i < chunk.frames(); i++) {
            double sample = chunk.sample(i, 0);
            double now = sample + coefficient * before - beforeThat;
            beforeThat = before;
            before = now;
            energy += sample * sample;
        }
        double power = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
        return energy == 0 ? 0 : Math.min(1, 2 * power / (energy * chunk.frames()));
    }
}
