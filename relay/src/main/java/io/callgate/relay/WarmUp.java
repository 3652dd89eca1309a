package io.callgate.relay;

import io.callgate.model.RelayCredential;
import io.callgate.wire.MalformedPacket;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Visitors of this process's own, who come as soon as it serves: so that the first clients find code that the
/// JVM has compiled, and not bytecode that it reads a line at a time (decision 0145).
///
/// They visit a [WarmUpStage], which has nothing in common with the relay that serves but the code: no listener,
/// no app, no counter, no log line. Runs on a thread of its own until it is done.
public final class WarmUp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /// From there on a visit gets no cheaper for a while.
    private static final int VISITS = 400;

    /// On a machine that has much else to do.
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final RelayOptions options;
    private volatile boolean isOver;

    WarmUp(RelayOptions options) {
        this.options = options;
    }

    /// @param options of the relay that serves: its kind of sockets, and its clock
    public static WarmUp begin(RelayOptions options) {
        WarmUp warmUp = new WarmUp(options);
        Thread.ofPlatform().daemon().name("relay-warm-up").start(warmUp::run);
        return warmUp;
    }

    private void run() {
        try (WarmUpStage stage = WarmUpStage.open(options)) {
            play(stage, VISITS);
        } catch (IOException | MalformedPacket | RuntimeException e) {
            // As where loopback is closed off: the first clients wait a little longer.
            log.atInfo().addKeyValue("cause", String.valueOf(e)).log("warm-up.failed");
        }
    }

    /// @return how many visitors got an allocation
    int play(WarmUpStage stage, int visits) throws IOException, MalformedPacket {
        RelayCredential login = stage.login();
        long endNanos = options.time().nanos() + LONGEST_NANOS;
        int served = 0;
        while (served < visits && !isOver && options.time().nanos() - endNanos < 0) {
            // Streams take the most code; half of all clients know RFC 8489's algorithms.
            boolean isStream = served % 3 != 0;
            boolean isSha256 = served % 2 == 0;
            try (WarmUpVisitor visitor = isStream
                    ? WarmUpVisitor.byStream(stage.tcp(), login)
                    : WarmUpVisitor.byDatagrams(stage.udp(), login)) {
                visitor.visit(isSha256);
            }
            served++;
        }
        return served;
    }

    /// Ends it, if it is not over by itself.
    @Override
    public void close() {
        isOver = true;
    }
}
