package io.callgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.e2e.LoopbackRelay.Login;
import io.callgate.testkit.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A call of one user: an allocation at a relay, and 50 packets a second through it to a peer that sends each
/// back.
final class FleetCall implements AutoCloseable {
    private static final int CHANNEL = 0x4000;
    private static final int PAYLOAD_BYTES = 172; // as of 20 ms of telephone sound in RTP
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final TurnClient client;
    private final AtomicInteger echoes = new AtomicInteger();
    private volatile long lastEchoNanos = System.nanoTime();
    private volatile boolean isSending = true;
    private final Thread sender;

    private FleetCall(TurnClient client) {
        this.client = client;
        sender = Thread.ofVirtual().name("call, sender").start(this::send);
        Thread.ofVirtual().name("call, receiver").start(this::receive);
    }

    static FleetCall begin(Host from, InetSocketAddress relay, Login login, InetSocketAddress peer) {
        TurnClient client = client(from, relay, login);
        client.allocate();
        try {
            client.bind(CHANNEL, peer);
        } catch (AssertionError refused) {
            client.endAllocation();
            client.close();
            throw refused;
        }
        FleetCall call = new FleetCall(client);
        call.awaitEcho();
        return call;
    }

    /// What a relay says to an Allocate: 0 or the code of the error.
    static int tryAllocate(Host from, InetSocketAddress relay, Login login) {
        try (TurnClient client = client(from, relay, login)) {
            int code = client.tryAllocate();
            if (code == 0) client.endAllocation();
            return code;
        }
    }

    private static TurnClient client(Host from, InetSocketAddress relay, Login login) {
        try {
            return TurnClient.overUdp(from.inside(() -> new DatagramSocket()), relay, login);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot reach " + relay, e);
        }
    }

    /// Waits for echoes that were not there yet: the call goes on.
    void awaitEcho() {
        int before = echoes.get();
        Await.until("the call to go on", Duration.ofSeconds(3), () -> echoes.get() > before + 2);
    }

    /// Waits until nothing has come back for half a second.
    ///
    /// @return when the last echo came, as `System.nanoTime()`
    long awaitSilence(Duration limit) {
        Await.until("the call to end", limit, () -> System.nanoTime() - lastEchoNanos > 500_000_000);
        return lastEchoNanos;
    }

    /// Sends nothing more, and waits for what is under way.
    void stopSending() {
        isSending = false;
        try {
            assertThat(sender.join(Duration.ofSeconds(5))).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while a call ended", e);
        }
        awaitSilence(Duration.ofSeconds(5));
    }

    private void send() {
        byte[] payload = new byte[PAYLOAD_BYTES];
        long nextNanos = System.nanoTime();
        while (isSending) {
            try {
                client.send(CHANNEL, payload);
            } catch (UncheckedIOException e) {
                return; // closed
            }
            nextNanos += INTERVAL_NANOS;
            LockSupport.parkNanos(nextNanos - System.nanoTime());
        }
    }

    private void receive() {
        try {
            while (true) {
                client.receive(CHANNEL);
                lastEchoNanos = System.nanoTime();
                echoes.incrementAndGet();
            }
        } catch (UncheckedIOException e) {
            // Closed, or nothing more has come for 10 s: either way this call is over.
        }
    }

    @Override
    public void close() {
        isSending = false;
        client.close();
    }
}
