package io.callgate.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The golden packets in `src/test/packets`: one a file, hexadecimal, its origin in a comment line.
public final class Packets {
    private static final Path DIRECTORY = Path.of("src/test/packets");
    private static final String SUFFIX = ".hex";

    private Packets() {}

    public static byte[] read(String name) {
        try (Stream<String> lines = Files.lines(DIRECTORY.resolve(name + SUFFIX))) {
            return HexFormat.of()
                    .parseHex(lines.filter(line -> !line.startsWith("#"))
                            .collect(Collectors.joining())
                            .replace(" ", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<String> names() {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<String> stunNames() {
        return names().stream()
                .filter(name -> !name.contains("channel-data") && !name.startsWith("socks5"))
                .toList();
    }

    public static List<String> channelDataNames() {
        return names().stream().filter(name -> name.contains("channel-data")).toList();
    }

    /// The packet in the middle of other bytes, all ones, so that a read or write beside it shows.
    public static ByteBuffer amid(byte[] packet, int offset, int behind) {
        ByteBuffer memory = ByteBuffer.allocateDirect(offset + packet.length + behind);
        for (int i = 0; i < memory.capacity(); i++) {
            memory.put(i, (byte) 0xFF);
        }
        return memory.put(offset, packet);
    }
}
