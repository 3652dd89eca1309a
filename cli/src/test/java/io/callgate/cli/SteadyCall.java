package io.callgate.cli;

import io.callgate.client.CloudProxy;
import io.callgate.client.failure.Failure;
import io.callgate.client.net.Attempt;
import io.callgate.client.turn.DatagramTunnel;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// 50 packets a second through a tunnel to an echo, and the longest time between two that came back. As many
/// go to the echo past everything, by threads of their own, so that a machine that stands still is not taken for
/// a call that does, and a call that does holds up nothing but itself.
final class SteadyCall implements DatagramTunnel.Receiver, AutoCloseable {
    /// What a make-before-break may cost here, where other tests keep the machine busy; the laboratory is
    /// stricter.
    static final Duration BRIEF = Duration.ofSeconds(1);

    private static final long INTERVAL_MILLIS = 20;
    private static final int PAYLOAD_BYTES = 160;

    private final DatagramTunnel tunnel;
    private final InetSocketAddress peer;
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService pastSender = Executors.newSingleThreadScheduledExecutor();
    private final DatagramSocket past = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    private final long beganNanos = System.nanoTime();
    private final Arrivals arrivals = new Arrivals(); // guarded by this
    private long echoes; // guarded by this
    private Optional<Failure> end = Optional.empty(); // guarded by this
    private Optional<IOException> pastEnd = Optional.empty(); // guarded by this

    /// Opens the tunnel that it goes through.
    interface Opening {
        DatagramTunnel open(DatagramTunnel.Receiver receiver) throws Exception;
    }

    /// Begins, and waits for the first echo.
    SteadyCall(CloudProxy proxy, Echo echo) throws Exception {
        this(receiver -> proxy.openTunnel(receiver).get(20, TimeUnit.SECONDS), echo.address());
    }

    /// @param echo sends each datagram back
    SteadyCall(Opening opening, InetSocketAddress echo) throws Exception {
        peer = echo;
        tunnel = opening.open(this);
        tunnel.open(peer, Attempt.within(new SystemTime(), Duration.ofSeconds(5)));
        Thread.ofPlatform().daemon().name("steady-call-past").start(this::receivePast);
        pastSender.scheduleAtFixedRate(this::sendPast, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        sender.scheduleAtFixedRate(this::send, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        awaitEchoes(5);
        forgetGaps();
    }

    private void send() {
        tunnel.send(peer, ByteBuffer.allocate(PAYLOAD_BYTES));
    }

    private void sendPast() {
        try {
            past.send(new DatagramPacket(new byte[PAYLOAD_BYTES], PAYLOAD_BYTES, peer));
        } catch (IOException e) {
            pastEnds(e);
        }
    }

    private void receivePast() {
        DatagramPacket packet = new DatagramPacket(new byte[PAYLOAD_BYTES], PAYLOAD_BYTES);
        try {
            while (true) {
                past.receive(packet);
                long atNanos = System.nanoTime() - beganNanos;
                synchronized (this) {
                    arrivals.reference(atNanos);
                }
            }
        } catch (IOException e) {
            pastEnds(e); // as it does when the test is over
        }
    }

    private synchronized void pastEnds(IOException why) {
        pastEnd = Optional.of(why);
    }

    DatagramTunnel tunnel() {
        return tunnel;
    }

    @Override
    public synchronized void onDatagram(InetSocketAddress from, ByteBuffer payload) {
        arrivals.call(System.nanoTime() - beganNanos);
        echoes++;
        notifyAll();
    }

    @Override
    public synchronized void onEnded(Failure failure) {
        end = Optional.of(failure);
        notifyAll();
    }

    synchronized void forgetGaps() {
        arrivals.forget();
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

    /// Less what the machine stood still in it.
    synchronized Duration longestGap() {
        pastEnd.ifPresent(why -> {
            throw new AssertionError("there is nothing to compare the call with", why);
        });
        return arrivals.longestGap();
    }

    synchronized Optional<Failure> end() {
        return end;
    }

    /// Waits for it: the tunnel is told from a thread of its own.
    synchronized Failure awaitEnd() throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (end.isEmpty()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMillis <= 0) {
                throw new AssertionError("the tunnel has not ended within 20 s");
            }
            wait(leftMillis);
        }
        return end.orElseThrow();
    }

    @Override
    public void close() {
        sender.shutdownNow();
        pastSender.shutdownNow();
        past.close();
        tunnel.close();
    }
}
