package io.callgate.cli;

import io.callgate.cli.OperationConfig.SessionRecords;
import io.callgate.model.SessionRecord;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes session records to a file that rotates by size. Calls never wait for it: records go into a bounded
/// queue, one thread writes them, and what cannot be written is counted, said once, and given up.
final class SessionFile implements Consumer<SessionRecord>, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SessionFile.class);
    private static final int QUEUE_RECORDS = 8_192;

    /// Refused clients may try as often as they like: the file takes so many of them a second.
    private static final int REFUSED_PER_SECOND = 10;

    private static final Duration TELL_LEFT_OUT = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final Duration LAST_WRITES = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 500;

    private final TimeSource time;
    private final BlockingQueue<SessionRecord> queue = new ArrayBlockingQueue<>(QUEUE_RECORDS);
    private final RateWindow refused = new RateWindow(REFUSED_PER_SECOND, Duration.ofSeconds(1));
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final Thread writer;
    private volatile Optional<SessionRecords> wanted = Optional.empty();
    private volatile boolean reopens;
    private volatile boolean ends;

    // Of the writer alone
    private Optional<SessionRecords> inUse = Optional.empty();
    private @Nullable FileChannel file;
    private long fileBytes;
    private long leftOutTold;
    private long leftOutToldAtNanos;
    private boolean isBroken;
    private boolean endsInMidLine;
    private long retryAtNanos;

    /// What became of the records since start.
    ///
    /// @param leftOut of refused clients that came too fast, with a line that says how many
    /// @param lost because the queue was full or the file could not be written
    record Totals(long written, long leftOut, long lost) {}

    SessionFile(TimeSource time) {
        this.time = time;
        this.leftOutToldAtNanos = time.nanos();
        this.writer = new Thread(this::run, "session-records");
        writer.setDaemon(true);
    }

    /// @throws CommandFailed if no file can be written there
    static void require(Optional<SessionRecords> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        Path path = wanted.get().file();
        try {
            channel(path).close();
        } catch (NoSuchFileException e) {
            throw new CommandFailed(
                    "cannot write session records to " + path + ": there is no folder " + path.getParent(), e);
        } catch (IOException e) {
            String reason = e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
            throw new CommandFailed("cannot write session records to " + path + ": " + reason, e);
        }
    }

    /// Writes there from now on. Called by one thread.
    void become(Optional<SessionRecords> next) {
        wanted = next;
        if (next.isPresent() && writer.getState() == Thread.State.NEW) {
            writer.start();
        }
    }

    /// Opens the file anew before the next record: something else has moved it away.
    void reopen() {
        reopens = true;
    }

    Totals totals() {
        return new Totals(written.get(), leftOut.get(), lost.get());
    }

    /// Takes a record, on any thread, and returns at once.
    @Override
    public void accept(SessionRecord record) {
        if (wanted.isEmpty()) {
            return;
        }
        if (record.isRefused() && !refused.take(time.nanos())) {
            leftOut.incrementAndGet();
        } else if (!queue.offer(record)) {
            lost.incrementAndGet();
        }
    }

    /// Writes what is queued, and no more.
    @Override
    public void close() {
        ends = true;
        try {
            if (writer.isAlive()) {
                writer.join(LAST_WRITES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // -------------------------------------------------------------------------------------------------- the writer

    private void run() {
        try {
            while (!ends || !queue.isEmpty()) {
                SessionRecord record = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                follow();
                if (record != null) {
                    write(record);
                }
                if (time.nanos() - leftOutToldAtNanos >= TELL_LEFT_OUT.toNanos()) {
                    tellLeftOut();
                }
            }
            tellLeftOut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does: the process ends
        } finally {
            closeFile();
        }
    }

    /// The configuration, and who moves files away.
    private void follow() {
        Optional<SessionRecords> next = wanted;
        if (!next.equals(inUse) || reopens) {
            reopens = false;
            closeFile();
            retryAtNanos = time.nanos();
            inUse = next;
        }
    }

    private void write(SessionRecord record) {
        if (inUse.isEmpty()) {
            return; // switched off while it was queued
        }
        if (write(SessionLine.of(record, inUse.get().clientAddresses()))) {
            written.incrementAndGet();
        } else {
            lost.incrementAndGet();
        }
    }

    private void tellLeftOut() {
        leftOutToldAtNanos = time.nanos();
        long count = leftOut.get();
        if (count > leftOutTold && inUse.isPresent() && write(SessionLine.leftOut(count - leftOutTold, time.now()))) {
            leftOutTold = count;
        }
    }

    /// @return false if the line is lost
    private boolean write(String line) {
        if (isBroken && time.nanos() - retryAtNanos < 0) {
            return false;
        }
        SessionRecords to = inUse.orElseThrow();
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            FileChannel open = file == null ? open(to) : file;
            if (fileBytes > 0 && fileBytes + bytes.length > to.maxBytes()) {
                closeFile();
                rotate(to);
                open = open(to);
            }
            append(open, bytes);
        } catch (IOException e) {
            onFailure(to, e);
            return false;
        }
        if (isBroken) {
            isBroken = false;
            log.atInfo()
                    .addKeyValue("file", to.file())
                    .addKeyValue("lost", lost.get())
                    .log("sessions.written.again");
        }
        return true;
    }

    private FileChannel open(SessionRecords to) throws IOException {
        FileChannel opened = channel(to.file());
        file = opened;
        fileBytes = opened.size();
        return opened;
    }

    private static FileChannel channel(Path path) throws IOException {
        return FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                WholeFile.mode(WholeFile.OWNER_ONLY));
    }

    private void append(FileChannel open, byte[] bytes) throws IOException {
        ByteBuffer rest = endsInMidLine
                ? ByteBuffer.allocate(bytes.length + 1)
                        .put((byte) '\n')
                        .put(bytes)
                        .flip()
                : ByteBuffer.wrap(bytes);
        int total = rest.remaining();
        try {
            while (rest.hasRemaining()) {
                open.write(rest);
            }
            endsInMidLine = false;
        } finally {
            int done = total - rest.remaining();
            fileBytes += done;
            endsInMidLine |= done > 0 && rest.hasRemaining(); // the disk was full in the middle of it
        }
    }

    /// `sessions.jsonl` becomes `.1`, `.1` becomes `.2`; the last one goes.
    private static void rotate(SessionRecords to) throws IOException {
        for (int number = to.maxFiles() - 1; number >= 1; number--) {
            Path from = numbered(to.file(), number - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(to.file(), number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (to.maxFiles() == 1) {
            Files.deleteIfExists(to.file());
        }
        // What an earlier configuration kept beyond the number of this one.
        for (int number = to.maxFiles(); Files.deleteIfExists(numbered(to.file(), number)); number++) {}
    }

    private static Path numbered(Path file, int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }

    private void onFailure(SessionRecords to, IOException failure) {
        closeFile();
        retryAtNanos = time.nanos() + RETRY.toNanos();
        if (!isBroken) {
            isBroken = true;
            log.atWarn()
                    .addKeyValue("file", to.file())
                    .addKeyValue("cause", failure.toString())
                    .log("sessions.not.written");
        }
    }

    private void closeFile() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Every line has been handed to the system; there is nothing left to lose.
            }
            file = null;
        }
    }
}
