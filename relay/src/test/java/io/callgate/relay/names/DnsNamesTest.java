package io.callgate.relay.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.callgate.model.AppId;
import io.callgate.model.IpAddress;
import io.callgate.model.Subject;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.LookupRefused;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.net.IoKind;
import io.callgate.testkit.FakeClock;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Look-ups against a DNS server of this test.
class DnsNamesTest {
    private static final InetAddress HOSTS_FILE_ADDRESS =
            IpAddress.parse("192.0.2.99").toInetAddress();

    private static final NameResolver.Asker RULES = new NameResolver.Asker.Rules();
    private static final NameResolver.Asker BOB = client("bob");
    private static final NameResolver.Asker CAROL = client("carol");

    private final FakeClock clock = new FakeClock();
    private final DnsServerStub server = new DnsServerStub();
    private final DnsNames names = DnsNames.of(
            IoKind.best(),
            clock,
            new SingletonDnsServerAddressStreamProvider(server.address()),
            DnsNamesTest::hostsFile);

    private static NameResolver.Asker client(String subject) {
        return new NameResolver.Asker.Client(new AppId("demo"), new Subject(subject));
    }

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
    void oneQueryServesAllWhoAskAtOnceAndIsOneForTheirLimitToo() throws Exception {
        server.knows("sfu.test", 60, "192.0.2.1");

        List<CompletableFuture<NameResolver.Resolved>> asking =
                resolveAtOnce(BOB, Collections.nCopies(100, "sfu.test"));

        for (CompletableFuture<NameResolver.Resolved> each : asking) {
            assertThat(each.get(10, TimeUnit.SECONDS).addresses()).hasSize(1);
        }
        assertThat(server.asked()).isEqualTo(2);
    }

    @Test
    void boundsNames() {
        assertUnknown("a".repeat(254), "a host name has 1 to 253 characters");
        assertUnknown("", "a host name has 1 to 253 characters");
    }

    @Test
    void namesOfOneSubjectThatHangHoldBackNobodyElse() throws Exception {
        server.knows("sfu.test", 60, "192.0.2.1");
        List<CompletableFuture<NameResolver.Resolved>> hanging =
                resolveAtOnce(BOB, hangingNames(Lookups.MOST_OF_SUBJECT + 1));

        assertRefused(hanging.removeLast(), DropReason.LOOKUP_QUOTA);
        assertThat(resolveAtOnce(CAROL, List.of("sfu.test"))
                        .getFirst()
                        .get(10, TimeUnit.SECONDS)
                        .addresses())
                .hasSize(1);
        assertThat(resolveAtOnce(BOB, List.of("sfu.test", "own.test")))
                .as("what is known needs no look-up")
                .allSatisfy(known -> assertThat(known).succeedsWithin(Duration.ofSeconds(10)));

        server.answerAllThatHang();
        for (CompletableFuture<NameResolver.Resolved> each : hanging) {
            assertThat(each).failsWithin(Duration.ofSeconds(20));
        }
        server.knows("other.test", 60, "192.0.2.2");
        assertThat(resolveAtOnce(BOB, List.of("other.test"))
                        .getFirst()
                        .get(10, TimeUnit.SECONDS)
                        .addresses())
                .hasSize(1);
    }

    @Test
    void namesOfAllClientsThatHangDoNotHoldBackTheRelaysOwnRules() throws Exception {
        List<Question> questions = new ArrayList<>();
        for (String host : hangingNames(Lookups.MOST_OF_CLIENTS)) {
            int number = questions.size();
            AppId app = new AppId("app" + number / Lookups.MOST_OF_APP);
            Subject subject = new Subject("subject" + number / Lookups.MOST_OF_SUBJECT);
            questions.add(new Question(new NameResolver.Asker.Client(app, subject), host));
        }
        questions.add(new Question(BOB, "sfu.test"));
        questions.add(new Question(RULES, "rule.hanging.test"));

        List<CompletableFuture<NameResolver.Resolved>> answers = resolveAtOnce(questions);
        server.answerAllThatHang();

        assertThat(answers.removeLast())
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UnknownHostException.class)
                .withMessage("the DNS has no address for rule.hanging.test");
        assertRefused(answers.removeLast(), DropReason.LOOKUPS_BUSY);
    }

    @Test
    void withoutServersOnlyTheHostsFileAnswers() throws Exception {
        try (DnsNames alone = DnsNames.withoutServers(IoKind.best(), clock, DnsNamesTest::hostsFile)) {
            assertThat(alone.resolve("own.test", RULES)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .addresses())
                    .containsExactly(IpAddress.of(HOSTS_FILE_ADDRESS));
            assertThatThrownBy(() -> alone.resolve("sfu.test", RULES)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(UnknownHostException.class)
                    .hasRootCauseMessage("this relay has no DNS server, so it cannot look up sfu.test");
        }
    }

    @Test
    void systemKnowsLocalhost() throws Exception {
        try (DnsNames system = DnsNames.ofSystem(IoKind.best(), clock)) {
            assertThat(system.resolve("localhost", RULES)
                            .toCompletableFuture()
                            .get(10, TimeUnit.SECONDS)
                            .addresses())
                    .contains(IpAddress.parse("127.0.0.1"));
        }
    }

    private static List<String> hangingNames(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "n" + i + ".hanging.test")
                .toList();
    }

    private record Question(NameResolver.Asker asker, String host) {}

    private List<CompletableFuture<NameResolver.Resolved>> resolveAtOnce(NameResolver.Asker asker, List<String> hosts)
            throws Exception {
        return resolveAtOnce(
                hosts.stream().map(host -> new Question(asker, host)).toList());
    }

    /// Asks while the thread of all look-ups waits: so all have been taken before the first can come to an end.
    private List<CompletableFuture<NameResolver.Resolved>> resolveAtOnce(List<Question> questions) throws Exception {
        return names.executor()
                .submit(() -> {
                    List<CompletableFuture<NameResolver.Resolved>> answers = new ArrayList<>();
                    for (Question each : questions) {
                        answers.add(names.resolve(each.host(), each.asker()).toCompletableFuture());
                    }
                    return answers;
                })
                .get(10, TimeUnit.SECONDS);
    }

    private static void assertRefused(CompletableFuture<NameResolver.Resolved> answer, DropReason reason) {
        assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        LookupRefused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    private NameResolver.Resolved resolve(String host) throws Exception {
        return names.resolve(host, RULES).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private void assertUnknown(String host, String message) {
        assertThatThrownBy(() -> resolve(host))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(UnknownHostException.class)
                .hasRootCauseMessage(message);
    }
}
