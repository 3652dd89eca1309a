package io.callgate.relay.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.Protocol;
import io.callgate.relay.Logs;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.NameResolver;
import io.callgate.relay.grant.Openings;
import io.callgate.relay.grant.OwnHost;
import io.callgate.relay.grant.TestApps;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Host rules follow the DNS. Time is turned by hand.
class HostRulesTest {
    private static final AppId APP = new AppId("demo");

    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final HostAddresses hosts = new HostAddresses();
    private final Dns dns = new Dns();
    private final HostRules rules = new HostRules(hosts, dns, thread.eventLoop());
    private final Apps apps = new Apps(state(), TestApps.NO_LOG);

    /// Answers live for a minute.
    private static final class Dns implements NameResolver {
        private final Map<String, String> known = new TreeMap<>();
        private final List<String> asked = new ArrayList<>();

        @Override
        public CompletionStage<Resolved> resolve(String host, Asker asker) {
            assertThat(asker).isInstanceOf(Asker.Rules.class);
            asked.add(host);
            String address = known.get(host);
            return address == null
                    ? CompletableFuture.failedFuture(new UnknownHostException("no such name"))
                    : CompletableFuture.completedFuture(
                            new Resolved(List.of(IpAddress.parse(address)), Duration.ofMinutes(1)));
        }
    }

    @Test
    void opensWhatANameResolvesTo() {
        dns.known.put("sfu.test", "198.51.100.7");

        apply("sfu.test:443");

        assertThat(allows("198.51.100.7", 443)).isTrue();
        assertThat(allows("198.51.100.7", 444)).isFalse();
        assertThat(allows("198.51.100.8", 443)).isFalse();
    }

    @Test
    void followsANameThatMoves() {
        dns.known.put("sfu.test", "198.51.100.7");
        apply("sfu.test");

        dns.known.put("sfu.test", "198.51.100.8");
        pass(59);
        assertThat(allows("198.51.100.7", 443)).isTrue();
        pass(1);

        assertThat(allows("198.51.100.8", 443)).isTrue();
        assertThat(allows("198.51.100.7", 443)).as("for the life of a channel").isTrue();
        for (int minute = 0; minute < 11; minute++) {
            pass(60);
        }
        assertThat(allows("198.51.100.7", 443)).isFalse();
        assertThat(allows("198.51.100.8", 443)).isTrue();
    }

    @Test
    void keepsTheLastGoodAnswerAndSaysSoOnce() {
        dns.known.put("sfu.test", "198.51.100.7");
        apply("sfu.test");
        try (Logs log = Logs.record()) {
            dns.known.clear();
            pass(60);
            pass(10);
            pass(10);
            assertThat(allows("198.51.100.7", 443)).isTrue();
            assertThat(log.ours()).containsExactly("destination.unresolved");

            dns.known.put("sfu.test", "198.51.100.8");
            pass(10);
            assertThat(allows("198.51.100.8", 443)).isTrue();
            assertThat(log.ours()).containsExactly("destination.unresolved", "destination.resolved");
        }
    }

    @Test
    void asksForNoNameThatNoRuleHasAnyMore() {
        dns.known.put("old.test", "198.51.100.7");
        dns.known.put("new.test", "198.51.100.8");
        apply("old.test");

        apply("new.test");
        pass(600);

        assertThat(dns.asked.stream().filter("old.test"::equals)).hasSize(1);
        assertThat(allows("198.51.100.7", 443)).isFalse();
        assertThat(allows("198.51.100.8", 443)).isTrue();
    }

    @Test
    void aReloadDoesNotForgetWhatItKnows() {
        dns.known.put("sfu.test", "198.51.100.7");
        apply("sfu.test");
        dns.known.clear();

        apply("sfu.test", "other.test");

        assertThat(allows("198.51.100.7", 443)).isTrue();
    }

    private void apply(String... texts) {
        DesiredState next = state(texts);
        apps.apply(
                next,
                new DestinationPolicy.Surroundings(
                        new OwnHost(List.of(), List.of(), List.of(), List.of()),
                        TestApps.NO_ALLOCATIONS,
                        hosts,
                        Openings.ALL));
        rules.apply(next);
        thread.runPendingTasks();
    }

    private void pass(int seconds) {
        thread.advanceTimeBy(seconds, TimeUnit.SECONDS);
        thread.runScheduledPendingTasks();
        thread.runPendingTasks();
    }

    private boolean allows(String address, int port) {
        IpAddress ip = IpAddress.parse(address);
        return apps.find(APP).orElseThrow().policy().refusalOf(ip.high(), ip.low(), port, Protocol.UDP) == null;
    }

    private static DesiredState state(String... rules) {
        AppState app = new AppState(
                APP,
                List.of(),
                List.of(),
                List.of(rules).stream().map(DestinationRule::parse).toList(),
                Limits.DEFAULT,
                List.of());
        return TestApps.state(List.of(app));
    }
}
