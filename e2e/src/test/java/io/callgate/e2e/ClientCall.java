package io.callgate.e2e;

import io.callgate.client.CloudProxy;
import io.callgate.client.CloudTunnel;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.ErrorCode;
import io.callgate.testkit.Host;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// One user of the SDK on a host of the laboratory: what it was told, and, once it is [#ringing], 50 packets
/// a second to a peer and back.
final class ClientCall implements ProxyEvents, DatagramTunnel.Receiver, AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Host host;
    private final long beganNanos = System.nanoTime();
    private final AtomicReference<CloudProxy> proxy = new AtomicReference<>();
    private final List<String> told = new ArrayList<>(); // guarded by this
    private final List<Failure> failures = new ArrayList<>(); // guarded by this
    private Optional<Plan> plan = Optional.empty(); // guarded by this
    private long plannedNanos; // guarded by this
    private long lastNanos; // guarded by this
    private long longestNanos; // guarded by this
    private volatile long echoes;
    private volatile boolean isOver;

    private ClientCall(Host host) {
        this.host = host;
    }

    /// Builds it and begins a call there: threads stay in the network in which they were made.
    static ClientCall begin(Host host, CloudProxy.Builder builder) {
        ClientCall call = new ClientCall(host);
        ErrorCode answer = host.inside(() -> {
            call.proxy.set(builder.events(call).build());
            return call.sdk().start();
        });
        if (answer != ErrorCode.OK) throw new AssertionError("start: " + answer);
        return call;
    }

    CloudProxy sdk() {
        return Optional.ofNullable(proxy.get()).orElseThrow();
    }

    /// Opens a tunnel, and waits for the first echoes.
    ClientCall ringing(InetSocketAddress peer) throws Exception {
        CloudTunnel tunnel = host.inside(() -> sdk().openTunnel(this)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        tunnel.open(peer, Attempt.within(new TunnelRelay.RealTime(), PATIENCE));
        Thread.ofPlatform().daemon().name("steady sender").start(() -> {
            long nextNanos = System.nanoTime();
            while (!isOver) {
                tunnel.send(peer, ByteBuffer.allocate(160));
                nextNanos += INTERVAL_NANOS;
                LockSupport.parkNanos(nextNanos - System.nanoTime());
            }
        });
        awaitEchoes(10);
        forgetGaps();
        return this;
    }

    void awaitEchoes(int more) {
        long wanted = echoes + more;
        Await.until(more + " echoes", PATIENCE, () -> echoes >= wanted);
    }

    /// Waits for a path of that kind.
    ///
    /// @return how long it took from the beginning of the call
    Duration awaitPlan(EffectivePath path) {
        Await.until(
                "a plan by " + path + " among " + this,
                PATIENCE,
                () -> plan().filter(it -> it.path() == path).isPresent());
        synchronized (this) {
            return Duration.ofNanos(plannedNanos - beganNanos);
        }
    }

    /// Waits for a path by another relay than that.
    void awaitRelayOtherThan(String relay) {
        Await.until(
                "another relay than " + relay,
                PATIENCE,
                () -> plan().filter(it -> !it.relay().equals(relay)).isPresent());
    }

    Failure awaitFailure() {
        Await.until("a failure among " + this, PATIENCE, () -> !failures().isEmpty());
        return failures().getFirst();
    }

    synchronized Optional<Plan> plan() {
        return plan;
    }

    String relay() {
        return plan().orElseThrow().relay();
    }

    synchronized List<String> told() {
        return List.copyOf(told);
    }

    synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }

    synchronized void forgetGaps() {
        lastNanos = System.nanoTime();
        longestNanos = 0;
    }

    synchronized Duration longestGap() {
        return Duration.ofNanos(longestNanos);
    }

    @Override
    public synchronized void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
        long nowNanos = System.nanoTime();
        longestNanos = Math.max(longestNanos, nowNanos - lastNanos);
        lastNanos = nowNanos;
        echoes = echoes + 1;
    }

    @Override
    public synchronized void onEnded(Failure failure) {
        told.add("tunnel ended: " + failure);
    }

    @Override
    public synchronized void onPlan(Plan now) {
        plan = Optional.of(now);
        plannedNanos = System.nanoTime();
        told.add("plan " + now.path() + " by " + now.relay());
    }

    @Override
    public synchronized void onStateChanged(String from, String to) {
        told.add("state " + to);
    }

    @Override
    public synchronized void onFailed(Failure failure) {
        failures.add(failure);
        told.add("failed " + failure);
    }

    @Override
    public synchronized String toString() {
        return String.join(", ", told);
    }

    @Override
    public void close() {
        isOver = true;
        sdk().close();
    }
}
