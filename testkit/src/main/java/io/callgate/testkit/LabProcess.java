package io.callgate.testkit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A process that lives as long as a test needs it, in the laboratory or out of it. What it prints (both streams)
/// goes to its log file and can be waited for. It is ended by its own id, politely first.
public final class LabProcess implements AutoCloseable {
    private static final Duration POLITE = Duration.ofSeconds(3);
    private static final int LINES_SHOWN = 15;

    private final String label;
    private final Process process;
    private final Path log;
    private final Object lock = new Object();
    private final List<String> lines = new ArrayList<>(); // lock
    private boolean ended; // lock: the output has ended, so no more lines can come

    private LabProcess(String label, Process process, Path log) {
        this.label = label;
        this.process = process;
        this.log = log;
    }

    /// @param label names the log file and the messages
    public static LabProcess start(String label, ProcessBuilder builder, Path log) {
        try {
            Process process = builder.redirectErrorStream(true).start();
            process.getOutputStream().close();
            LabProcess started = new LabProcess(label, process, log);
            // Not a virtual one: reading a pipe holds its carrier, and a laboratory has a dozen of these.
            Thread.ofPlatform().daemon().name("log of " + label).start(started::readOutput);
            return started;
        } catch (IOException e) {
            throw new LabException("cannot start " + label + ": " + String.join(" ", builder.command()), e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    /// Waits until the process has printed a line in which `pattern` is found, and returns that line.
    ///
    /// @throws LabException if the output ends first or `limit` is over; the message has the last lines
    public String awaitLine(Pattern pattern, Duration limit) {
        return awaitLineAfter(0, pattern, limit);
    }

    /// How many lines the process has printed so far; a place from which [#awaitLineAfter] can go on.
    public int lineCount() {
        synchronized (lock) {
            return lines.size();
        }
    }

    /// As [#awaitLine], among the lines after the first `skipped` ones.
    public String awaitLineAfter(int skipped, Pattern pattern, Duration limit) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        try {
            synchronized (lock) {
                for (int next = skipped; ; next++) {
                    while (next >= lines.size()) {
                        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                        if (ended) throw new LabException(label + " ended before it said " + pattern + tail());
                        if (leftMillis <= 0)
                            throw new LabException(label + " did not say " + pattern + " in " + limit + tail());
                        lock.wait(leftMillis);
                    }
                    if (pattern.matcher(lines.get(next)).find()) return lines.get(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + label, e);
        }
    }

    /// Waits until the process has ended by itself.
    ///
    /// @return its exit code
    /// @throws LabException if it is still running after `limit`
    public int awaitEnd(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new LabException(label + " still runs after " + limit);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + label, e);
        }
    }

    /// Everything printed so far.
    public String output() {
        synchronized (lock) {
            return String.join("\n", lines);
        }
    }

    /// Sends a signal by its name without SIG (`HUP`).
    public void signal(String name) {
        SystemCommand.run(List.of("kill", "-" + name, Long.toString(pid())));
    }

    /// Ends the process: SIGTERM, then SIGKILL if it takes more than 3 s. Its children are left to [NetLab].
    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(POLITE.toMillis(), TimeUnit.MILLISECONDS)) return;
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
                BufferedWriter writer = Files.newBufferedWriter(log)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                writer.write(line);
                writer.newLine();
                writer.flush();
                synchronized (lock) {
                    lines.add(line);
                    lock.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (lock) {
                lines.add("(the output of " + label + " cannot be read any more: " + e.getMessage() + ")");
            }
        } finally {
            synchronized (lock) {
                ended = true;
                lock.notifyAll();
            }
        }
    }

    private String tail() {
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        return "; see " + log + "\n  " + String.join("\n  ", last);
    }
}
