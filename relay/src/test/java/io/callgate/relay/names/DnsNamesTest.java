package io.callgate.relay.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.net.IoKind;
import io.callgate.testkit.FakeClock;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Look-ups against a DNS server of this test.
class DnsNamesTest {
    private static final InetAddress HOSTS_FILE_ADDRESS =
            IpAddress.parse("192.0.2.99").toInetAddress();

    private final FakeClock clock = new FakeClock();
    private final DnsServerStub server = new DnsServerStub();
    private final DnsNames names = DnsNames.of(
            IoKind.best(),
            clock,
            new SingletonDnsServerAddressStreamProvider(server.address()),
            DnsNamesTest::hostsFile);

    private static List<InetAddress> hostsFile(String host) {
        return host.equals("own.test") ? List.of(HOSTS_FILE_ADDRESS) : List.of();
    }

    @AfterEach
    void close() {
        names.close();
        server.close();
    }

    @Test
    void findsBothFamilies() throws Exception {
        server.knows("sfu.test", 60, "192.0.2.1", "192.0.2.2", "2001:db8::1");

        NameResolver.Resolved resolved = resolve("SFU.test");

        assertThat(resolved.addresses())
                .extracting(IpAddress::toString)
                .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "2001:db8::1");
        assertThat(resolved.timeToLive()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void oneFamilyIsEnough() throws Exception {
        server.knows("six.test", 60, "2001:db8::1");

        assertThat(resolve("six.test").addresses()).containsExactly(IpAddress.parse("2001:db8::1"));
    }

    @ParameterizedTest(name = "{0} s become {1} s")
    @CsvSource({"0, 1", "1, 1", "299, 299", "86400, 300"})
    void clampsTimeToLive(int ttlSeconds, int expectedSeconds) throws Exception {
        server.knows("sfu.test", ttlSeconds, "192.0.2.1");

        assertThat(resolve("sfu.test").timeToLive()).isEqualTo(Duration.ofSeconds(expectedSeconds));
    }

    @Test
    void asksAgainWhenTheAnswerHasExpired() throws Exception {
        server.knows("sfu.test", 60, "192.0.2.1");
        resolve("sfu.test");
        resolve("sfu.test");
        assertThat(server.asked()).isEqualTo(2);

        server.knows("sfu.test", 60, "192.0.2.2");
        clock.advance(Duration.ofSeconds(59));
        assertThat(resolve("sfu.test").addresses()).containsExactly(IpAddress.parse("192.0.2.1"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(resolve("sfu.test").addresses()).containsExactly(IpAddress.parse("192.0.2.2"));
    }

    @Test
    void keepsFailuresForAMoment() throws Exception {
        assertUnknown("nowhere.test", "the DNS has no address for nowhere.test");
        int asked = server.asked();
        assertUnknown("nowhere.test", "the DNS has no address for nowhere.test");
        assertThat(server.asked()).isEqualTo(asked);

        server.knows("nowhere.test", 60, "192.0.2.1");
        clock.advance(Duration.ofSeconds(5));

        assertThat(resolve("nowhere.test").addresses()).hasSize(1);
    }

    @Test
    void hostsFileComesFirst() throws Exception {
        server.knows("own.test", 60, "192.0.2.1");

        assertThat(resolve("own.test").addresses()).containsExactly(IpAddress.of(HOSTS_FILE_ADDRESS));
        assertThat(server.asked()).isZero();
    }

    @Test
    void oneQueryServesAllWhoAskAtOnce() throws Exception {
        server.knows("sfu.test", 60, "192.0.2.1");
        List<CompletableFuture<NameResolver.Resolved>> asking = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asking.add(names.resolve("sfu.test").toCompletableFuture());
        }

        for (CompletableFuture<NameResolver.Resolved> each : asking) {
            assertThat(each.get(10, TimeUnit.SECONDS).addresses()).hasSize(1);
        }
        assertThat(server.asked()).isEqualTo(2);
    }

    @Test
    void boundsNamesAndQueries() {
        assertUnknown("a".repeat(254), "a host name has 1 to 253 characters");
        assertUnknown("", "a host name has 1 to 253 characters");

        server.close(); // nothing is answered any more
        List<CompletableFuture<NameResolver.Resolved>> asking = new ArrayList<>();
        for (int i = 0; i <= 256; i++) {
            asking.add(names.resolve("n" + i + ".test").toCompletableFuture());
        }
        assertThatThrownBy(() -> asking.get(256).get(10, TimeUnit.SECONDS))
                .hasRootCauseMessage("too many names are being looked up");
    }

    @Test
    void withoutServersOnlyTheHostsFileAnswers() throws Exception {
        try (DnsNames alone = DnsNames.withoutServers(IoKind.best(), clock, DnsNamesTest::hostsFile)) {
            assertThat(alone.resolve("own.test")
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .addresses())
                    .containsExactly(IpAddress.of(HOSTS_FILE_ADDRESS));
            assertThatThrownBy(() ->
                            alone.resolve("sfu.test").toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(UnknownHostException.class)
                    .hasRootCauseMessage("this relay has no DNS server, so it cannot look up sfu.test");
        }
    }

    @Test
    void systemKnowsLocalhost() throws Exception {
        try (DnsNames system = DnsNames.ofSystem(IoKind.best(), clock)) {
            assertThat(system.resolve("localhost")
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .addresses())
                    .contains(IpAddress.parse("127.0.0.1"));
        }
    }

    private NameResolver.Resolved resolve(String host) throws Exception {
        return names.resolve(host).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private void assertUnknown(String host, String message) {
        assertThatThrownBy(() -> resolve(host))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(UnknownHostException.class)
                .hasRootCauseMessage(message);
    }
}
