package io.callgate.cli;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Calls of two clients, one after the other: each allocates, opens the way to the other, sends, and leaves. So
/// many that the JVM sees which code runs often and how, which the launcher's cache then holds (decision 0110).
final class RehearsedCalls {
    static final int CALLS = 800;

    private static final int DATAGRAMS = 32;
    private static final int PAYLOAD_BYTES = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LONGEST_ARRIVAL = Duration.ofMillis(200);

    /// On a machine that has much else to do, less is learnt.
    private static final Duration LONGEST = Duration.ofSeconds(8);

    /// Most clients come by UDP. None comes by TLS: the SDK's is the JDK's own, all of it Java, which a relay
    /// would find worth compiling at every start and never run.
    private static final List<Transport> TURNS = List.of(Transport.UDP, Transport.UDP, Transport.TCP);

    private final HostPort relay;
    private final Trust trust;
    private final List<Login> logins;
    private final TimeSource time;

    /// @param logins of the callers, in turns: each may meet only so many peers a second
    RehearsedCalls(HostPort relay, Trust trust, List<Login> logins, TimeSource time) {
        this.relay = relay;
        this.trust = trust;
        this.logins = logins;
        this.time = time;
    }

    /// @return how many calls got what they had sent
    int play(int calls) throws InterruptedException {
        long endNanos = time.nanos() + LONGEST.toNanos();
        int complete = 0;
        for (int call = 0; call < calls && time.nanos() - endNanos < 0; call++) {
            complete += call(TURNS.get(call % TURNS.size()), logins.get(call % logins.size())) ? 1 : 0;
        }
        return complete;
    }

    private boolean call(Transport transport, Login login) throws InterruptedException {
        Semaphore arrived = new Semaphore(0);
        try (TurnClient caller = allocate(transport, login, arrived);
                TurnClient callee = allocate(transport, login, arrived)) {
            caller.open(callee.relayedAddress(), Attempt.within(time, PATIENCE));
            callee.open(caller.relayedAddress(), Attempt.within(time, PATIENCE));
            ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_BYTES);
            for (int i = 0; i < DATAGRAMS; i++) {
                caller.send(callee.relayedAddress(), payload);
                callee.send(caller.relayedAddress(), payload);
            }
            return arrived.tryAcquire(2 * DATAGRAMS, LONGEST_ARRIVAL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (PathException e) {
            return false; // a limit or a port that is in use: the next one may get through
        }
    }

    private TurnClient allocate(Transport transport, Login login, Semaphore arrived) {
        Entrance entrance = new Entrance(relay, transport, trust);
        return TurnClient.allocate(
                entrance, Dialer.direct(), login, new Counting(arrived), time, Attempt.within(time, PATIENCE));
    }

    private record Counting(Semaphore arrived) implements DatagramTunnel.Receiver {
        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
            arrived.release();
        }

        @Override
        public void onEnded(Failure failure) {
            // The call it was part of finds out.
        }
    }
}
