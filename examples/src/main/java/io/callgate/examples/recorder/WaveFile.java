package io.callgate.examples.recorder;

import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.AudioSink;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The sound of one stream as a WAV file. Its header is right after every chunk, so that a recorder that is killed
/// leaves a file that plays.
final class WaveFile implements AudioSink, Closeable {
    private static final int HEADER_BYTES = 44;

    private final RandomAccessFile file;
    private boolean isClosed; // guarded by this

    WaveFile(Path path) {
        try {
            file = new RandomAccessFile(path.toFile(), "rw");
            file.setLength(HEADER_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + path, e);
        }
    }

    @Override
    public synchronized void onAudio(AudioChunk chunk) {
        if (isClosed) {
            return;
        }
        try {
            file.seek(file.length());
            file.write(chunk.pcm());
            file.seek(0);
            file.write(header(chunk.sampleRate(), chunk.channels(), (int) file.length() - HEADER_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException("the recording ends here", e);
        }
    }

    private static byte[] header(int sampleRate, int channels, int pcmBytes) {
        int frameBytes = 2 * channels;
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                .putInt(HEADER_BYTES - 8 + pcmBytes)
                .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) 1) // PCM
                .putShort((short) channels)
                .putInt(sampleRate)
                .putInt(sampleRate * frameBytes)
                .putShort((short) frameBytes)
                .putShort((short) 16)
                .put("data".getBytes(StandardCharsets.US_ASCII))
                .putInt(pcmBytes)
                .array();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the recording may lack its end", e);
        }
    }
}
