package io.callgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.callgate.client.CloudProxy;
import io.callgate.client.LeaseStore;
import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.net.Trust;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistFormat;
import io.callgate.model.AllowlistKey;
import io.callgate.model.AppId;
import io.callgate.model.AppToken;
import io.callgate.model.Candidate;
import io.callgate.model.ErrorCode;
import io.callgate.model.Geofence;
import io.callgate.model.IceServer;
import io.callgate.model.Region;
import io.callgate.model.RequestedMode;
import io.callgate.model.Secret;
import io.callgate.model.SignedAllowlist;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.Transport;
import io.callgate.testkit.FreePort;
import io.callgate.testkit.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// How a client gets its lease, keeps it, and what it is told when it gets none: with the desk, and with a
/// real control behind a real relay.
@Execution(ExecutionMode.CONCURRENT)
@Timeout(90)
class CloudProxyLeaseTest {
    private static final SystemTime TIME = new SystemTime();
    private static final String OPEN = ", \"destinations\": [{\"cidr\": \"192.0.2.0/24\"}]";

    @TempDir
    private Path folder = Path.of("unset");

    private final EventLog events = new EventLog();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : toClose.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        toClose.add(each);
        return each;
    }

    private CloudProxy.Builder builder(TimeSource time, String entry) {
        return CloudProxy.builder(time)
                .entry(entry)
                .uid("alice")
                .mode(RequestedMode.STANDARD)
                .trust(Trust.pin(TestIdentity.ec().pin()))
                .events(events);
    }

    private CloudProxy started(CloudProxy.Builder builder) {
        CloudProxy proxy = keep(builder.build());
        assertThat(proxy.start()).isEqualTo(ErrorCode.OK);
        return proxy;
    }

    private Candidate relay(String name) {
        return LeaseDesk.candidate(name, keep(LoopbackRelay.start()).port(), Transport.UDP);
    }

    // ------------------------------------------------------------------------------------------------ with the desk

    @Test
    void aLeaseIsRenewedBeforeItEndsAndItsNewsAreTold() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        desk.setLife(Duration.ofSeconds(6));
        started(builder(TIME, desk.address()).token(() -> "a.token.here"));
        events.await("plan CLOUD_UDP by one");

        events.forget();
        desk.setAllowlistVersion(2);
        desk.warn(ErrorCode.QUOTA_OVERAGE);

        events.await("plan CLOUD_UDP by one");
        assertThat(desk.asked.get(1)).isEqualTo("POST /v1/leases/x/renew");
        events.await("allowlist 2");
        events.await("quota warning");
    }

    @Test
    void theVersionThatTheFirewallHasIsToldToControlAndANewerOneToTheApp() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        desk.setAllowlistVersion(7);

        started(builder(TIME, desk.address()).token(() -> "a.token.here").allowlistVersion(6));

        events.await("allowlist 7");
        assertThat(desk.bodies.getFirst()).contains("\"allowlistVersion\":6");
    }

    @Test
    void whoWantsMediaByUdpAloneIsShownADoorForSignallingToo() throws Exception {
        Candidate door = LeaseDesk.candidate("one", keep(LoopbackRelay.start()).port(), Transport.TCP);
        Candidate udp = relay("one");
        LeaseDesk desk = keep(LeaseDesk.open(door, udp));
        ServerSocket service = keep(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));

        CloudProxy proxy = started(
                builder(TIME, desk.address()).token(() -> "a.token.here").transports(Set.of(Transport.UDP)));

        events.await("plan CLOUD_UDP by one");
        assertThat(desk.bodies.getFirst()).contains("udp", "tcp", "tls");
        assertThat(proxy.plan().orElseThrow().iceServers())
                .flatExtracting(IceServer::urls)
                .containsExactly("turn:" + udp.endpoint() + "?transport=udp");
        Socket signalling = keep(proxy.signallingSockets().createSocket("127.0.0.1", service.getLocalPort()));
        assertThat(keep(service.accept()).isConnected()).isTrue();
        assertThat(signalling.isConnected()).isTrue();
    }

    @Test
    void anAllowlistIsBelievedByTheOperatorsKeyAlone() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] der = pair.getPublic().getEncoded();
        AllowlistKey key = AllowlistKey.parse(
                "ed25519/" + Base64.getEncoder().encodeToString(Arrays.copyOfRange(der, der.length - 32, der.length)));
        Allowlist list =
                new Allowlist(Optional.of(new AppId("demo")), 7, Instant.EPOCH, Allowlist.Side.CLIENT, List.of());
        String signed = SignedAllowlist.sign(list, new SignedAllowlist.Signer(pair.getPrivate(), key), Optional.empty())
                .render(AllowlistFormat.JSON);
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        CloudProxy proxy = started(builder(TIME, desk.address()).token(() -> "a.token.here"));
        events.await("plan CLOUD_UDP by one");

        desk.setAllowlist(signed);
        assertThat(proxy.allowlist(key)).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(list);

        desk.setAllowlist(signed.replace("\"version\"", "\"version\" "));
        assertThat(proxy.allowlist(key)).as("another form of the same").succeedsWithin(Duration.ofSeconds(10));

        desk.setAllowlist(signed.replaceFirst("7", "8"));
        assertThat(proxy.allowlist(key))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        PathException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALLOWLIST_UNTRUSTED));
        assertThat(proxy.state()).isEqualTo("CONNECTED");
    }

    @Test
    void aLeaseThatIsNotRenewedIsToldOfWhileItsPathGoesOn() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        desk.setLife(Duration.ofSeconds(6));
        CloudProxy proxy = started(builder(TIME, desk.address()).token(() -> "a.token.here"));
        events.await("plan CLOUD_UDP by one");

        desk.setSilent(true);

        events.await("lease expiring");
        assertThat(proxy.state()).isEqualTo("CONNECTED");
    }

    @Test
    void theLastGoodLeaseServesTheNextStartWhereControlIsGone() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        Path file = folder.resolve("lease.json");
        KeptFile kept = new KeptFile(file);
        CloudProxy first = started(
                builder(TIME, desk.address()).token(() -> "a.token.here").store(kept));
        events.await("plan CLOUD_UDP by one");
        kept.await();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        first.close();
        desk.close();
        events.forget();

        CloudProxy second = started(
                builder(TIME, desk.address()).token(() -> "a.token.here").store(LeaseStore.file(file)));

        events.await("plan CLOUD_UDP by one");
        assertThat(second.trace().text()).contains("the lease of the last start, for TCP_REFUSED");
    }

    /// Whoever signs in next at the same device.
    @Test
    void theLeaseOfAnotherUserOrAppIsNotUsed() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        LeaseStore alices = stored(desk);
        desk.setSilent(true);

        CloudProxy bob = started(builder(TIME, desk.address())
                .uid("bob")
                .token(() -> "a.token.here")
                .store(alices));
        events.awaitFailure(ErrorCode.TCP_RESET);
        assertThat(bob.trace().text()).contains("the stored lease is another user's or another app's");

        events.forget();
        started(builder(TIME, desk.address())
                .app("other")
                .token(() -> "a.token.here")
                .store(alices));
        events.awaitFailure(ErrorCode.TCP_RESET);
    }

    /// What a call of alice's, of app demo, has left; that call has ended.
    private LeaseStore stored(LeaseDesk desk) throws Exception {
        Path file = folder.resolve("lease.json");
        KeptFile kept = new KeptFile(file);
        CloudProxy proxy = started(builder(TIME, desk.address())
                .events(new EventLog())
                .token(() -> "a.token.here")
                .store(kept));
        kept.await();
        proxy.close();
        return LeaseStore.file(file);
    }

    @Test
    void aStoredLeaseOutsideTheRegionsIsAsGoodAsNone() throws Exception {
        Candidate inEurope = relay("one");
        LeaseDesk desk = keep(LeaseDesk.open(inEurope));
        LeaseStore stored = stored(desk);
        Region here = new Region("us");
        desk.offer(new Candidate(
                "two",
                here,
                inEurope.endpoint(),
                inEurope.transport(),
                inEurope.priority(),
                inEurope.serverName(),
                inEurope.spki()));
        desk.putOff(1);

        started(builder(TIME, desk.address())
                .regions(new Geofence(Geofence.Rule.INCLUDE, Set.of(here)))
                .token(() -> "a.token.here")
                .store(stored));

        events.await("plan CLOUD_UDP by two");
        assertThat(events.failures()).isEmpty();
    }

    @Test
    void aStoreThatHoldsRubbishIsAsGoodAsNone() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        Path file = Files.writeString(folder.resolve("lease.json"), "{\"leaseId\": 7");
        started(builder(TIME, desk.address()).token(() -> "a.token.here").store(LeaseStore.file(file)));

        events.await("plan CLOUD_UDP by one");
    }

    @Test
    void aWrongClockAtTheClientCostsNothing() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        TimeSource ahead = shifted(Duration.ofDays(2));
        CloudProxy proxy = started(builder(ahead, desk.address()).token(() -> "a.token.here"));

        events.await("plan CLOUD_UDP by one");
        assertThat(proxy.trace().text()).contains("set the clock");
        try (Echo echo = Echo.open();
                SteadyCall call = new SteadyCall(proxy, echo)) {
            call.awaitEchoes(50); // a second, in which nothing else is to happen
        }
        assertThat(desk.asked).as("control is not asked over and over").hasSizeLessThan(3);
    }

    private static TimeSource shifted(Duration by) {
        return new TimeSource() {
            @Override
            public Instant now() {
                return TIME.now().plus(by);
            }

            @Override
            public long nanos() {
                return TIME.nanos();
            }
        };
    }

    @Test
    void controlIsAskedAgainWhereItCannotAtTheMoment() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        desk.putOff(2);

        started(builder(TIME, desk.address()).token(() -> "a.token.here"));

        events.await("plan CLOUD_UDP by one");
        assertThat(desk.asked).containsExactly("POST /v1/leases", "POST /v1/leases", "POST /v1/leases");
    }

    @Test
    void whoeverPutsOffForEverIsNamed() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        desk.putOff(Integer.MAX_VALUE);

        started(builder(TIME, desk.address()).token(() -> "a.token.here"));

        assertThat(events.awaitFailure(ErrorCode.CONTROL_UNAVAILABLE).cause())
                .contains(desk.address(), "this relay does not reach control");
    }

    @Test
    void theFirstEntryThatAnswersGivesTheLease() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        started(builder(TIME, "127.0.0.1:" + FreePort.take())
                .entry("no.such.name.invalid")
                .entry(desk.address())
                .token(() -> "a.token.here"));

        events.awaitPlan(EffectivePath.CLOUD_UDP);
    }

    @Test
    void aRefusalIsTheLastWordWhateverTheStoreHolds() throws Exception {
        LeaseDesk desk = keep(LeaseDesk.open(relay("one")));
        Path file = folder.resolve("lease.json");
        KeptFile kept = new KeptFile(file);
        CloudProxy.Builder builder =
                builder(TIME, desk.address()).token(() -> "a.token.here").store(kept);
        started(builder);
        events.await("plan CLOUD_UDP by one");
        kept.await();

        desk.refuse(ErrorCode.QUOTA_EXCEEDED);

        assertRefused(builder, ErrorCode.QUOTA_EXCEEDED, "uses all that it may use");
    }

    // --------------------------------------------------------------------------------------------- with a real control

    @Test
    void everyRefusalHasItsOwnCode() throws Exception {
        ControlUnderTest control = keep(new ControlUnderTest(Files.createDirectory(folder.resolve("control"))));
        LinkedRelayUnderTest relay = keep(new LinkedRelayUnderTest(control, folder.resolve("relay")));
        String secret = control.app("demo", OPEN);
        control.ask(
                "POST", "/v1/apps", "{\"id\": \"asleep\", \"contact\": \"eve\", \"pools\": [\"main\"]" + OPEN + "}");
        String sleeping = control.ask("POST", "/v1/apps/asleep/token-secrets", "")
                .get("secret")
                .asString();
        String modern = control.app("modern", OPEN + ", \"sdkMinimumVersion\": \"99.0.0\"");
        String fenced = control.app("fenced", OPEN + ", \"regions\": {\"rule\": \"include\", \"names\": [\"us\"]}");
        String entry = relay.address();

        assertRefused(builder(TIME, entry).token(() -> ""), ErrorCode.TOKEN_REQUIRED, "gave no token");
        assertRefused(
                builder(TIME, entry).token(() -> {
                    throw new IllegalStateException("the app's server is away");
                }),
                ErrorCode.TOKEN_REQUIRED,
                "the app's server is away");
        assertRefused(builder(TIME, entry).token(() -> "no\ntoken"), ErrorCode.TOKEN_INVALID, "no token holds");
        assertRefused(
                builder(TIME, entry).token(() -> ControlUnderTest.token("demo", "alice", "x".repeat(40))),
                ErrorCode.TOKEN_INVALID,
                "");
        assertRefused(
                builder(TIME, entry).token(() -> ControlUnderTest.token("demo", "bob", secret)),
                ErrorCode.TOKEN_INVALID,
                "another uid");
        assertRefused(builder(TIME, entry).token(() -> expired(secret)), ErrorCode.TOKEN_EXPIRED, "");
        assertRefused(builder(TIME, entry).appSign("demo", "not-it"), ErrorCode.TOKEN_INVALID, "app sign");
        assertRefused(
                builder(TIME, entry).token(() -> ControlUnderTest.token("asleep", "alice", sleeping)),
                ErrorCode.NOT_ACTIVATED,
                "requested");
        assertRefused(
                builder(TIME, entry).token(() -> ControlUnderTest.token("modern", "alice", modern)),
                ErrorCode.SDK_TOO_OLD,
                "99.0.0");
        assertRefused(
                builder(TIME, entry).token(() -> ControlUnderTest.token("fenced", "alice", fenced)),
                ErrorCode.REGION_FORBIDDEN,
                "region");
        assertRefused(
                builder(TIME, entry).region("mars").token(() -> ControlUnderTest.token("fenced", "alice", fenced)),
                ErrorCode.REGION_FORBIDDEN,
                "mars");
        assertRefused(
                builder(TIME, entry)
                        .regions(new Geofence(Geofence.Rule.INCLUDE, Set.of(new Region("mars"))))
                        .token(() -> ControlUnderTest.token("demo", "alice", secret)),
                ErrorCode.REGION_FORBIDDEN,
                "the client wants");
        assertRefused(
                builder(TIME, entry)
                        .trust(Trust.pin(TestIdentity.rsa().pin()))
                        .token(() -> ControlUnderTest.token("demo", "alice", secret)),
                ErrorCode.TLS_INTERCEPTED,
                "issued by");
        assertRefused(
                builder(TIME, "no.such.name.invalid").token(() -> "a.token.here"),
                ErrorCode.DNS_FAILED,
                "does not resolve");

        started(builder(TIME, entry).token(() -> ControlUnderTest.token("demo", "alice", secret)));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
    }

    @Test
    void aRealControlWarnsAboveTheQuotaAndRefusesAboveItsGrace() throws Exception {
        ControlUnderTest control = keep(new ControlUnderTest(Files.createDirectory(folder.resolve("control"))));
        String above = control.app("above", OPEN + ", \"quota\": {\"sessions\": 20}");
        String full = control.app("full", OPEN + ", \"quota\": {\"sessions\": 10}");
        LinkedRelayUnderTest relay = keep(new LinkedRelayUnderTest(control, folder.resolve("relay")));
        for (int session = 1; session <= 21; session++) {
            keep(relay.call(control.login("above", "caller-" + session)));
        }
        for (int session = 1; session <= 11; session++) {
            keep(relay.call(control.login("full", "caller-" + session)));
        }
        relay.exchangeNews();

        assertRefused(
                builder(TIME, relay.address()).token(() -> ControlUnderTest.token("full", "alice", full)),
                ErrorCode.QUOTA_EXCEEDED,
                "11 sessions live; 10 and 10 % are agreed");
        started(builder(TIME, relay.address()).token(() -> ControlUnderTest.token("above", "alice", above)));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
        events.await("quota warning");
    }

    @Test
    void aWrongClockAtTheClientCostsNothingAtARealControl() throws Exception {
        ControlUnderTest control = keep(new ControlUnderTest(Files.createDirectory(folder.resolve("control"))));
        String secret = control.app("demo", OPEN);
        LinkedRelayUnderTest relay = keep(new LinkedRelayUnderTest(control, folder.resolve("relay")));

        CloudProxy ahead = started(builder(shifted(Duration.ofDays(2)), relay.address())
                .token(() -> ControlUnderTest.token("demo", "alice", secret)));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
        assertThat(ahead.trace().text()).contains("set the clock");

        events.forget();
        started(builder(shifted(Duration.ofDays(-2)), relay.address())
                .token(() -> ControlUnderTest.token("demo", "alice", secret)));
        events.awaitPlan(EffectivePath.CLOUD_UDP);
    }

    private static String expired(String secret) {
        return AppToken.mint(
                Secret.of(secret),
                new AppId("demo"),
                new Subject("alice"),
                Instant.now().minusSeconds(600));
    }

    private void assertRefused(CloudProxy.Builder builder, ErrorCode code, String cause)
            throws IOException, InterruptedException {
        events.forget();
        try (CloudProxy proxy = builder.build()) {
            assertThat(proxy.start()).isEqualTo(ErrorCode.OK);

            Failure failure = events.awaitFailure(code);

            assertThat(failure.cause()).contains(cause);
            assertThat(failure.mend()).isNotBlank();
            assertThat(proxy.state()).isEqualTo("FAILED");
            assertThat(proxy.openTunnel(new NoReceiver())).failsWithin(Duration.ofSeconds(5));
        }
    }
}
