package io.callgate.relay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.callgate.model.AppId;
import io.callgate.model.Heartbeat;
import io.callgate.model.UsageCount;
import io.callgate.relay.grant.Ingress;
import io.callgate.relay.grant.Usage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsageLedgerTest {
    private static final AppId DEMO = new AppId("demo");
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final UUID FIRST_RUN = new UUID(1, 1);
    private static final UUID SECOND_RUN = new UUID(2, 2);

    private final MemorySegment memory = Arena.ofAuto().allocate(UsageLedger.bytesFor(4), 8);
    private final UsageLedger ledger = new UsageLedger(memory, FIRST_RUN);

    @Test
    void amountsAreWholeAndByHour() {
        ledger.count(List.of(total(100, 1, 1_500)), NOON.plusSeconds(5));
        ledger.count(List.of(total(130, 1, 9_500)), NOON.plusSeconds(3_599));
        ledger.count(List.of(total(200, 2, 10_000)), NOON.plusSeconds(3_600));

        assertThat(ledger.untold(1))
                .containsExactly(
                        new UsageCount(FIRST_RUN.toString(), NOON, DEMO, "turn_udp", 130, 0, 1, 9),
                        new UsageCount(
                                FIRST_RUN.toString(), NOON.plus(UsageCount.HOUR), DEMO, "turn_udp", 70, 0, 1, 0));
    }

    @Test
    void whatIsAcknowledgedIsNotToldAgainUntilItGrows() {
        ledger.count(List.of(total(100, 0, 0)), NOON);
        assertThat(ledger.untold(1)).hasSize(1);
        assertThat(ledger.untold(2)).as("not acknowledged").hasSize(1);
        ledger.onAcknowledged(1); // came late: what it had may not be what is acknowledged now
        assertThat(ledger.untold(3)).hasSize(1);

        ledger.onAcknowledged(3);

        assertThat(ledger.untold(4)).isEmpty();
        ledger.count(List.of(total(101, 0, 0)), NOON);
        assertThat(ledger.untold(5)).extracting(UsageCount::bytesToPeer).containsExactly(101L);
    }

    @Test
    void theNextRunTellsWhatTheRunBeforeCounted() {
        ledger.count(List.of(total(100, 0, 0)), NOON);
        ledger.onAcknowledged(1);

        UsageLedger next = new UsageLedger(memory, SECOND_RUN);
        next.count(List.of(total(7, 0, 0)), NOON.plusSeconds(60));

        assertThat(next.untold(1))
                .extracting(UsageCount::epoch, UsageCount::bytesToPeer)
                .containsExactlyInAnyOrder(tuple(FIRST_RUN.toString(), 100L), tuple(SECOND_RUN.toString(), 7L));
        next.onAcknowledged(1);
        assertThat(new UsageLedger(memory, new UUID(3, 3)).untold(1))
                .extracting(UsageCount::epoch)
                .containsExactly(SECOND_RUN.toString());
    }

    @Test
    void withoutRoomTheLastHourThatHadSomeGoesOn() {
        for (int hour = 0; hour < 6; hour++) {
            ledger.count(List.of(total(100L * (hour + 1), 0, 0)), NOON.plus(Duration.ofHours(hour)));
        }

        assertThat(ledger.untold(1)).extracting(UsageCount::bytesToPeer).containsExactly(100L, 100L, 100L, 300L);
        ledger.onAcknowledged(1);
        ledger.count(List.of(total(650, 0, 0)), NOON.plus(Duration.ofHours(6)));
        assertThat(ledger.untold(2))
                .extracting(UsageCount::hour, UsageCount::bytesToPeer)
                .containsExactly(tuple(NOON.plus(Duration.ofHours(6)), 50L));
    }

    @Test
    void aClockThatGoesBackOpensNoHourThatWasToldBefore() {
        ledger.count(List.of(total(100, 0, 0)), NOON);
        ledger.count(List.of(total(150, 0, 0)), NOON.minus(Duration.ofHours(2)));

        assertThat(ledger.untold(1)).extracting(UsageCount::bytesToPeer).containsExactly(150L);
    }

    @Test
    void aHeartbeatHasAtMostAThousandCountsTheOldestFirst() {
        MemorySegment large = Arena.ofAuto().allocate(UsageLedger.bytesFor(3_000), 8);
        UsageLedger full = new UsageLedger(large, FIRST_RUN);
        IntStream.range(0, 2_500)
                .forEach(hour -> full.count(List.of(total(hour + 1, 0, 0)), NOON.plus(Duration.ofHours(hour))));

        int told = 0;
        for (int sequence = 1; sequence <= 3; sequence++) {
            List<UsageCount> counts = full.untold(sequence);
            assertThat(counts).hasSizeLessThanOrEqualTo(Heartbeat.MOST_USAGE);
            assertThat(counts.getFirst().hour()).isEqualTo(NOON.plus(Duration.ofHours(told)));
            told += counts.size();
            full.onAcknowledged(sequence);
        }
        assertThat(told).isEqualTo(2_500);
        assertThat(full.untold(4)).isEmpty();
    }

    @Test
    void aDamagedMemoryKeepsNoRelayFromStarting() {
        ledger.count(List.of(total(100, 0, 0)), NOON);
        for (long offset = 64; offset < memory.byteSize(); offset++) {
            memory.set(ValueLayout.JAVA_BYTE, offset, (byte) 1);
        }
        memory.set(ValueLayout.JAVA_LONG, 64, 1);

        UsageLedger next = new UsageLedger(memory, SECOND_RUN);
        next.count(List.of(total(7, 0, 0)), NOON);

        assertThat(next.untold(1)).extracting(UsageCount::bytesToPeer).containsExactly(7L);
    }

    private static Usage.Total total(long bytesToPeer, long sessions, long sessionMillis) {
        return new Usage.Total(DEMO, Ingress.TURN_UDP, bytesToPeer, 0, sessions, sessionMillis);
    }
}
