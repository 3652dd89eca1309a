package io.callgate.bench.control;

import io.callgate.control.Control;
import io.callgate.control.ControlOptions;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import java.nio.file.Path;
import java.time.Instant;

/// A process with nothing but control on H2 in a folder. Its first line is its port and an operator token; it ends
/// with its standard input.
final class ControlUnderLoad {
    private static final Secret SEAL_KEY = Secret.of("0123456789abcdef0123456789abcdef");

    private ControlUnderLoad() {}

    public static void main(String[] args) throws Exception {
        TimeSource time = new TimeSource() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
        try (Control control = Control.start(ControlOptions.onLoopback(
                StoreOptions.embedded(Path.of(args[0]).resolve("control"), SEAL_KEY, time), 0))) {
            System.out.println(
                    control.port() + " " + control.issueOperatorToken("bench").reveal());
            while (System.in.read() >= 0) {
                // Its parent says nothing, and one day ends.
            }
        }
    }
}
