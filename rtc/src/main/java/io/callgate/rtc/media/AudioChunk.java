package io.callgate.rtc.media;

/// A few milliseconds of sound.
///
/// @param pcm signed, 16 bits, little end first, channels interleaved; belongs to whoever got the chunk
/// @param sampleRate in Hz: 8000, 16000, 32000 or 48000
/// @param channels 1 or 2
public record AudioChunk(byte[] pcm, int sampleRate, int channels) {
    public AudioChunk {
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
    }

    /// Samples of one channel.
    public int frames() {
        return pcm.length / (2 * channels);
    }

    /// One sample, -32768 to 32767.
    public int sample(int frame, int channel) {
        int at = 2 * (frame * channels + channel);
        return (short) ((pcm[at] & 0xFF) | pcm[at + 1] << 8);
    }
}
