package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What H2 has acknowledged is there after a kill.
class KillTest {
    private static final Secret SEAL_KEY = Secret.of("0123456789abcdef0123456789abcdef");
    private static final int ACKNOWLEDGED = 25;

    @TempDir
    private Path folder = Path.of("unset");

    @Test
    void everyAcknowledgedChangeOutlivesAKill() throws Exception {
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        folder.resolve("control").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String last = "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            while (!last.equals("a" + ACKNOWLEDGED)) {
                last = String.valueOf(lines.readLine());
                assertThat(writer.isAlive()).as("the writer, after " + last).isTrue();
            }
        } finally {
            writer.destroyForcibly();
        }
        writer.waitFor();

        try (Store store = open(folder.resolve("control").toString())) {
            for (int i = 1; i <= ACKNOWLEDGED; i++) {
                AppId app = new AppId("a" + i);
                Optional<App> found =
                        store.read(transaction -> transaction.apps().find(app));
                assertThat(found).as("app a" + i).isPresent();
            }
        }
    }

    private static Store open(String file) {
        return Store.open(StoreOptions.embedded(Path.of(file), SEAL_KEY, new FakeClock()));
    }

    /// Writes apps and says each that is stored, until it is killed.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            Store store = open(args[0]);
            for (int i = 1; i < 100_000; i++) {
                AppId app = new AppId("a" + i);
                store.change("test", transaction -> transaction.apps().create(app, AppSettings.of("x")));
                System.out.println(app);
            }
            store.close();
        }
    }
}
