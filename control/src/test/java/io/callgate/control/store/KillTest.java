package io.callgate.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.Secret;
import io.callgate.testkit.FakeClock;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/// What H2 has acknowledged is there after a kill.
class KillTest {
    private static final Secret SEAL_KEY = Secret.of("0123456789abcdef0123456789abcdef");
    private static final int ACKNOWLEDGED = 200;

    @TempDir
    private Path folder = Path.of("unset");

    @RepeatedTest(3)
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
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            while (acknowledged.size() < ACKNOWLEDGED) {
                acknowledged.add(String.valueOf(lines.readLine()));
            }
            writer.toHandle().destroyForcibly(); // the process itself would close what it said last, too
            writer.waitFor();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
            }
        }

        try (Store store = open(folder.resolve("control").toString())) {
            for (String id : acknowledged) {
                Optional<App> found =
                        store.read(transaction -> transaction.apps().find(new AppId(id)));
                assertThat(found).as("app " + id).isPresent();
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
            for (String writer : List.of("a", "b", "c", "d")) {
                new Thread(() -> write(store, writer)).start();
            }
        }

        private static void write(Store store, String writer) {
            for (int i = 1; ; i++) {
                AppId app = new AppId(writer + i);
                store.change("test", transaction -> transaction.apps().create(app, AppSettings.of("x")));
                System.out.println(app);
            }
        }
    }
}
