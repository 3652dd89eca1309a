package io.callgate.cli;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.failure.Failure;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// 50 packets a second through a tunnel to an echo, and the longest time between two that came back.
final class SteadyCall implements DatagramTunnel.Receiver, AutoCloseable {
    /// What a make-before-break may cost here, where other tests keep the machine busy; the laboratory is
    /// stricter.
    static final Duration BRIEF = Duration.ofSeconds(1);

    private static final long INTERVAL_MILLIS = 20;

    private final CloudTunnel tunnel;
    private final InetSocketAddress peer;
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
    private long lastNanos = System.nanoTime(); // guarded by this
    private long longestNanos; // guarded by this
    private long echoes; // guarded by this
    private Optional<Failure> end = Optional.empty(); // guarded by this

    /// Begins, and waits for the first echo.
    SteadyCall(CloudProxy proxy, Echo echo) throws Exception {
        peer = echo.address();
        tunnel = proxy.openTunnel(this).get(20, TimeUnit.SECONDS);
        tunnel.open(peer, Attempt.within(new SystemTime(), Duration.ofSeconds(5)));
        sender.scheduleAtFixedRate(
                () -> tunnel.send(peer, ByteBuffer.allocate(160)), 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        awaitEchoes(5);
        forgetGaps();
    }

    CloudTunnel tunnel() {
        return tunnel;
    }

    @Override
    public synchronized void onDatagram(InetSocketAddress from, ByteBuffer payload) {
        long nowNanos = System.nanoTime();
        longestNanos = Math.max(longestNanos, nowNanos - lastNanos);
        lastNanos = nowNanos;
        echoes++;
        notifyAll();
    }

    @Override
    public synchronized void onEnded(Failure failure) {
        end = Optional.of(failure);
        notifyAll();
    }

    synchronized void forgetGaps() {
        longestNanos = 0;
    }

    /// Waits for that many more.
    synchronized void awaitEchoes(int more) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        long wanted = echoes + more;
        while (echoes < wanted) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMillis <= 0) {
                throw new AssertionError("no " + more + " echoes within 20 s");
            }
            wait(leftMillis);
        }
    }

    synchronized Duration longestGap() {
        return Duration.ofNanos(longestNanos);
    }

    synchronized Optional<Failure> end() {
        return end;
    }

    @Override
    public void close() {
        sender.shutdownNow();
        tunnel.close();
    }
}
