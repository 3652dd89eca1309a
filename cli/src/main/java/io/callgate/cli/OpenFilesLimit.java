package io.callgate.cli;

import io.callgate.model.ListenerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `ulimit -n` against what a relay needs: a socket a listener, allocation and connection.
final class OpenFilesLimit {
    private static final long OWN_FILES = 128; // jars, logs, event loops
    private static final long COMFORTABLE = 8192;
    private static final Pattern LINE = Pattern.compile("Max open files\\s+(\\d+|unlimited)\\s.*");

    private OpenFilesLimit() {}

    /// The limit of this process; empty where the system does not say (macOS, Windows) or sets none.
    static OptionalLong ofThisProcess() {
        try {
            return parse(Files.readAllLines(Path.of("/proc/self/limits")));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong parse(List<String> limits) {
        for (String line : limits) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches() && !matcher.group(1).equals("unlimited")) {
                return OptionalLong.of(Long.parseLong(matcher.group(1)));
            }
        }
        return OptionalLong.empty();
    }

    /// @return a warning, or an empty text
    /// @throws CommandFailed if the listeners alone do not fit
    static String check(OptionalLong limit, RelayConfig config, int loops) {
        if (limit.isEmpty()) {
            return "";
        }
        long listenerSockets = 0;
        for (ListenerState listener : config.effectiveListeners()) {
            long addresses = listener.address().isWildcard()
                    ? LocalAddresses.reachable(listener.address().isV4()).size() + 1L // and loopback
                    : 1;
            listenerSockets +=
                    addresses * listener.portCount() * listener.protocols().size() * loops;
        }
        long files = limit.getAsLong();
        long left = files - OWN_FILES - listenerSockets;
        if (left <= 0) {
            throw new CommandFailed("the limit of open files (ulimit -n) is " + files + ": too low for "
                    + Words.count(listenerSockets, "listener socket") + "; raise it, as in: ulimit -n 65536");
        }
        return left < COMFORTABLE
                ? "the limit of open files (ulimit -n) is " + files + ": room for about " + left
                        + " allocations and connections; raise it, as in: ulimit -n 65536"
                : "";
    }
}
