package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.testkit.FreePort;
import io.callgate.testkit.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A company's HTTP proxy: Debian's squid on loopback, with Basic. Started by root it becomes the user `proxy` by
/// itself, so its files are that user's.
record Squid(int port, LabProcess process, Path folder) implements AutoCloseable {
    static final String NAME = "corp";
    static final String PASSWORD = "secret";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path HELPERS = Path.of("/usr/lib/squid");
    private static final String CERTIFICATES_OF = HELPERS.resolve("security_file_certgen") + " -s %s/made -M 4MB";

    /// Opens tunnels to port `open` for whoever has the login.
    static Squid start(int open) throws IOException {
        return start(open, newFolder(), "", "");
    }

    /// The same, and looks into what is TLS with certificates of its own, issued by "Corp Inspection CA".
    static Squid inspecting(int open) throws IOException {
        Path folder = newFolder();
        run(List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=Corp Inspection CA",
                "-keyout",
                folder + "/ca-key.pem",
                "-out",
                folder + "/ca.pem"));
        String helper = CERTIFICATES_OF.formatted(folder);
        run(List.of((helper + " -c").split(" ", -1)));
        return start(
                open, folder, " ssl-bump tls-cert=%1$s/ca.pem tls-key=%1$s/ca-key.pem".formatted(folder), """
                    sslcrtd_program %s
                    sslcrtd_children 1
                    ssl_bump bump all
                    sslproxy_cert_error allow all
                    tls_outgoing_options flags=DONT_VERIFY_PEER
                    """.formatted(
                                helper));
    }

    private static Squid start(int open, Path folder, String ofListener, String more) throws IOException {
        int port = FreePort.take();
        String hash = run(List.of("openssl", "passwd", "-apr1", PASSWORD)).strip();
        Files.writeString(folder.resolve("logins"), NAME + ":" + hash + "\n");
        Path config = Files.writeString(
                folder.resolve("squid.conf"), """
                    http_port 127.0.0.1:%1$d%2$s
                    auth_param basic program %3$s/basic_ncsa_auth %4$s/logins
                    acl known proxy_auth REQUIRED
                    acl open port %5$d
                    http_access deny !open
                    http_access allow known
                    http_access deny all
                    %6$s
                    cache deny all
                    access_log none
                    cache_log %4$s/cache.log
                    pid_filename none
                    coredump_dir %4$s
                    shutdown_lifetime 0 seconds
                    """.formatted(port, ofListener, HELPERS, folder, open, more));
        giveAway(folder);
        LabProcess process = LabProcess.start(
                "squid",
                // A name of its own, because what it shares with its helpers in memory is called by it.
                new ProcessBuilder("/usr/sbin/squid", "-N", "-n", "on" + port, "-d", "1", "-f", config.toString()),
                folder.resolve("squid.log"));
        process.awaitLine(Pattern.compile("Accepting .*connections at"), PATIENCE);
        Await.until("squid listens", PATIENCE, () -> listens(port)); // it says so a moment before it does
        return new Squid(port, process, folder);
    }

    private static boolean listens(int port) {
        try (Socket taken = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return taken.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static Path newFolder() throws IOException {
        return Files.createTempDirectory("callgate-squid-");
    }

    private static void giveAway(Path folder) throws IOException {
        if (!Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) return;
        UserPrincipal proxy =
                folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("proxy");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) Files.setOwner(file, proxy);
        }
    }

    private static String run(List<String> command) {
        ProgramRun run = ProgramRun.of(command);
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output();
    }

    @Override
    public void close() {
        process.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
