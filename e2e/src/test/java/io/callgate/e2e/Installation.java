package io.callgate.e2e;

import io.callgate.testkit.LabProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
/// Made once for all test classes of this JVM, readable for every user of the machine, removed when the JVM ends.
final class Installation {
    private static final Duration FIRST_USE_LIMIT = Duration.ofMinutes(5);

    private final Path root;

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
                Runtime.getRuntime().addShutdownHook(new Thread(known::remove, "removing the installation"));
                made = known;
            }
            return known;
        }
    }

    private Installation() {
        try {
            root = Files.createTempDirectory("callgate-e2e-");
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
            handOver(Path.of("target", "relay.classpath"), Files.createDirectories(root.resolve("made")));
            Path checkout = Path.of(System.getProperty("callgate.root", ".."));
            Files.copy(checkout.resolve("callgate"), launcher());
            Path mvnw = root.resolve("mvnw");
            Files.writeString(mvnw, """
                #!/bin/sh
                set -e
                mkdir -p cli/target/lib
                cp made/*.jar cli/target/lib
                mv cli/target/lib/callgate-cli-*.jar cli/target
                """);
            Files.setPosixFilePermissions(mvnw, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot install the launcher", e);
        }
        ProgramRun firstUse = ProgramRun.of(builder(List.of("--version")), FIRST_USE_LIMIT);
        if (firstUse.exitCode() != 0) throw new AssertionError("first use of the launcher: " + firstUse);
    }

    /// Modules come as jars from `mvnw verify` and as folders of classes from `mvnw test`.
    private static void handOver(Path classPath, Path to) throws IOException {
        for (String entry : Files.readString(classPath).strip().split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (Files.isDirectory(from)) {
                String module = from.getName(from.getNameCount() - 3).toString(); // of MODULE/target/classes
                String jar = to.resolve("callgate-" + module + "-classes.jar").toString();
                ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "--create", "--file", jar, "-C", entry, ".");
            } else {
                Files.copy(from, to.resolve(from.getFileName()));
            }
        }
    }

    Path launcher() {
        return root.resolve("callgate");
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

    private void remove() {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("not all of " + root + " could be removed: " + e);
        }
    }
}
