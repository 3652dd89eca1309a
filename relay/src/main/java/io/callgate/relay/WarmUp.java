package io.callgate.relay;

import io.callgate.model.RelayCredential;
import io.callgate.model.TlsIdentity;
import io.callgate.wire.MalformedPacket;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Visitors of this process's own, who come as soon as it serves: so that the first clients find code that the
/// JVM has compiled, and not bytecode that it reads a line at a time (decision 0145).
///
/// They visit a [WarmUpStage], which has nothing in common with the relay that serves but the code and the
/// certificate: no listener, no app, no counter, no log line. Runs on a thread of its own until it is done.
public final class WarmUp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /// From there on a visit gets no cheaper for a while.
    private static final int VISITS = 400;

    /// On a machine that has much else to do.
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);

    /// Of so many visits one comes by TLS, whose handshakes are native code for the most part.
    private static final int TLS_SHARE = 8;

    private final RelayOptions options;
    private final TlsIdentity identity;
    private volatile boolean isOver;

    WarmUp(RelayOptions options, TlsIdentity identity) {
        this.options = options;
        this.identity = identity;
    }

    /// @param options of the relay that serves: its kind of sockets, its kind of TLS, and its clock
    /// @param identity which it shows to clients
    public static WarmUp begin(RelayOptions options, TlsIdentity identity) {
        WarmUp warmUp = new WarmUp(options, identity);
        Thread.ofPlatform().daemon().name("relay-warm-up").start(warmUp::run);
        return warmUp;
    }

    private void run() {
        try (WarmUpStage stage = WarmUpStage.open(options, identity)) {
            play(stage, VISITS);
        } catch (IOException | GeneralSecurityException | MalformedPacket | RuntimeException e) {
            // As where loopback is closed off: the first clients wait a little longer.
            log.atInfo().addKeyValue("cause", String.valueOf(e)).log("warm-up.failed");
        }
    }

    /// @return how many visitors got an allocation
    int play(WarmUpStage stage, int visits) throws IOException, GeneralSecurityException, MalformedPacket {
        RelayCredential login = stage.login();
        SSLSocketFactory ciphers = WarmUpVisitor.trusting(identity);
        long endNanos = options.time().nanos() + LONGEST_NANOS;
        int served = 0;
        while (served < visits && !isOver && options.time().nanos() - endNanos < 0) {
            // Streams take the most code; half of all clients know RFC 8489's algorithms.
            boolean isTls = served % TLS_SHARE == 1;
            boolean isStream = served % 3 != 0;
            boolean isSha256 = served % 2 == 0;
            try (WarmUpVisitor visitor = isTls
                    ? WarmUpVisitor.byTls(stage.tcp(), login, ciphers)
                    : isStream
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
