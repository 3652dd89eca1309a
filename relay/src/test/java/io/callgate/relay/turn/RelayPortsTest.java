package io.callgate.relay.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.IpAddress;
import io.callgate.model.PortRange;
import io.callgate.model.RelayAddress;
import io.callgate.model.Subject;
import io.callgate.relay.grant.Identity;
import io.callgate.relay.grant.LiveApp;
import io.callgate.relay.grant.TestApps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayPortsTest {
    private static final IpAddress V4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress V6 = IpAddress.parse("2001:db8::1");
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
    private static final IpAddress PUBLIC = IpAddress.parse("203.0.113.7");

    private final LiveApp app = TestApps.nameless("demo");
    private final LiveApp other = TestApps.nameless("other");
    private final RelayPorts ports = new RelayPorts();

    @BeforeEach
    void offer() {
        ports.offer(List.of(RelayAddress.of(V4), RelayAddress.of(V6)), new PortRange(50_000, 50_999));
    }

    private RelayPorts.Holdings v4() {
        return ports.choose(false, V4).orElseThrow();
    }

    @Test
    void s15AllPortsAreFreeAgainAfter100000AllocationsOfEveryMix() {
        Random random = new Random(15);
        Reservations reservations = new Reservations(ports);
        Identity owner = new Identity(app, new Subject("bob"), Instant.MAX);
        List<RelayPorts.Taken> live = new ArrayList<>();
        List<Long> tokens = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 100_000; i++) {
            now += random.nextInt(200_000_000);
            switch (random.nextInt(5)) {
                case 0 -> ports.take(v4(), app).ifPresent(live::add);
                case 1 -> ports.takeEven(v4(), app, false).ifPresent(live::add);
                case 2 -> {
                    Optional<RelayPorts.Taken> even = ports.takeEven(v4(), app, true);
                    even.ifPresent(live::add);
                    if (even.isPresent()) {
                        tokens.add(reservations.keep(
                                new RelayPorts.Taken(
                                        even.get().holdings(), even.get().port() + 1),
                                owner,
                                now));
                    }
                }
                case 3 -> {
                    if (!tokens.isEmpty()) { // some have expired
                        reservations
                                .redeem(tokens.remove(random.nextInt(tokens.size())), owner, now)
                                .ifPresent(live::add);
                    }
                }
                default -> {
                    for (int ends = random.nextInt(4); ends > 0 && !live.isEmpty(); ends--) {
                        ports.release(live.remove(random.nextInt(live.size())));
                    }
                }
            }
            assertThat(ports.heldBy(app, V4.high(), V4.low())).isEqualTo(live.size());
        }

        live.forEach(ports::release);
        reservations.releaseExpired(now + 31_000_000_000L);

        assertThat(ports.takenPorts()).isZero();
        assertThat(ports.heldBy(app, V4.high(), V4.low())).isZero();
        for (int i = 0; i < 1_000; i++) {
            assertThat(ports.take(v4(), app)).isPresent();
        }
        assertThat(ports.take(v4(), app)).isEmpty();
    }

    @Test
    void s9PortsAreUniformOverTheRange() {
        int samples = 20_000;
        int[] buckets = new int[20];
        int ascending = 0;
        int last = 0;
        for (int i = 0; i < samples; i++) {
            RelayPorts.Taken taken = ports.take(v4(), app).orElseThrow();
            buckets[(taken.port() - 50_000) / 50]++;
            ascending += taken.port() > last ? 1 : 0;
            last = taken.port();
            ports.release(taken);
        }

        double chiSquare = 0;
        double expected = samples / (double) buckets.length;
        for (int count : buckets) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertThat(chiSquare).as("19 degrees of freedom").isLessThan(60);
        assertThat(ascending).isBetween(samples / 2 - 500, samples / 2 + 500);
    }

    @Test
    void everyPortOfTheRangeIsTakenBeforeItIsFull() {
        Set<Integer> taken = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            taken.add(ports.take(v4(), app).orElseThrow().port());
        }

        assertThat(taken).hasSize(1_000).allMatch(port -> port >= 50_000 && port <= 50_999);
        assertThat(ports.take(v4(), app)).isEmpty();
        assertThat(ports.takeEven(v4(), app, false)).isEmpty();
    }

    @ParameterizedTest(name = "{0}-{1}: {2} even ports, {3} pairs")
    @CsvSource({
        "50000, 50000, 1, 0",
        "50000, 50001, 1, 1",
        "50001, 50001, 0, 0",
        "50001, 50002, 1, 0",
        "50001, 50003, 1, 1",
        "50000, 50004, 3, 2"
    })
    void evenPortsAndPairsKeepWithinTheRange(int first, int last, int evens, int pairs) {
        ports.offer(List.of(RelayAddress.of(V4)), new PortRange(first, last));
        List<RelayPorts.Taken> taken = new ArrayList<>();
        for (Optional<RelayPorts.Taken> next = ports.takeEven(v4(), app, false);
                next.isPresent();
                next = ports.takeEven(v4(), app, false)) {
            taken.add(next.get());
        }
        assertThat(taken).hasSize(evens).allMatch(it -> it.port() % 2 == 0);
        taken.forEach(ports::release);

        int found = 0;
        while (ports.takeEven(v4(), app, true).isPresent()) {
            found++;
        }
        assertThat(found).isEqualTo(pairs);
    }

    @Test
    void aReservedPortHasNoHolderUntilItIsRedeemed() {
        RelayPorts.Taken even = ports.takeEven(v4(), app, true).orElseThrow();
        RelayPorts.Taken reserved = new RelayPorts.Taken(even.holdings(), even.port() + 1);

        assertThat(ports.holder(V4.high(), V4.low(), even.port())).isSameAs(app);
        assertThat(ports.holder(V4.high(), V4.low(), reserved.port())).isNull();
        ports.redeem(reserved);
        assertThat(ports.holder(V4.high(), V4.low(), reserved.port())).isSameAs(app);
        assertThatThrownBy(() -> ports.redeem(reserved)).isInstanceOf(IllegalStateException.class);
        ports.release(reserved);
        assertThatThrownBy(() -> ports.release(reserved)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReservationIsForItsUserOnlyAndForThirtySeconds() {
        Reservations reservations = new Reservations(ports);
        Identity owner = new Identity(app, new Subject("bob"), Instant.MAX);
        RelayPorts.Taken even = ports.takeEven(v4(), app, true).orElseThrow();
        long token = reservations.keep(new RelayPorts.Taken(even.holdings(), even.port() + 1), owner, 0);

        assertThat(reservations.redeem(token, new Identity(app, new Subject("eve"), Instant.MAX), 1))
                .isEmpty();
        assertThat(reservations.redeem(token, new Identity(other, new Subject("bob"), Instant.MAX), 1))
                .isEmpty();
        assertThat(reservations.redeem(token + 1, owner, 1)).isEmpty();
        assertThat(reservations.redeem(token, owner, 30_000_000_000L)).isEmpty();
        assertThat(ports.takenPorts()).isEqualTo(1);
    }

    @Test
    void theListenersOwnAddressIsChosenFirstThenOneOfItsKind() {
        ports.offer(
                List.of(RelayAddress.of(LOOPBACK), new RelayAddress(V4, PUBLIC), RelayAddress.of(V6)),
                new PortRange(50_000, 50_999));

        assertThat(ports.choose(false, V4).orElseThrow().address().bind()).isEqualTo(V4);
        assertThat(ports.choose(false, LOOPBACK).orElseThrow().address().bind()).isEqualTo(LOOPBACK);
        assertThat(ports.choose(false, V6).orElseThrow().address().bind()).isEqualTo(V4);
        assertThat(ports.choose(true, LOOPBACK).orElseThrow().address().bind()).isEqualTo(V6);
    }

    @Test
    void ofAddressesAlikeTheOneWithMoreFreePortsIsChosen() {
        ports.offer(List.of(RelayAddress.of(V4), RelayAddress.of(PUBLIC)), new PortRange(50_000, 50_999));
        IpAddress listener = IpAddress.parse("192.0.2.9");
        for (int i = 0; i < 10; i++) {
            assertThat(ports.take(ports.choose(false, listener).orElseThrow(), app))
                    .isPresent();
        }

        assertThat(ports.heldBy(app, V4.high(), V4.low())).isEqualTo(5);
        assertThat(ports.heldBy(app, PUBLIC.high(), PUBLIC.low())).isEqualTo(5);
    }

    @Test
    void theFullestAddressTellsHowFullTheRelayIs() {
        for (int i = 0; i < 500; i++) {
            assertThat(ports.take(v4(), app)).isPresent();
        }
        assertThat(ports.fullest()).as("half of IPv4, and none of IPv6").isEqualTo(0.5);

        ports.offer(List.of(RelayAddress.of(V4)), new PortRange(50_000, 50_099));
        assertThat(ports.fullest()).as("more is taken than the range has").isEqualTo(1);

        ports.offer(List.of(RelayAddress.of(V6)), new PortRange(50_000, 50_099));
        assertThat(ports.fullest()).as("what is offered no more").isZero();
    }

    @Test
    void anAddressThatIsOfferedNoMoreKeepsWhatItHasAndGivesNothingNew() {
        RelayPorts.Taken taken = ports.take(v4(), app).orElseThrow();

        ports.offer(List.of(RelayAddress.of(V6)), new PortRange(50_000, 50_999));

        assertThat(ports.choose(false, V4)).isEmpty();
        assertThat(ports.holder(V4.high(), V4.low(), taken.port())).isSameAs(app);
        ports.release(taken);
        assertThat(ports.takenPorts()).isZero();
    }

    @Test
    void publicAndBoundAddressesStandForEachOther() {
        ports.offer(List.of(new RelayAddress(V4, PUBLIC)), new PortRange(50_000, 50_999));
        RelayPorts.Taken taken = ports.take(v4(), app).orElseThrow();

        assertThat(ports.bindOf(PUBLIC.high(), PUBLIC.low())).isEqualTo(V4);
        assertThat(ports.publicOf(V4.high(), V4.low())).isEqualTo(PUBLIC);
        assertThat(ports.bindOf(V6.high(), V6.low())).isNull();
        assertThat(ports.holder(PUBLIC.high(), PUBLIC.low(), taken.port())).isSameAs(app);
        assertThat(ports.holder(V4.high(), V4.low(), taken.port())).isSameAs(app);
        assertThat(ports.heldBy(app, PUBLIC.high(), PUBLIC.low())).isEqualTo(1);
        assertThat(ports.heldBy(other, PUBLIC.high(), PUBLIC.low())).isZero();
    }
}
