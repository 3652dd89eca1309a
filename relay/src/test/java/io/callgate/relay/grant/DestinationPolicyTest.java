package io.callgate.relay.grant;

import static io.callgate.relay.grant.TestApps.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppState;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import io.callgate.model.SpecialRanges;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows P8, S1, S2, S4 and S6: one policy, every address form, every rule.
class DestinationPolicyTest {
    private static final String[] EVERYWHERE = {"0.0.0.0/0", "[::]/0"};
    private static final OwnHost OWN = new OwnHost(
            List.of(
                    IpAddress.parse("203.0.113.7"),
                    IpAddress.parse("2001:db8::7"),
                    IpAddress.parse("2002:cb00:7109::1")),
            List.of(endpoint("203.0.113.7", 3478)),
            List.of(endpoint("203.0.113.7", 443)),
            List.of(endpoint("127.0.0.1", 9464), endpoint("0.0.0.0", 8080)));

    private final Allocations allocations = new Allocations();

    /// One live allocation at 203.0.113.7:50000.
    private static final class Allocations implements LiveAllocations {
        private @Nullable LiveApp app;

        @Override
        public @Nullable LiveApp holder(long high, long low, int port) {
            return port == 50_000 && new IpAddress(high, low).equals(IpAddress.parse("203.0.113.7")) ? app : null;
        }

        @Override
        public int heldBy(LiveApp asking, long high, long low) {
            return asking == app && new IpAddress(high, low).equals(IpAddress.parse("203.0.113.7")) ? 1 : 0;
        }
    }

    private LiveApp app(String... rules) {
        return app(true, rules);
    }

    private LiveApp app(boolean fromFile, String... rules) {
        AppState state = TestApps.app("demo", List.of(TestApps.SECRET), List.of(), rules);
        return new LiveApp(
                state,
                List.of(),
                new DestinationPolicy.Surroundings(
                        OWN, allocations, new HostAddresses(), fromFile ? Openings.ALL : Openings.NONE),
                TestApps.NO_LOG);
    }

    private static @Nullable DropReason judge(LiveApp app, String address, int port, Protocol protocol) {
        IpAddress parsed = IpAddress.parse(address);
        return app.policy().refusalOf(parsed.high(), parsed.low(), port, protocol);
    }

    private static @Nullable DropReason judge(LiveApp app, IpAddress address) {
        return app.policy().refusalOf(address.high(), address.low(), 4_000, Protocol.UDP);
    }

    private static @Nullable DropReason judgeAnyPort(LiveApp app, IpAddress address) {
        return app.policy().refusalOfAnyPort(address.high(), address.low(), 0);
    }

    static List<SpecialRanges.SpecialRange> specialRanges() {
        return SpecialRanges.ALL;
    }

    /// First and last address of a range, and some between.
    private static List<IpAddress> samples(SpecialRanges.SpecialRange range) {
        IpAddress first = range.cidr().network();
        int hostBits = (first.isV4() ? 32 : 128) - range.cidr().prefixBits();
        long lowMask = hostBits >= 64 ? -1 : hostBits == 0 ? 0 : -1L >>> (64 - hostBits);
        long highMask = hostBits <= 64 ? 0 : -1L >>> (128 - hostBits);
        Random random = new Random(8);
        return List.of(
                first,
                new IpAddress(first.high() | highMask, first.low() | lowMask),
                new IpAddress(
                        first.high() | (random.nextLong() & highMask), first.low() | (random.nextLong() & lowMask)),
                new IpAddress(
                        first.high() | (random.nextLong() & highMask), first.low() | (random.nextLong() & lowMask)));
    }

    /// Every IPv6 address that may lead to an IPv4 one.
    private static List<IpAddress> embeddings(IpAddress v4) {
        long bits = v4.low() & 0xFFFF_FFFFL;
        return List.of(
                v4,
                new IpAddress(0, bits), // v4-compatible
                new IpAddress(0x0064_FF9B_0000_0000L, bits), // NAT64
                new IpAddress(0x2002_0000_0000_0000L | bits << 16, 1), // 6to4
                new IpAddress(0x2001_0000_0A0B_0C0DL, (~bits & 0xFFFF_FFFFL) | 0x8000_0000_0000_0000L), // Teredo
                new IpAddress(0x2001_0DB8_0000_0000L, 0x0000_5EFE_0000_0000L | bits), // ISATAP
                new IpAddress(0x2001_0DB8_0000_0000L, 0x0200_5EFE_0000_0000L | bits));
    }

    @ParameterizedTest
    @MethodSource("specialRanges")
    void everySpecialRangeInEveryEmbeddingIsClosedToRulesForEverything(SpecialRanges.SpecialRange range) {
        LiveApp app = app(EVERYWHERE);
        for (IpAddress sample : samples(range)) {
            for (IpAddress form :
                    sample.isV4() && !sample.equals(IpAddress.ofV4(0)) && !sample.equals(IpAddress.ofV4(1))
                            ? embeddings(sample)
                            : List.of(sample)) {
                assertThat(judge(app, form)).as("%s", form).isNotNull();
                assertThat(judgeAnyPort(app, form)).as("%s", form).isNotNull();
            }
        }
    }

    @Test
    void s2EveryEmbeddingOfAnIpv4AddressGetsItsVerdict() {
        Random random = new Random(2);
        LiveApp everywhere = app(EVERYWHERE);
        LiveApp some = app("0.0.0.0/1", "192.0.0.0/8");
        LiveApp v6only = app("[::]/0");
        for (int i = 0; i < 20_000; i++) {
            int bits = random.nextInt();
            if (bits == 0 || bits == 1) {
                continue;
            }
            IpAddress v4 = IpAddress.ofV4(bits);
            for (IpAddress form : embeddings(v4)) {
                for (LiveApp app : List.of(everywhere, some, v6only)) {
                    if (IpAddress.hidesTunnelEnd(form.high(), form.low())) {
                        // UDP goes to the IPv6 address, whose owner chose the IPv4 address in it; TCP dials the latter.
                        assertThat(judge(app, form)).as("%s", form).isNotNull();
                        assertThat(judgeAnyPort(app, form)).as("%s", form).isNotNull();
                        assertThat(judge(app, form.toString(), 443, Protocol.TCP))
                                .as("%s", form)
                                .isEqualTo(judge(app, v4.toString(), 443, Protocol.TCP));
                        continue;
                    }
                    assertThat(judge(app, form)).as("%s", form).isEqualTo(judge(app, v4));
                    assertThat(judgeAnyPort(app, form)).as("%s", form).isEqualTo(judgeAnyPort(app, v4));
                }
            }
        }
    }

    @Test
    void aSixToFourAddressWithAnIsatapIdentifierIsClosedIfEitherIpv4AddressIs() {
        LiveApp app = app(EVERYWHERE);
        IpAddress publicThenLoopback = new IpAddress(0x2002_0808_0808_0000L, 0x0000_5EFE_7F00_0001L);

        assertThat(judge(app, publicThenLoopback)).isEqualTo(DropReason.SPECIAL_RANGE);
    }

    @ParameterizedTest(name = "{0} opens {1}: {2}")
    @CsvSource({
        "10.0.0.0/8, 10.1.2.3, true",
        "10.1.2.0/24, 10.1.2.3, true",
        "10.1.2.3/32, 10.1.2.3, true",
        "10.1.2.0/24, 10.1.3.3, false",
        "8.0.0.0/6, 10.1.2.3, false",
        "0.0.0.0/0, 10.1.2.3, false",
        "192.168.0.0/16, 192.168.1.1, true",
        "192.160.0.0/11, 192.168.1.1, false",
        "192.160.0.0/11, 192.161.1.1, true",
        "169.254.169.254/32, 169.254.169.254, true",
        "'[fd00::]/8', fd00::1, true",
        "'[fc00::]/7', fd00::1, true",
        "'[f000::]/4', fd00::1, false",
        "'[::]/0', fe80::1, false",
        "127.0.0.0/8, ::127.0.0.1, false"
    })
    void onlyARuleInsideASpecialRangeOpensIt(String rule, String address, boolean opens) {
        assertThat(judge(app(rule), IpAddress.parse(address)) == null).isEqualTo(opens);
        assertThat(judgeAnyPort(app(rule), IpAddress.parse(address)) == null).isEqualTo(opens);
    }

    @Test
    void aStateFromControlOpensNoSpecialRangeAndNoOwnAddress() {
        LiveApp app = app(false, "10.0.0.0/8", "203.0.113.7/32", "198.51.100.0/24");

        assertThat(judge(app, IpAddress.parse("10.1.2.3"))).isEqualTo(DropReason.SPECIAL_RANGE);
        assertThat(judge(app, IpAddress.parse("203.0.113.7"))).isEqualTo(DropReason.OWN_ADDRESS);
        assertThat(judge(app, IpAddress.parse("198.51.100.1"))).isNull();
    }

    @Test
    void theOwnHostIsClosedButToARuleThatNamesTheAddress() {
        assertThat(judge(app("203.0.113.0/24"), IpAddress.parse("203.0.113.7"))).isEqualTo(DropReason.OWN_ADDRESS);
        assertThat(judge(app("203.0.113.0/24"), IpAddress.parse("203.0.113.8"))).isNull();
        assertThat(judge(app("203.0.113.7/32"), IpAddress.parse("203.0.113.7"))).isNull();
        assertThat(judge(app("[2001:db8::]/32"), IpAddress.parse("2001:db8::7")))
                .isEqualTo(DropReason.OWN_ADDRESS);
        assertThat(judge(app(EVERYWHERE), IpAddress.parse("64:ff9b::cb00:7107")))
                .isEqualTo(DropReason.OWN_ADDRESS);
    }

    @Test
    void aNetworkOpensNotTheRelaysOwnAddressInIt() {
        assertThat(judge(app("10.0.0.0/8"), IpAddress.parse("10.1.2.3"))).isNull();
        assertThat(judge(app("203.0.112.0/20"), IpAddress.parse("203.0.113.7"))).isEqualTo(DropReason.OWN_ADDRESS);
    }

    @Test
    void anOwnAddressThatHidesIpv4ItselfIsClosed() {
        assertThat(judge(app(EVERYWHERE), IpAddress.parse("2002:cb00:7109::1"))).isEqualTo(DropReason.OWN_ADDRESS);
        assertThat(judge(app(EVERYWHERE), IpAddress.parse("2002:cb00:7109::2"))).isEqualTo(DropReason.SPECIAL_RANGE);
    }

    @Test
    void ownListenersAndServicesAreClosedWhateverTheRules() {
        LiveApp app = app("203.0.113.7/32", "127.0.0.0/8");

        assertThat(judge(app, "203.0.113.7", 3478, Protocol.UDP)).isEqualTo(DropReason.PROXY_LOOP);
        assertThat(judge(app, "203.0.113.7", 443, Protocol.TCP)).isEqualTo(DropReason.PROXY_LOOP);
        assertThat(judge(app, "203.0.113.7", 443, Protocol.UDP)).isNull();
        assertThat(judge(app, "127.0.0.1", 9464, Protocol.TCP)).isEqualTo(DropReason.OWN_ADDRESS);
        assertThat(judge(app, "127.0.0.1", 9464, Protocol.UDP)).isEqualTo(DropReason.OWN_ADDRESS);
        assertThat(judge(app, "127.0.0.1", 9465, Protocol.TCP)).isNull();
        for (String any : List.of("127.0.0.1", "127.255.0.1", "203.0.113.7", "::127.0.0.1")) {
            assertThat(judge(app, any, 8080, Protocol.TCP)).as(any).isEqualTo(DropReason.OWN_ADDRESS);
        }
    }

    @Test
    void aLiveAllocationIsReachedByItsOwnAppOnlyOnThatPortOnlyByUdpOnly() {
        LiveApp mine = app();
        LiveApp stranger = app("203.0.113.7/32");
        allocations.app = mine;

        assertThat(judge(mine, "203.0.113.7", 50_000, Protocol.UDP)).isNull();
        assertThat(judge(mine, "203.0.113.7", 50_001, Protocol.UDP)).isNotNull();
        assertThat(judge(mine, "203.0.113.7", 50_000, Protocol.TCP)).isNotNull();
        assertThat(judge(stranger, "203.0.113.7", 50_000, Protocol.UDP)).isEqualTo(DropReason.FOREIGN_ALLOCATION);
    }

    @Test
    void aLiveAllocationIsNotReachedByAnAddressThatHidesItsOwn() {
        LiveApp mine = app(EVERYWHERE);
        allocations.app = mine;
        for (IpAddress form : embeddings(IpAddress.parse("203.0.113.7"))) {
            boolean isPlain = form.isV4();
            assertThat(mine.policy().refusalOf(form.high(), form.low(), 50_000, Protocol.UDP) == null)
                    .as("%s", form)
                    .isEqualTo(isPlain);
            assertThat(judgeAnyPort(mine, form) == null).as("%s", form).isEqualTo(isPlain);
        }
        LiveApp stranger = app("203.0.113.7/32");
        IpAddress hiding = IpAddress.parse("64:ff9b::cb00:7107");
        assertThat(stranger.policy().refusalOf(hiding.high(), hiding.low(), 50_000, Protocol.UDP))
                .isEqualTo(DropReason.FOREIGN_ALLOCATION);
    }

    @Test
    void aPermissionForTheOwnAddressNeedsAnAllocationOfSomebodyElse() {
        LiveApp mine = app();
        allocations.app = mine;
        IpAddress own = IpAddress.parse("203.0.113.7");

        assertThat(mine.policy().refusalOfAnyPort(own.high(), own.low(), 0)).isNull();
        assertThat(mine.policy().refusalOfAnyPort(own.high(), own.low(), 1)).isNotNull();
    }

    @ParameterizedTest(name = "{0} allows {1} {2}: {3}")
    @CsvSource({
        "198.51.100.0/24, 1, UDP, true",
        "198.51.100.0/24, 65535, TCP, true",
        "198.51.100.0/24, 0, UDP, false",
        "198.51.100.0/24:443, 443, UDP, true",
        "198.51.100.0/24:443, 444, UDP, false",
        "198.51.100.0/24:1000-2000, 999, UDP, false",
        "198.51.100.0/24:1000-2000, 1000, UDP, true",
        "198.51.100.0/24:1000-2000, 2000, UDP, true",
        "198.51.100.0/24:1000-2000, 2001, UDP, false",
        "198.51.100.0/24:443/tcp, 443, TCP, true",
        "198.51.100.0/24:443/tcp, 443, UDP, false",
        "198.51.100.0/24/udp, 443, TCP, false"
    })
    void portsAndProtocolsAreHeldTo(String rule, int port, Protocol protocol, boolean allows) {
        assertThat(judge(app(rule), "198.51.100.9", port, protocol) == null).isEqualTo(allows);
    }

    @Test
    void aPermissionNeedsARuleWithUdp() {
        IpAddress address = IpAddress.parse("198.51.100.9");

        assertThat(judgeAnyPort(app("198.51.100.0/24:443/tcp"), address)).isEqualTo(DropReason.DESTINATION_NOT_ALLOWED);
        assertThat(judgeAnyPort(app("198.51.100.0/24:443/udp"), address)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "169.254.169.254", "fd00::1", "203.0.113.7", "::ffff:10.0.0.1"})
    void p10AHostRuleNeverOpensWhatItsNameResolvesToIfThatIsGuarded(String guarded) {
        HostAddresses hosts = new HostAddresses();
        AppState state = TestApps.app("demo", List.of(TestApps.SECRET), List.of(), "sfu.example.com");
        LiveApp app = new LiveApp(
                state,
                List.of(),
                new DestinationPolicy.Surroundings(OWN, allocations, hosts, Openings.ALL),
                TestApps.NO_LOG);
        assertThat(judge(app, IpAddress.parse("198.51.100.9"))).isEqualTo(DropReason.DESTINATION_NOT_ALLOWED);

        hosts.resolved(
                "sfu.example.com",
                List.of(IpAddress.parse("198.51.100.9"), IpAddress.parse(guarded)),
                Duration.ofMinutes(1));

        assertThat(judge(app, IpAddress.parse("198.51.100.9"))).isNull();
        assertThat(judgeAnyPort(app, IpAddress.parse("198.51.100.9"))).isNull();
        assertThat(judge(app, IpAddress.parse(guarded))).isNotNull();
        assertThat(judgeAnyPort(app, IpAddress.parse(guarded))).isNotNull();
        assertThat(app.policy().refusalOfResolved("sfu.example.com", IpAddress.parse(guarded), 443, Protocol.TCP))
                .isNotNull();
    }

    @Test
    void withoutRulesNothingIsAllowed() {
        assertThat(judge(app(), IpAddress.parse("198.51.100.9"))).isEqualTo(DropReason.DESTINATION_NOT_ALLOWED);
        assertThat(judgeAnyPort(app(), IpAddress.parse("198.51.100.9"))).isEqualTo(DropReason.DESTINATION_NOT_ALLOWED);
    }
}
