package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.callgate.model.Transport;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The doctor as people on Windows and macOS get it: one jar, on a Java 17 where this machine has one.
@ExtendWith(Installation.Shared.class)
@Timeout(600)
class DoctorJarTest {
    private static final Path JAR = Path.of(System.getProperty("callgate.root", ".."))
            .resolve("doctor/target/callgate-doctor.jar")
            .toAbsolutePath();

    @Test
    void worksAlone(Installation installation, @TempDir Path folder) throws IOException, CertificateEncodingException {
        assumeTrue(Files.exists(JAR), "no " + JAR + ": `./mvnw package` makes it");
        try (TunnelRelay.Callgate relay = TunnelRelay.Callgate.start(installation, folder)) {
            ProgramRun run =
                    doctor("--server", "127.0.0.1:" + relay.port(Transport.UDP), "--pin", TunnelRelay.IDENTITY.pin());

            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(run.output())
                    .contains("UDP: connecting ...", "Calls work from here, with media over UDP, which is best.");
        }
    }

    @Test
    void tellsWrongUseInOneLine() throws IOException {
        assumeTrue(Files.exists(JAR), "no " + JAR + ": `./mvnw package` makes it");

        ProgramRun run = doctor("--server", "127.0.0.1:0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.output().lines().toList())
                .singleElement()
                .asString()
                .startsWith("callgate-doctor: --server: port 0 of 127.0.0.1");
    }

    private static ProgramRun doctor(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(java(), "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        return ProgramRun.of(command);
    }

    private static String java() throws IOException {
        try (DirectoryStream<Path> homes = Files.newDirectoryStream(Path.of("/usr/lib/jvm"))) {
            for (Path home : homes) {
                Path release = home.resolve("release");
                if (Files.isReadable(release) && Files.readString(release).contains("JAVA_VERSION=\"17")) {
                    return home.resolve("bin/java").toString();
                }
            }
        }
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
