package io.callgate.e2e;

import io.callgate.testkit.Host;
import io.callgate.testkit.LabException;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A [RtcPeer] on a host of the laboratory: a JVM of its own, so that what native code does to it is done
/// to no test.
final class RtcPeople implements AutoCloseable {
    private static final Duration DUMP_LIMIT = Duration.ofSeconds(10);
    private static final int FRAMES_SHOWN = 12;

    private final LabProcess process;

    private RtcPeople(LabProcess process) {
        this.process = process;
    }

    /// @param label names its file and its log
    /// @param told what it is told, for its owner's eyes only
    static RtcPeople start(Host host, Path folder, String label, Properties told) {
        return start(RtcPeer.class, host, folder, label, told);
    }

    /// @param program with a `main` that takes the file's path
    static RtcPeople start(Class<?> program, Host host, Path folder, String label, Properties told) {
        Path file = folder.resolve(label + ".properties");
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (Writer writer = Files.newBufferedWriter(file)) {
                told.store(writer, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC", // a heap of one size, so that growth is libwebrtc's
                "-XX:TieredStopAtLevel=1", // starts sooner; what is measured is libwebrtc's
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                file.toString()));
        // With an arena of memory for each thread, what is free in one is missing in the next.
        return new RtcPeople(host.start(label, command, Map.of("MALLOC_ARENA_MAX", "2")));
    }

    /// @throws LabException if it is not said in time; the message has what its threads do instead
    String await(String pattern, Duration limit) {
        return awaitAfter(0, pattern, limit);
    }

    int mark() {
        return process.lineCount();
    }

    String awaitAfter(int mark, String pattern, Duration limit) {
        try {
            return process.awaitLineAfter(mark, Pattern.compile(pattern), limit);
        } catch (LabException e) {
            throw process.isAlive() ? new LabException(e.getMessage() + "\n" + threads(), e) : e;
        }
    }

    /// Where each of Callgate's threads stands, as the JVM tells when it is asked by a signal.
    private String threads() {
        int mark = process.lineCount();
        process.signal("QUIT");
        process.awaitLineAfter(mark, Pattern.compile("^JNI global refs"), DUMP_LIMIT);
        String dump = process.output().lines().skip(mark).collect(Collectors.joining("\n"));
        return Stream.of(dump.split("\n\n"))
                .filter(thread -> thread.startsWith("\"callgate"))
                .map(thread -> thread.lines().limit(FRAMES_SHOWN).collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n"));
    }

    String output() {
        return process.output();
    }

    /// Numbers that lines of that kind hold, in order: `gap .* millis=(\d+)`.
    List<Long> numbers(String pattern) {
        return numbersAfter(0, pattern);
    }

    /// The same, without the first lines.
    List<Long> numbersAfter(int mark, String pattern) {
        List<Long> found = new ArrayList<>();
        String later = process.output().lines().skip(mark).collect(Collectors.joining("\n"));
        Matcher matcher = Pattern.compile(pattern).matcher(later);
        while (matcher.find()) found.add(Long.parseLong(matcher.group(1)));
        return found;
    }

    /// Asks it to end, and waits until it has.
    void end(Duration limit) {
        process.signal("TERM");
        process.awaitEnd(limit);
    }

    int awaitEnd(Duration limit) {
        return process.awaitEnd(limit);
    }

    @Override
    public void close() {
        process.close();
    }
}
