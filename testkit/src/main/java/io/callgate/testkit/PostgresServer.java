package io.callgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A private PostgreSQL for tests, in a temporary folder, gone with the process: on a free port of
/// loopback, or on
/// a host of a laboratory.
///
/// One on loopback serves a whole test run: making it takes seconds. It runs as the user `postgres` where
/// the tests
/// run as root, for PostgreSQL refuses root.
public final class PostgresServer {
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
    private static final long START_SECONDS = 60;

    private static Optional<PostgresServer> shared = Optional.empty();

    private final Path folder;
    private final Optional<Host> host;
    private final int port;

    private PostgresServer(Path folder, Optional<Host> host, int port) {
        this.folder = folder;
        this.host = host;
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
        PostgresServer running = shared.orElseGet(() -> make(Optional.empty(), FreePort.take()));
        shared = Optional.of(running);
        return running;
    }

    /// A server of its own on a host of a laboratory, port 5432, for everybody who reaches it.
    public static PostgresServer on(Host host) {
        return make(Optional.of(host), 5432);
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
        return "jdbc:postgresql://" + address() + ":" + port + "/" + name + "?user=postgres";
    }

    /// Ends the server at once, as a crash would; [#start] brings it back with all that was committed.
    public void stop() {
        stop("immediate");
    }

    private void stop(String manner) {
        asPostgres(List.of(program("pg_ctl"), "-D", data(), "-m", manner, "stop"));
    }

    /// Starts the server again and waits until it answers.
    public void start() {
        String options =
                "-F -c listen_addresses=" + address() + " -c port=" + port + " -c unix_socket_directories=" + folder;
        List<String> command =
                new ArrayList<>(List.of(program("pg_ctl"), "-D", data(), "-w", "-t", "" + START_SECONDS));
        command.addAll(List.of("-l", folder.resolve("log").toString(), "-o", options, "start"));
        require(asPostgres(command), "start PostgreSQL; its log is " + folder.resolve("log"));
    }

    private static PostgresServer make(Optional<Host> host, int port) {
        try {
            Path folder = Files.createTempDirectory("callgate-postgres");
            PostgresServer server = new PostgresServer(folder, host, port);
            if (isRoot()) {
                require(
                        run(List.of("chown", "postgres", folder.toString()), folder),
                        "give " + folder + " to postgres");
            }
            List<String> initdb = new ArrayList<>(List.of(program("initdb"), "-D", server.data(), "-U", "postgres"));
            initdb.addAll(List.of("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"));
            require(server.asPostgres(initdb), "make a database cluster in " + server.data());
            if (host.isPresent()) {
                Files.writeString(
                        Path.of(server.data(), "pg_hba.conf"),
                        "host all all 10.0.0.0/8 trust\n",
                        StandardOpenOption.APPEND);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(server::remove));
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a folder for PostgreSQL", e);
        }
    }

    private String address() {
        return host.map(Host::address).orElse("127.0.0.1");
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void remove() {
        stop("fast"); // as a crash would, it would leave its shared memory to the machine for ever
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
        return run(host.map(inside -> inside.commandInside(whole)).orElse(whole), folder);
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
