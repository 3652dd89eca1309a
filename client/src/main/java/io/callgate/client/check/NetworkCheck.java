package io.callgate.client.check;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.RelayProbe;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.ErrorCode;
import io.callgate.model.Protocol;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Tries every way to one relay, one after the other so that they do not disturb each other.
///
/// With a login a way has passed when datagrams went through the relay and back: two allocations, each the
/// other's peer, which a relay allows to the clients of one app. Without one the relay is only asked whether it
/// is there.
public final class NetworkCheck {
    /// What a step may take where nobody says otherwise.
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int PINGS = 10;

    private final HostPort relay;
    private final Dialer dialer;
    private final Trust trust;
    private final Optional<Login> login;
    private final TimeSource time;
    private final Duration patience;

    /// Told what goes on, on the thread that runs the check.
    public interface Progress {
        void onStep(Way way, String step);

        void onFinding(Finding finding);
    }

    /// Where, and by what.
    ///
    /// @param dialer direct, or through the company's own proxy
    /// @param trust for the ways with TLS
    /// @param login of the relay
    /// @param patience for each step of a way, such as connecting
    public NetworkCheck(
            HostPort relay, Dialer dialer, Trust trust, Optional<Login> login, TimeSource time, Duration patience) {
        this.relay = relay;
        this.dialer = dialer;
        this.trust = trust;
        this.login = login;
        this.time = time;
        this.patience = patience;
    }

    /// Blocks for a few seconds a way.
    public List<Finding> run(List<Way> ways, Progress progress) {
        List<Finding> findings = new ArrayList<>();
        for (Way way : ways) {
            Finding finding = alreadyKnown(way, findings)
                    .map(failure -> Finding.failed(way, 0, failure))
                    .orElseGet(() -> check(way, progress));
            progress.onFinding(finding);
            findings.add(finding);
        }
        return List.copyOf(findings);
    }

    /// What stood in the way of another and would in the way of this one: a name that does not resolve, a port
    /// that takes no connection. Nobody has to wait for it again.
    private static Optional<Failure> alreadyKnown(Way way, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.failure()
                        .map(failure -> failure.code() == ErrorCode.DNS_FAILED
                                || (failure.code() == ErrorCode.TCP_BLOCKED
                                        && finding.way() == Way.TCP
                                        && way.protocol() == Protocol.TCP))
                        .orElse(false))
                .findFirst()
                .flatMap(Finding::failure);
    }

    private Finding check(Way way, Progress progress) {
        long beganNanos = time.nanos();
        try {
            return login.isPresent()
                    ? relayed(way, login.get(), beganNanos, progress)
                    : answered(way, beganNanos, progress);
        } catch (PathException e) {
            return Finding.failed(way, millisSince(beganNanos), e.failure());
        }
    }

    // -------------------------------------------------------------------------------------------------- with a login

    private Finding relayed(Way way, Login known, long beganNanos, Progress progress) {
        progress.onStep(way, "connecting");
        Measurement measurement = new Measurement(time);
        try (TurnClient from = allocate(way, known);
                TurnClient to = from.another(measurement, step())) {
            from.open(to.relayedAddress(), step());
            to.open(from.relayedAddress(), step());
            progress.onStep(way, "measuring");
            Measurement.Result result = measurement.run(from, to.relayedAddress());
            if (result.arrived() == 0) {
                return Finding.failed(way, millisSince(beganNanos), nothingCameBack(way));
            }
            return new Finding(
                    way,
                    true,
                    millisSince(beganNanos),
                    OptionalDouble.of(result.rttMillis()),
                    OptionalDouble.of(result.lossPercent()),
                    OptionalLong.of(result.kbitPerSecond()),
                    Optional.empty());
        }
    }

    private TurnClient allocate(Way way, Login known) {
        return TurnClient.allocate(entrance(way), dialer(way, Optional.of(known)), known, Deaf.RECEIVER, time, step());
    }

    private Failure nothingCameBack(Way way) {
        return new Failure(
                ErrorCode.FIREWALL_SUSPECTED,
                relay + " answers over " + way.title() + ", but no datagram comes back through it",
                "let the relay's own addresses and relay ports reach each other: its firewall drops them");
    }

    // ----------------------------------------------------------------------------------------------- without a login

    private Finding answered(Way way, long beganNanos, Progress progress) {
        progress.onStep(way, "connecting");
        try (RelayProbe probe = RelayProbe.open(entrance(way), dialer(way, Optional.empty()), time, step())) {
            probe.challenge(step());
            progress.onStep(way, "measuring");
            return pinged(way, probe, beganNanos);
        } catch (PathException e) {
            boolean isOurRelay = e.code() == ErrorCode.PROXY_AUTH_REQUIRED && way.isProxy() && isReached();
            if (!isOurRelay) {
                throw e;
            }
            // It wants a credential, which is all that a relay can say to nobody: the way there is open.
            return new Finding(
                    way,
                    true,
                    millisSince(beganNanos),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalLong.empty(),
                    Optional.empty());
        }
    }

    /// Whether the relay is what answers, and no proxy before it.
    private boolean isReached() {
        try {
            dialer.dial(relay, step()).close();
            return true;
        } catch (PathException | IOException e) {
            return false;
        }
    }

    private Finding pinged(Way way, RelayProbe probe, long beganNanos) {
        List<Duration> times = new ArrayList<>();
        for (int i = 0; i < PINGS; i++) {
            try {
                times.add(probe.ping(Attempt.within(time, Duration.ofSeconds(1))));
            } catch (PathException e) {
                if (way != Way.UDP) {
                    throw e;
                }
            }
        }
        double[] millis = times.stream()
                .mapToDouble(took -> took.toNanos() / 1e6)
                .sorted()
                .toArray();
        return new Finding(
                way,
                true,
                millisSince(beganNanos),
                Arrays.stream(millis).skip(millis.length / 2).findFirst(),
                OptionalDouble.empty(),
                OptionalLong.empty(),
                Optional.empty());
    }

    // ------------------------------------------------------------------------------------------------------ the ways

    private Entrance entrance(Way way) {
        return new Entrance(relay, transport(way), trust);
    }

    private static Transport transport(Way way) {
        return switch (way) {
            case UDP -> Transport.UDP;
            case TLS -> Transport.TLS;
            case TCP, HTTP, HTTPS -> Transport.TCP; // CONNECT leads to a byte stream, whatever is around it
        };
    }

    /// With CONNECT the relay is its own proxy: it opens a tunnel to itself for TURN, as it does for browsers.
    private Dialer dialer(Way way, Optional<Login> known) {
        return way.isProxy()
                ? dialer.through(
                        new Hop.HttpConnect(relay, known, way.hasTls() ? Optional.of(trust) : Optional.empty()))
                : dialer;
    }

    private Attempt step() {
        return Attempt.within(time, patience);
    }

    private long millisSince(long beganNanos) {
        return TimeUnit.NANOSECONDS.toMillis(time.nanos() - beganNanos);
    }

    /// The sending side hears nothing on purpose.
    private enum Deaf implements DatagramTunnel.Receiver {
        RECEIVER;

        @Override
        public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

        @Override
        public void onEnded(Failure failure) {}
    }
}
