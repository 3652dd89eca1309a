package io.callgate.client.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.callgate.client.failure.Failure;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.RealTime;
import io.callgate.client.net.Trust;
import io.callgate.model.ErrorCode;
import io.callgate.model.Transport;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.Method;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LadderTest implements DatagramTunnel.Receiver {
    private final FakeRelay first = new FakeRelay();
    private final FakeRelay second = new FakeRelay();

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

    @Override
    public void onEnded(Failure failure) {}

    @Test
    void takesTheFirstWayThatWorks() {
        Ladder.Climb climb = climb(first, second);

        assertThat(climb.rung()).isZero();
        assertThat(climb.failures()).isEmpty();
        climb.tunnel().orElseThrow().close();
    }

    @Test
    void doesNotWaitForASilentOne() {
        silence(first);
        long beganNanos = System.nanoTime();

        Ladder.Climb climb = climb(first, second);

        assertThat(climb.rung()).isEqualTo(1);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos))
                .isLessThan(Ladder.PATIENCE.toMillis());
        climb.tunnel().orElseThrow().close();
    }

    @Test
    void goesOnAtOnceWhereOneRefuses() {
        first.refuses(Method.ALLOCATE, 508, "Insufficient Capacity");

        Ladder.Climb climb = climb(first, second);

        assertThat(climb.rung()).isEqualTo(1);
        assertThat(climb.failures())
                .extracting(failure -> failure.failure().code())
                .containsExactly(ErrorCode.RELAY_FULL);
        climb.tunnel().orElseThrow().close();
    }

    @Test
    void tellsEveryFailureWhereNoneWorks() {
        first.refuses(Method.ALLOCATE, 486, "Quota");
        second.refuses(Method.ALLOCATE, 508, "Full");

        Ladder.Climb climb = climb(first, second);

        assertThat(climb.tunnel()).isEmpty();
        assertThat(climb.rung()).isEqualTo(-1);
        assertThat(climb.failures())
                .extracting(failure -> failure.rung() + " " + failure.failure().code())
                .containsExactly("0 QUOTA_EXCEEDED", "1 RELAY_FULL");
    }

    /// The slow one is answered after the fast one has won: its allocation must not stay.
    @Test
    void leavesNoAllocationBehind() throws InterruptedException {
        first.misses(Method.ALLOCATE).misses(Method.ALLOCATE);

        Ladder.Climb climb = climb(first, second);
        climb.tunnel().orElseThrow().close();

        FakeRelay winner = climb.rung() == 0 ? first : second;
        Message last = next(winner);
        while (last.method() != Method.REFRESH) last = next(winner);
        assertThat(last.find(Attribute.Lifetime.class).orElseThrow().seconds()).isZero();
    }

    @Test
    void needsARung() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Ladder(List.of(), Dialer.direct(), new RealTime()))
                .withMessage("a ladder without a rung");
    }

    private Ladder.Climb climb(FakeRelay... relays) {
        List<Entrance> rungs = Stream.of(relays)
                .map(relay -> new Entrance(relay.address(), Transport.UDP, Trust.system()))
                .toList();
        return new Ladder(rungs, Dialer.direct(), new RealTime()).climb(FakeRelay.ALICE, this);
    }

    private static void silence(FakeRelay relay) {
        for (int i = 0; i < 20; i++) relay.misses(Method.ALLOCATE);
    }

    private static Message next(FakeRelay relay) throws InterruptedException {
        return Objects.requireNonNull(relay.requests().poll(20, TimeUnit.SECONDS), "nothing came within 20 s");
    }
}
