package io.callgate.e2e;

import io.callgate.rtc.media.AudioChunk;
import io.callgate.rtc.media.I420Frame;
import io.callgate.rtc.testsignal.NumberedPicture;
import io.callgate.rtc.testsignal.Tone;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the example `recorder.Recorder` has written.
final class Recording {
    private static final Pattern SIZE = Pattern.compile("YUV4MPEG2 W(\\d+) H(\\d+) F15:1 .*");
    private static final int WAVE_HEADER_BYTES = 44;

    private Recording() {}

    /// 0 while there is no file.
    static long bytes(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The numbers in its pictures, of those that can be read.
    static List<Integer> numbers(Path y4m) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(y4m))) {
            Matcher size = SIZE.matcher(line(in));
            if (!size.matches()) {
                throw new IOException("no header of pictures: " + y4m);
            }
            int width = Integer.parseInt(size.group(1));
            int height = Integer.parseInt(size.group(2));
            int half = I420Frame.half(width);
            while (line(in).equals("FRAME")) {
                ByteBuffer y = ByteBuffer.wrap(in.readNBytes(width * height));
                ByteBuffer u = ByteBuffer.wrap(in.readNBytes(half * I420Frame.half(height)));
                ByteBuffer v = ByteBuffer.wrap(in.readNBytes(half * I420Frame.half(height)));
                NumberedPicture.read(new I420Frame(width, height, 0, 0, y, u, v, width, half, half))
                        .ifPresent(numbers::add);
            }
        }
        return numbers;
    }

    /// Which part of its sound is this pitch, 0 to 1.
    static double pitch(Path wav, int hertz) throws IOException {
        byte[] file = Files.readAllBytes(wav);
        ByteBuffer header = ByteBuffer.wrap(file, 0, WAVE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int channels = header.getShort(22);
        int sampleRate = header.getInt(24);
        int chunkBytes = sampleRate / 100 * 2 * channels;
        int chunks = (file.length - WAVE_HEADER_BYTES) / chunkBytes;
        int matching = 0;
        for (int i = 0; i < chunks; i++) {
            int from = WAVE_HEADER_BYTES + i * chunkBytes;
            AudioChunk chunk = new AudioChunk(Arrays.copyOfRange(file, from, from + chunkBytes), sampleRate, channels);
            matching += Tone.share(chunk, hertz) > 0.8 ? 1 : 0;
        }
        return (double) matching / Math.max(1, chunks);
    }

    /// Without its end; empty at the end of the file.
    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
