package io.callgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A private PostgreSQL for tests, in a temporary folder, on a free port of loopback, gone with the process.
///
/// One for a whole test run: making it takes seconds. It runs as the user `postgres` where the tests run as root,
/// for PostgreSQL refuses root.
public final class PostgresServer {
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
    private static final long START_SECONDS = 60;

    private static Optional<PostgresServer> shared = Optional.empty();

    private final Path folder;
    private final int port;

    private PostgresServer(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /// Why there can be none here; empty if there can.
    public static Optional<String> reasonAgainst() {
        if (!Files.isExecutable(PROGRAMS.resolve("initdb"))) {
            return Optional.of("no PostgreSQL 15 in " + PROGRAMS + " (Debian: apt-get install postgresql)");
        }
        return isRoot() && run(List.of("id", "postgres"), Path.of("/")) != 0
                ? Optional.of("PostgreSQL refuses root, and there is no user postgres")
                : Optional.empty();
    }

    /// The server of this test run, started when first asked for.
    public static synchronized PostgresServer shared() {
        PostgresServer running = shared.orElseGet(PostgresServer::start);
        shared = Optional.of(running);
        return running;
    }

    /// A new empty database.
    ///
    /// @param name lower case, letters, digits and `_`
    /// @return its JDBC URL, which needs no password
    public String createDatabase(String name) {
        require(
                asPostgres(
                        List.of(program("createdb"), "-h", folder.toString(), "-p", "" + port, "-U", "postgres", name)),
                "create database " + name);
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?user=postgres";
    }

    private static PostgresServer start() {
        try {
            Path folder = Files.createTempDirectory("callgate-postgres");
            int port;
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = probe.getLocalPort();
            }
            PostgresServer server = new PostgresServer(folder, port);
            if (isRoot()) {
                require(
                        run(List.of("chown", "postgres", folder.toString()), folder),
                        "give " + folder + " to postgres");
            }
            String data = folder.resolve("data").toString();
            require(
                    server.asPostgres(List.of(
                            program("initdb"),
                            "-D",
                            data,
                            "-U",
                            "postgres",
                            "-A",
                            "trust",
                            "-E",
                            "UTF8",
                            "--locale=C.UTF-8",
                            "--no-sync")),
                    "make a database cluster in " + data);
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
            require(
                    server.asPostgres(List.of(
                            program("pg_ctl"),
                            "-D",
                            data,
                            "-w",
                            "-t",
                            "" + START_SECONDS,
                            "-l",
                            folder.resolve("log").toString(),
                            "-o",
                            "-F -c listen_addresses=127.0.0.1 -c port=" + port + " -c unix_socket_directories="
                                    + folder,
                            "start")),
                    "start PostgreSQL; its log is " + folder.resolve("log"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a folder for PostgreSQL", e);
        }
    }

    private void stop() {
        asPostgres(List.of(program("pg_ctl"), "-D", folder.resolve("data").toString(), "-m", "immediate", "stop"));
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                        throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            // It lies in the temporary folder: whoever empties that takes it along.
        }
    }

    private int asPostgres(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (isRoot()) {
            whole.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"));
        }
        whole.addAll(command);
        return run(whole, folder);
    }

    private static int run(List<String> command, Path folder) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (IOException e) {
            return -1; // no such program
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private static void require(int exitCode, String what) {
        if (exitCode != 0) {
            throw new IllegalStateException("cannot " + what + " (exit code " + exitCode + ")");
        }
    }

    private static String program(String name) {
        return PROGRAMS.resolve(name).toString();
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
