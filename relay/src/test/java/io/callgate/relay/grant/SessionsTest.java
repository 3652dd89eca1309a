package io.callgate.relay.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.Limits;
import io.callgate.model.Subject;
import io.callgate.relay.grant.Sessions.Part;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Limits LIMITS = new Limits(2, 3, 0, 10, 10, 10, 1);
    private static final Subject BOB = new Subject("bob");
    private static final Subject EVE = new Subject("eve");
    private static final Subject ZOE = new Subject("zoe");

    private final Sessions sessions = new Sessions();

    @Test
    void aSubjectIsOneSessionHoweverManyAllocationsItHas() {
        for (int i = 0; i < 3; i++) {
            assertThat(sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0)).isEmpty();
        }
        assertThat(sessions.open(BOB, Part.TUNNEL, LIMITS, true, 0)).isEmpty();

        assertThat(sessions.count(0)).isEqualTo(1);
        assertThat(sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0)).contains(DropReason.ALLOCATION_QUOTA);
        assertThat(sessions.open(BOB, Part.TUNNEL, LIMITS, true, 0)).contains(DropReason.TUNNEL_QUOTA);
    }

    @Test
    void aSessionLingersForThirtySecondsAndCountsMeanwhile() {
        sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, Part.ALLOCATION, LIMITS, true, 0);
        sessions.close(BOB, Part.ALLOCATION, 10 * SECOND);

        assertThat(sessions.open(ZOE, Part.ALLOCATION, LIMITS, true, 40 * SECOND - 1))
                .contains(DropReason.SESSION_QUOTA);
        assertThat(sessions.open(ZOE, Part.ALLOCATION, LIMITS, true, 40 * SECOND))
                .isEmpty();
        assertThat(sessions.count(40 * SECOND)).isEqualTo(2);
    }

    @Test
    void aLingeringSubjectComesBackWithoutTakingASecondSession() {
        sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, Part.ALLOCATION, LIMITS, true, 0);
        sessions.close(BOB, Part.ALLOCATION, SECOND);

        assertThat(sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 2 * SECOND))
                .isEmpty();
        assertThat(sessions.count(100 * SECOND)).isEqualTo(2);
    }

    @Test
    void aRefusedFirstPartLeavesNoSession() {
        sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0);
        sessions.open(EVE, Part.ALLOCATION, LIMITS, true, 0);
        sessions.open(ZOE, Part.ALLOCATION, LIMITS, true, 0);

        assertThat(sessions.count(0)).isEqualTo(2);
        assertThatThrownBy(() -> sessions.close(ZOE, Part.ALLOCATION, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDrainingRelayLetsOnlyLiveSessionsGrow() {
        sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0);

        assertThat(sessions.open(BOB, Part.ALLOCATION, LIMITS, false, 0)).isEmpty();
        assertThat(sessions.open(EVE, Part.ALLOCATION, LIMITS, false, 0)).contains(DropReason.DRAINING);
    }

    @Test
    void newPeersAreABucketThatFillsSteadily() {
        sessions.open(BOB, Part.ALLOCATION, LIMITS, true, 0);

        assertThat(sessions.mayMeet(BOB, 10, 10, 0)).isTrue();
        assertThat(sessions.mayMeet(BOB, 1, 10, 0)).isFalse();
        assertThat(sessions.mayMeet(BOB, 1, 10, SECOND / 10)).isTrue();
        assertThat(sessions.mayMeet(BOB, 6, 10, SECOND / 2)).isFalse();
        assertThat(sessions.mayMeet(BOB, 4, 10, SECOND / 2)).isTrue();
        assertThat(sessions.mayMeet(BOB, 10, 10, 100 * SECOND)).isTrue();
        assertThat(sessions.mayMeet(BOB, 1, 10, 99 * SECOND))
                .as("a clock behind gives nothing")
                .isFalse();
        assertThat(sessions.mayMeet(BOB, 30, 10, 101 * SECOND))
                .as("a full bucket is overdrawn")
                .isTrue();
        assertThat(sessions.mayMeet(BOB, 1, 10, 103 * SECOND))
                .as("and paid for later")
                .isFalse();
        assertThat(sessions.mayMeet(BOB, 1, 10, 104 * SECOND)).isTrue();
        assertThat(sessions.mayMeet(EVE, 1, 10, 0)).as("no session").isFalse();
    }
}
