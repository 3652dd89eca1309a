package io.callgate.relay;

import io.callgate.model.TlsIdentity;
import io.callgate.relay.tls.TlsVisits;
import io.callgate.wire.MalformedPacket;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Visitors of this process's own, who come as soon as it serves: so that the first clients find code that the
/// JVM has compiled, and not bytecode that it reads a line at a time (decision 0145).
///
/// They visit a [WarmUpStage], which has nothing in common with the relay that serves but the code and the
/// certificate: no listener, no app, no counter, no log line. Runs on a thread of its own until it is done.
public final class WarmUp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    /// What only the first client of a loop or an app does would not be seen often enough on one: the JVM compiles
    /// without a way that it saw nobody take, and throws all of that away at the first real client, who takes it.
    private static final int STAGES = 4;

    /// Of each stage. After all of them a visit gets no cheaper for a while.
    static final int VISITS = 300;

    /// On a machine that has much else to do.
    private static final Duration LONGEST = Duration.ofSeconds(5);

    /// So many that the JVM finds each step of a request worth the better of its compilers: the next start goes by
    /// that.
    private static final int REHEARSED_STAGES = 70;

    private static final Duration LONGEST_REHEARSAL = Duration.ofSeconds(12);

    /// Of so many visits one comes by TLS, whose handshakes are native code for the most part.
    private static final int TLS_SHARE = 8;

    /// What one relay of a process has had compiled, all of them run.
    private static final AtomicBoolean HAS_BEGUN = new AtomicBoolean();

    private final RelayOptions options;
    private final TlsIdentity identity;
    private volatile boolean isOver;

    WarmUp(RelayOptions options, TlsIdentity identity) {
        this.options = options;
        this.identity = identity;
    }

    /// Begins, unless an earlier relay of this process has.
    ///
    /// @param options of the relay that serves: its kind of sockets, its kind of TLS, and its clock
    /// @param identity which it shows to clients
    public static WarmUp begin(RelayOptions options, TlsIdentity identity) {
        WarmUp warmUp = new WarmUp(options, identity);
        if (HAS_BEGUN.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("relay-warm-up").start(() -> warmUp.run(STAGES, LONGEST));
        }
        return warmUp;
    }

    /// The same at greater length, in the start from which the launcher makes its cache (decision 0036).
    public static void rehearse(RelayOptions options, TlsIdentity identity) {
        new WarmUp(options, identity).run(REHEARSED_STAGES, LONGEST_REHEARSAL);
    }

    private void run(int stages, Duration longest) {
        try {
            play(stages, longest);
        } catch (IOException | MalformedPacket | RuntimeException e) {
            // As where loopback is closed off: the first clients wait a little longer.
            log.atInfo().addKeyValue("cause", String.valueOf(e)).log("warm-up.failed");
        }
    }

    /// @return how many visitors were served
    int play(int stages, Duration longest) throws IOException, MalformedPacket {
        long endNanos = options.time().nanos() + longest.toNanos();
        int served = 0;
        try (TlsVisits ciphers = new TlsVisits(identity, options.tls())) {
            for (int i = 0; i < stages && goesOn(endNanos); i++) {
                try (WarmUpStage stage = WarmUpStage.open(options, identity, scene(i))) {
                    served += play(stage, ciphers, endNanos);
                }
            }
        }
        return served;
    }

    /// Of a relay with static users or without, with a control or without: four make all of them.
    static WarmUpStage.Scene scene(int i) {
        return new WarmUpStage.Scene(i % 2 == 1, i / 2 % 2 == 1);
    }

    private boolean goesOn(long endNanos) {
        return !isOver && options.time().nanos() - endNanos < 0;
    }

    private int play(WarmUpStage stage, TlsVisits ciphers, long endNanos) throws IOException, MalformedPacket {
        int served = 0;
        while (served < VISITS && goesOn(endNanos)) {
            // Streams take the most code; half of all clients know RFC 8489's algorithms.
            boolean isTls = served % TLS_SHARE == 1;
            boolean isStream = served % 3 != 0;
            boolean isSha256 = served % 2 == 0;
            WarmUpLine line = isTls
                    ? WarmUpLine.tls(stage.tcp(), ciphers)
                    : isStream ? WarmUpLine.stream(stage.tcp()) : WarmUpLine.datagrams(stage.udp());
            Optional<WarmUpVisitor.Login> ofUser = served % 4 < 2 ? Optional.empty() : stage.userLogin();
            try (WarmUpVisitor visitor = new WarmUpVisitor(line, ofUser.orElseGet(stage::login), stage.peer())) {
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
