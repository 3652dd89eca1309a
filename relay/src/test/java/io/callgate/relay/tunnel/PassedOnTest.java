package io.callgate.relay.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.passage.Passage;
import io.callgate.relay.passage.PassageAnswer;
import io.callgate.relay.passage.PassedRequest;
import io.callgate.testkit.FakeClock;
import io.callgate.wire.Bytes;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// S11: what one request keeps of the relay, and for how long. Time is turned by hand.
class PassedOnTest {
    private static final long NO_TIMER = -1;

    private final EmbeddedChannel client = new EmbeddedChannel();
    private final RelayLoop loop = new RelayLoop(0, client.eventLoop(), IoKind.NIO, new FakeClock());
    private final List<PassedRequest> passed = new ArrayList<>();
    private final CompletableFuture<PassageAnswer> answer = new CompletableFuture<>();
    private final Passage passage = new Passage(request -> {
        passed.add(request);
        return answer;
    });
    private final List<Integer> statuses = new ArrayList<>();

    PassedOnTest() {
        client.freezeTime();
    }

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
    }

    @Test
    void s11WithoutAPlaceThereIsNoBody() {
        takeAllPlaces();

        PassedOn refused = begin();
        send(refused, 100);
        refused.onEnd();

        assertThat(refused.wantsBody()).isFalse();
        assertThat(statuses).containsExactly(429);
        assertThat(drops(DropReason.PASSAGE_BUSY)).isOne();
        assertThat(passed).isEmpty();
        assertThat(client.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
    }

    @Test
    void s11WhileItWaitsForItsBodyItHasAPlaceAndEndsWithItsClient() {
        PassedOn waiting = begin();
        send(waiting, 100);
        takeAllPlaces();

        client.close();
        client.runPendingTasks();

        assertThat(waiting.wantsBody()).isFalse();
        assertThat(client.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
        assertThat(isPlaceFree()).isTrue();
        assertThat(statuses).isEmpty();
    }

    @Test
    void s11WhileItWaitsForControlItEndsWithItsClient() {
        PassedOn whole = begin();
        whole.onEnd();
        takeAllPlaces();

        client.close();
        client.runPendingTasks();

        assertThat(passed).hasSize(1);
        assertThat(answer).isCancelled();
        assertThat(isPlaceFree()).isTrue();
        assertThat(statuses).isEmpty();
        assertThat(drops(DropReason.CONTROL_AWAY)).as("nobody's fault").isZero();
    }

    @Test
    void givesItsPlaceBackWithItsAnswer() {
        PassedOn whole = begin();
        send(whole, 100);
        whole.onEnd();
        takeAllPlaces();
        assertThat(passed.getFirst().body().length()).isEqualTo(100);
        assertThat(client.runScheduledPendingTasks()).isEqualTo(NO_TIMER);

        answer.complete(PassageAnswer.of(200, Map.of(), Bytes.EMPTY));
        client.runPendingTasks();

        assertThat(statuses).containsExactly(200);
        assertThat(isPlaceFree()).isTrue();
    }

    @Test
    void aBodyThatDoesNotComeInTimeLosesItsPlace() {
        PassedOn slow = begin();
        takeAllPlaces();

        client.advanceTimeBy(5, TimeUnit.SECONDS);
        client.runScheduledPendingTasks();
        send(slow, 100);
        slow.onEnd();

        assertThat(statuses).containsExactly(408);
        assertThat(isPlaceFree()).isTrue();
        assertThat(passed).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeLosesItsPlace() {
        PassedOn large = begin();
        takeAllPlaces();

        send(large, Passage.MOST_BODY_BYTES + 1);
        large.onEnd();

        assertThat(statuses).containsExactly(413);
        assertThat(client.runScheduledPendingTasks()).isEqualTo(NO_TIMER);
        assertThat(isPlaceFree()).isTrue();
        assertThat(passed).isEmpty();
    }

    private PassedOn begin() {
        return PassedOn.begin(
                loop,
                client,
                passage,
                head(),
                told -> statuses.add(told.status().code()));
    }

    private static void send(PassedOn request, int bytes) {
        request.onBody(Unpooled.wrappedBuffer(new byte[bytes]));
    }

    /// All that its network has left.
    private void takeAllPlaces() {
        while (isPlaceFree()) {}
    }

    /// Takes it, if so.
    private boolean isPlaceFree() {
        return passage.admit(head()) instanceof Passage.Admission.Admitted;
    }

    private static PassedRequest head() {
        return Passage.find("POST", "/v1/leases", name -> Optional.empty(), IpAddress.parse("192.0.2.1"))
                .orElseThrow();
    }

    private long drops(DropReason reason) {
        return Objects.requireNonNull(loop.drops().totals().get(reason));
    }
}
