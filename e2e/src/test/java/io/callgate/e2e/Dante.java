package io.callgate.e2e;

import io.callgate.testkit.Host;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The SOCKS5 proxy that a company has for its staff: for everybody in corp, without a login, TCP to everywhere.
final class Dante implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/danted");
    private static final int PORT = 1080;
    private static final Duration READY_LIMIT = Duration.ofSeconds(20);

    private final Host host;
    private final LabProcess process;

    private Dante(Host host, LabProcess process) {
        this.host = host;
        this.process = process;
    }

    /// Why this machine cannot have it; empty if it can.
    static Optional<String> obstacle() {
        return Files.isExecutable(PROGRAM) ? Optional.empty() : Optional.of("there is no " + PROGRAM);
    }

    /// @param outside the name of the interface that leads to where it is to connect
    static Dante on(Host host, String outside, Path folder) throws IOException {
        Path file = folder.resolve("danted.conf");
        Files.writeString(file, """
            logoutput: stderr
            internal: %s port = %d
            external: %s
            clientmethod: none
            socksmethod: none
            user.privileged: root
            user.unprivileged: nobody
            client pass {
              from: 0.0.0.0/0 to: 0.0.0.0/0
            }
            socks pass {
              from: 0.0.0.0/0 to: 0.0.0.0/0
              protocol: tcp
              command: connect
              log: connect error
            }
            """.formatted(host.address(), PORT, outside));
        LabProcess process = host.start(
                "danted",
                List.of(
                        PROGRAM.toString(),
                        "-f",
                        file.toString(),
                        "-p",
                        folder.resolve("danted.pid").toString()),
                Map.of());
        process.awaitLine(Pattern.compile("running$"), READY_LIMIT);
        return new Dante(host, process);
    }

    /// As Agora's `rtc.proxy_server` has it.
    String typeZero() {
        return "[0, \"%s\", %d]".formatted(host.address(), PORT);
    }

    String log() {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
