package io.callgate.client.turn;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Login;
import io.callgate.model.TimeSource;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageClass;
import io.callgate.wire.stun.Method;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.time.Duration;

/// What can be found out about a relay without a credential: whether it answers, and how fast.
public final class RelayProbe implements Closeable {
    /// Never sent: a probe proves nothing.
    private static final Login NOBODY = new Login("nobody", "");

    private final Requests requests;
    private final TimeSource time;

    private RelayProbe(Requests requests, TimeSource time) {
        this.requests = requests;
        this.time = time;
    }

    /// Connects; on UDP that sends nothing yet.
    ///
    /// @throws PathException with what stands in the way
    public static RelayProbe open(Entrance entrance, Dialer dialer, TimeSource time, Attempt attempt) {
        MessagePipe pipe = entrance.open(dialer, NOBODY, attempt);
        StunConnection connection =
                new StunConnection(pipe, entrance.relay().toString(), time, new StunConnection.Inbound() {
                    @Override
                    public void onMessage(ByteBuffer memory, int length) {}

                    @Override
                    public void onEnded(PathException why) {}
                });
        attempt.handOver();
        return new RelayProbe(new Requests(connection, NOBODY, time, null), time);
    }

    /// One Binding.
    ///
    /// @return how long the answer took
    public Duration ping(Attempt attempt) {
        long beganNanos = time.nanos();
        requests.bind(attempt);
        return Duration.ofNanos(time.nanos() - beganNanos);
    }

    /// Asks for an allocation without a credential, and wants to be asked for one.
    ///
    /// @throws PathException if what answers is no TURN server that relays
    public void challenge(Attempt attempt) {
        Message answer = requests.askUnproven(
                Method.ALLOCATE, attempt, new Attribute.RequestedTransport(Attribute.RequestedTransport.UDP));
        if (answer.type() != MessageClass.ERROR || Requests.errorOf(answer) != Requests.UNAUTHENTICATED) {
            throw requests.incomplete(
                    "something else than a demand for a credential: " + answer.type() + " " + Requests.errorOf(answer));
        }
    }

    @Override
    public void close() {
        requests.connection().close();
    }
}
