package io.callgate.e2e;

import io.callgate.testkit.LabProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// The launcher in a folder of its own, with what this build made: a Maven inside a Maven would rewrite the
/// files that the outer one reads, so the copy's `mvnw` only hands the jars over. All else that the launcher
/// does at its first use, it does.
///
/// Made once for all test JVMs that have the same build: the first makes it, the others wait. Readable for every
/// user of the machine; the last JVM that ends removes it.
final class Installation {
    private static final Duration FIRST_USE_LIMIT = Duration.ofMinutes(5);

    private static final Path CHECKOUT = Path.of(System.getProperty("callgate.root", ".."));
    private static final String LAUNCHER = "callgate";

    /// Sources that the launcher runs.
    private static final String LAUNCHER_SOURCES = "cli/launcher";

    private static final int MAKER = 0; // bytes of the file of users
    private static final int USER = 1;

    private final Path root;
    private final Path users;
    private final FileLock use;

    /// Gives a test the installation: `@ExtendWith(Installation.Shared.class)`.
    static final class Shared implements ParameterResolver {
        // Not in JUnit's own store: where two JVMs share the classes, each class is a run by itself.
        private static @Nullable Installation made; // guarded by the class

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Installation.class;
        }

        @Override
        public Installation resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return ofThisProcess();
        }

        private static synchronized Installation ofThisProcess() {
            Installation known = made;
            if (known == null) {
                known = new Installation();
                Runtime.getRuntime().addShutdownHook(new Thread(known::giveBack, "removing the installation"));
                made = known;
            }
            return known;
        }
    }

    private Installation() {
        try {
            String build = "callgate-e2e-" + build();
            root = Path.of(System.getProperty("java.io.tmpdir"), build);
            users = root.resolveSibling(build + ".users");
            FileChannel channel = FileChannel.open(
                    users, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try (FileLock _ = channel.lock(MAKER, 1, false)) {
                use = channel.lock(USER, 1, true);
                if (Files.notExists(complete())) {
                    make();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot install the launcher", e);
        }
    }

    private void make() throws IOException {
        remove(root); // of a JVM that was killed while it made it
        Files.createDirectory(root);
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        handOver(Files.createDirectories(root.resolve("made")));
        Files.copy(CHECKOUT.resolve(LAUNCHER), launcher());
        Path sources = Files.createDirectories(root.resolve(LAUNCHER_SOURCES));
        try (Stream<Path> files = Files.list(CHECKOUT.resolve(LAUNCHER_SOURCES))) {
            for (Path file : files.toList()) {
                Files.copy(file, sources.resolve(file.getFileName()));
            }
        }
        Path mvnw = root.resolve("mvnw");
        Files.writeString(mvnw, """
            #!/bin/sh
            set -e
            mkdir -p cli/target/lib
            cp made/*.jar cli/target/lib
            mv cli/target/lib/callgate-cli-*.jar cli/target
            """);
        Files.setPosixFilePermissions(mvnw, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProgramRun firstUse = ProgramRun.of(builder(List.of("--version")), FIRST_USE_LIMIT);
        if (firstUse.exitCode() != 0) throw new AssertionError("first use of the launcher: " + firstUse);
        Files.createFile(complete());
    }

    private static List<Path> classPath() throws IOException {
        String entries = Files.readString(Path.of("target", "relay.classpath")).strip();
        return Stream.of(entries.split(File.pathSeparator, -1)).map(Path::of).toList();
    }

    /// The same for the same files, and for no others.
    private static String build() throws IOException {
        List<Path> sources = new ArrayList<>(classPath());
        sources.add(CHECKOUT.resolve(LAUNCHER));
        sources.add(CHECKOUT.resolve(LAUNCHER_SOURCES));
        StringBuilder names = new StringBuilder();
        for (Path source : sources) {
            try (Stream<Path> files = Files.walk(source)) {
                for (Path file : files.sorted().toList()) {
                    names.append(file.toAbsolutePath())
                            .append(Files.size(file))
                            .append(Files.getLastModifiedTime(file));
                }
            }
        }
        return UUID.nameUUIDFromBytes(names.toString().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private Path complete() {
        return root.resolve("complete");
    }

    /// Modules come as jars from `mvnw verify` and as folders of classes from `mvnw test`.
    private static void handOver(Path to) throws IOException {
        for (Path from : classPath()) {
            if (Files.isDirectory(from)) {
                String module = from.getName(from.getNameCount() - 3).toString(); // of MODULE/target/classes
                String jar = to.resolve("callgate-" + module + "-classes.jar").toString();
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "--create", "--file", jar, "-C", from.toString(), ".");
            } else {
                Files.copy(from, to.resolve(from.getFileName()));
            }
        }
    }

    Path launcher() {
        return root.resolve(LAUNCHER);
    }

    /// Runs a command that ends by itself.
    ProgramRun run(String... arguments) {
        return ProgramRun.of(builder(List.of(arguments)));
    }

    /// Runs it as another user of the machine, with none of root's rights.
    ///
    /// @param userId a number; it needs no account
    ProgramRun runAs(int userId, String... arguments) {
        return ProgramRun.of(builderAs(userId, List.of(arguments)));
    }

    /// Starts a command that runs until it is ended.
    LabProcess start(Path folder, String... arguments) {
        return LabProcess.start("callgate", builder(List.of(arguments)), folder.resolve("callgate.log"));
    }

    LabProcess startAs(int userId, Path folder, String... arguments) {
        return LabProcess.start("callgate", builderAs(userId, List.of(arguments)), folder.resolve("callgate.log"));
    }

    private ProcessBuilder builderAs(int userId, List<String> arguments) {
        ProcessBuilder builder = builder(arguments);
        List<String> command = new ArrayList<>(
                List.of("setpriv", "--reuid=" + userId, "--regid=" + userId, "--clear-groups", "--inh-caps=-all"));
        command.addAll(builder.command());
        return builder.command(command);
    }

    private ProcessBuilder builder(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(launcher().toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // or the JVM says on stderr that it picked them up
        return builder;
    }

    /// As this JVM ends; nothing while others use it.
    private void giveBack() {
        try (FileChannel channel = use.channel()) {
            use.release();
            if (channel.tryLock(USER, 1, false) != null) {
                remove(root);
                Files.delete(users);
            }
        } catch (IOException e) {
            System.err.println("not all of " + root + " could be removed: " + e);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
