package io.callgate.rtc.media;

/// A few milliseconds of sound. What it holds belongs to whoever got it.
public final class AudioChunk {
    private final byte[] pcm;
    private final int sampleRate;
    private final int channels;

    /// @param pcm signed, 16 bits, little end first, channels interleaved; not copied
    /// @param sampleRate in Hz: 8000, 16000, 32000 or 48000
    /// @param channels 1 or 2
    public AudioChunk(byte[] pcm, int sampleRate, int channels) {
        if (sampleRate != 8000 && sampleRate != 16000 && sampleRate != 32000 && sampleRate != 48000) {
            throw new IllegalArgumentException("sample rate " + sampleRate + ": want 8000, 16000, 32000 or 48000");
        }
        if (channels != 1 && channels != 2) {
            throw new IllegalArgumentException(channels + " channels: want 1 or 2");
        }
        if (pcm.length == 0 || pcm.length % (2 * channels) != 0) {
            throw new IllegalArgumentException(
                    pcm.length + " bytes of sound: want whole samples of " + channels + " channels");
        }
        this.pcm = pcm;
        this.sampleRate = sampleRate;
        this.channels = channels;
    }

    public byte[] pcm() {
        return pcm;
    }

    public int sampleRate() {
        return sampleRate;
    }

    public int channels() {
        return channels;
    }

    /// Samples of one channel.
    public int frames() {
        return pcm.length / (2 * channels);
    }

    /// Whether it lasts as long as a microphone's chunks do.
    public boolean isTenMillis() {
        return frames() * 100 == sampleRate;
    }

    /// One sample, -32768 to 32767.
    public int sample(int frame, int channel) {
        int at = 2 * (frame * channels + channel);
        return (short) ((pcm[at] & 0xFF) | pcm[at + 1] << 8);
    }
}
