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
import java.util.stream.Stream;

/// The RTC cloud: a real SFU, Janus with the VideoRoom plugin and nothing else, signalling over a WebSocket, with
/// TLS too where it is given a certificate.
final class Janus {
    static final int SIGNALLING_PORT = 8188;
    private static final int SECURE_PORT = 8989;

    private static final Path LIBRARIES = Path.of("/usr/lib");

    private Janus() {}

    /// For engines that claim a session again by a new WebSocket; a page's session ends with its own.
    static final Duration TO_RECLAIM = Duration.ofSeconds(20);

    /// Starts it in `cloud`; it ends with the laboratory.
    ///
    /// @param toReclaim how long a session outlives its WebSocket, and goes on sending
    static void start(Host cloud, Path folder, Duration toReclaim) throws IOException {
        start(cloud, cloud.address(), folder, toReclaim, Optional.empty());
    }

    /// @param address of the cloud's, where it takes signalling
    /// @param authority whose certificate it shows by `wss`; it has no such port without
    static void start(Host cloud, String address, Path folder, Duration toReclaim, Optional<LabAuthority> authority)
            throws IOException {
        Path modules = modules();
        Path plugins = Files.createDirectories(folder.resolve("plugins"));
        Files.createSymbolicLink(
                plugins.resolve("libjanus_videoroom.so"), modules.resolve("plugins/libjanus_videoroom.so"));
        Path transports = Files.createDirectories(folder.resolve("transports"));
        Files.createSymbolicLink(
                transports.resolve("libjanus_websockets.so"), modules.resolve("transports/libjanus_websockets.so"));
        Path none = Files.createDirectories(folder.resolve("none"));
        Files.writeString(folder.resolve("janus.jcfg"), """
            general: {
              configs_folder = "%s"
              plugins_folder = "%s"
              transports_folder = "%s"
              events_folder = "%s"
              loggers_folder = "%s"
              debug_level = 4
              debug_colors = false
              reclaim_session_timeout = %d
            }
            media: { rtp_port_range = "20000-40000" }
            """.formatted(
                        folder, plugins, transports, none, none, toReclaim.toSeconds()));
        Files.writeString(folder.resolve("janus.transport.websockets.jcfg"), """
            general: { json = "compact", ws = true, ws_port = %d, ws_ip = "%s", %s }
            admin: { admin_ws = false, admin_wss = false }
            %s
            """.formatted(
                        SIGNALLING_PORT,
                        address,
                        authority.isPresent() ? secure(address) : "wss = false",
                        authority.map(Janus::certificate).orElse("")));
        Files.writeString(folder.resolve("janus.plugin.videoroom.jcfg"), "general: { }\n");

        LabProcess janus = cloud.start(
                "janus",
                List.of("janus", "--disable-colors", "-F", folder.toString(), "-C", folder + "/janus.jcfg"),
                Map.of());
        janus.awaitLine(Pattern.compile("WebSockets thread started"), Duration.ofSeconds(20));
    }

    private static String secure(String address) {
        return "wss = true, wss_port = %d, wss_ip = \"%s\"".formatted(SECURE_PORT, address);
    }

    private static String certificate(LabAuthority authority) {
        return "certificates: { cert_pem = \"%s\", cert_key = \"%s\" }"
                .formatted(authority.relayCertificate(), authority.relayKey());
    }

    static String secureUrl(String address) {
        return "wss://" + address + ":" + SECURE_PORT;
    }

    static String signallingUrl(Host cloud) {
        return signallingUrl(cloud.address());
    }

    static String signallingUrl(String address) {
        return "ws://" + address + ":" + SIGNALLING_PORT;
    }

    /// Where Debian puts Janus's modules: under the machine's architecture.
    private static Path modules() throws IOException {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return folders.map(folder -> folder.resolve("janus"))
                    .filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no folder janus under " + LIBRARIES + "/*: is it installed?"));
        }
    }
}
