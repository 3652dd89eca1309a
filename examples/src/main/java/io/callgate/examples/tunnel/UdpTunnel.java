package io.callgate.examples.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.Ladder;
import io.callgate.client.turn.TurnClient;
import io.callgate.examples.RelayLogin;
import io.callgate.examples.SystemTime;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Two tunnels through one relay, and datagrams from one to the other: what an app does with its media server,
/// without one.
public final class UdpTunnel {
    private static final TimeSource TIME = new SystemTime();
    private static final int DATAGRAMS = 5;

    private UdpTunnel() {}

    /// @param args the relay, as HOST:PORT
    public static void main(String[] args) throws InterruptedException {
        HostPort relay = HostPort.parse(args.length == 0 ? "127.0.0.1:8443" : args[0], 443);
        Login login = RelayLogin.fromEnvironment();
        Printer printer = new Printer();

        try (TurnClient alice = climb(relay, login, printer);
                TurnClient bob = climb(relay, login, printer)) {
            System.out.println("alice is seen as " + alice.relayedAddress() + ", bob as " + bob.relayedAddress());
            alice.open(bob.relayedAddress(), patience());
            bob.open(alice.relayedAddress(), patience());

            for (int i = 1; i <= DATAGRAMS; i++) {
                alice.send(bob.relayedAddress(), ByteBuffer.wrap(("hello " + i).getBytes(UTF_8)));
            }

            boolean whole = printer.arrived.await(5, TimeUnit.SECONDS);
            System.out.println(whole ? "all arrived" : "some were lost, as datagrams may be");
        } catch (PathException e) {
            System.err.println(e.failure()); // code, cause, and what would mend it
            System.exit(1);
        }
    }

    /// The first of these ways that works; the second starts 300 ms after the first, so that a firewall that
    /// swallows UDP costs no more than that. With the relay's pin, `Transport.TLS` would be a third.
    private static TurnClient climb(HostPort relay, Login login, DatagramTunnel.Receiver receiver) {
        List<Entrance> rungs = List.of(
                new Entrance(relay, Transport.UDP, Trust.system()), new Entrance(relay, Transport.TCP, Trust.system()));
        Ladder.Climb climb = new Ladder(rungs, Dialer.direct(), TIME).climb(login, receiver);
        return climb.tunnel()
                .orElseThrow(() -> new PathException(climb.failures().get(0).failure()));
    }

    private static Attempt patience() {
        return Attempt.within(TIME, Duration.ofSeconds(5));
    }

    private static final class Printer implements DatagramTunnel.Receiver {
        private final CountDownLatch arrived = new CountDownLatch(DATAGRAMS);

        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {
            System.out.println("from " + peer + ": " + UTF_8.decode(payload));
            arrived.countDown();
        }

        @Override
        public void onEnded(Failure failure) {
            System.err.println("the tunnel has ended: " + failure);
        }
    }
}
