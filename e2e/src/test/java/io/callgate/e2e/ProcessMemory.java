package io.callgate.e2e;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// All that a running process has in memory that it may write to (proc(5): `maps` and `mem`), searched for text:
/// heap, stacks, buffers and what the collector has not overwritten yet.
final class ProcessMemory {
    private static final int CHUNK_BYTES = 1 << 20;

    private ProcessMemory() {}

    /// Whether the text is somewhere as ASCII bytes, which is how the JVM keeps strings of that kind too.
    static boolean holds(long pid, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        try (RandomAccessFile memory = new RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
                String[] fields = line.split(" +", -1);
                String[] range = fields[0].split("-", -1);
                boolean isWritable = fields[1].startsWith("rw");
                if (isWritable && holds(memory, Long.parseLong(range[0], 16), Long.parseLong(range[1], 16), wanted)) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the memory of process " + pid, e);
        }
    }

    private static boolean holds(RandomAccessFile memory, long from, long until, byte[] wanted) {
        byte[] chunk = new byte[CHUNK_BYTES + wanted.length];
        for (long start = from; start < until; start += CHUNK_BYTES) {
            try {
                memory.seek(start);
                int bytes = memory.read(chunk, 0, (int) Math.min(chunk.length, until - start));
                if (indexOf(chunk, bytes, wanted) >= 0) return true;
            } catch (IOException e) {
                // Reserved but never touched, or the kernel's own: there is nothing to read.
            }
        }
        return false;
    }

    private static int indexOf(byte[] chunk, int bytes, byte[] wanted) {
        for (int start = 0; start <= bytes - wanted.length; start++) {
            if (chunk[start] != wanted[0]) continue;
            int matched = 1;
            while (matched < wanted.length && chunk[start + matched] == wanted[matched]) matched++;
            if (matched == wanted.length) return start;
        }
        return -1;
    }
}
