package io.callgate.client.mode;

import static io.callgate.client.mode.EffectivePath.CLOUD_HTTP;
import static io.callgate.client.mode.EffectivePath.CLOUD_TCP;
import static io.callgate.client.mode.EffectivePath.CLOUD_TLS;
import static io.callgate.client.mode.EffectivePath.CLOUD_UDP;
import static io.callgate.client.mode.EffectivePath.DIRECT;
import static io.callgate.client.mode.EffectivePath.LOCAL_HTTP;
import static io.callgate.client.mode.EffectivePath.LOCAL_SOCKS5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.callgate.client.mode.Event.BetterPathAnswered;
import io.callgate.client.mode.Event.CandidateConnected;
import io.callgate.client.mode.Event.CandidateFailed;
import io.callgate.client.mode.Event.Close;
import io.callgate.client.mode.Event.DirectConnected;
import io.callgate.client.mode.Event.DirectFailed;
import io.callgate.client.mode.Event.EngineCreated;
import io.callgate.client.mode.Event.Join;
import io.callgate.client.mode.Event.LeaseGranted;
import io.callgate.client.mode.Event.LeaseRefused;
import io.callgate.client.mode.Event.Leave;
import io.callgate.client.mode.Event.Migrated;
import io.callgate.client.mode.Event.MigrationCalledOff;
import io.callgate.client.mode.Event.NetworkChanged;
import io.callgate.client.mode.Event.PathLost;
import io.callgate.client.mode.Event.PathUnstable;
import io.callgate.client.mode.Event.PolicyKnown;
import io.callgate.client.mode.Event.ProbeAnswered;
import io.callgate.client.mode.Event.ProbeTimedOut;
import io.callgate.client.mode.Event.SetProxy;
import io.callgate.client.mode.Event.Tick;
import io.callgate.client.mode.ProxyConfig.LocalFallback;
import io.callgate.model.ErrorCode;
import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole decision as a table: what was, what happened one after the other, what is then, what the app was
/// told by the last of it.
class ModeMachineTest {
    private static final long JOINED = 1_000_000_000L;
    private static final Duration WITHIN = Duration.ofSeconds(1);
    private static final Duration LATE = Duration.ofMillis(1001);

    private static final Rung UDP = new Rung(CLOUD_UDP, "fra-1");
    private static final Rung TCP = new Rung(CLOUD_TCP, "fra-1");
    private static final Rung TLS = new Rung(CLOUD_TLS, "fra-1");
    private static final Rung HTTP = new Rung(CLOUD_HTTP, "fra-1");
    private static final Rung SECOND_UDP = new Rung(CLOUD_UDP, "fra-2");
    private static final List<Rung> OFFERED = List.of(TLS, UDP, HTTP, TCP, SECOND_UDP);

    private static final Event JOIN = new Join(NetworkKind.WIFI, JOINED);
    private static final Event JOIN_CELLULAR = new Join(NetworkKind.CELLULAR, JOINED);
    private static final Event LEASE = new LeaseGranted(OFFERED);
    private static final Event TIMEOUT = new ProbeTimedOut();
    private static final Event ANSWER = new ProbeAnswered(true, true, WITHIN);
    private static final Event SLOWER = new PolicyKnown(new ModePolicy(RequestedMode.STANDARD, 2000, false));
    private static final Event WIFI = new NetworkChanged(NetworkKind.WIFI, true);

    private static final ProxyConfig LOCAL_ONLY = local(LocalFallback.LOCAL_ONLY);
    private static final ProxyConfig CONNECTIVITY_FIRST = local(LocalFallback.CONNECTIVITY_FIRST);

    /// @param then the name of the state, and what matters of it
    /// @param told by the last event, without the change of state
    record Row(String rule, List<Event> events, String then, List<ProxyEvent> told) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Row> own() {
        return Stream.of(
                row("IDLE, a proxy is set", with(RequestedMode.SMART), "CONFIGURED SMART"),
                row("IDLE, join without a proxy", List.of(JOIN), "CONNECTING_DIRECT"),
                row("NONE joins directly", with(RequestedMode.NONE, JOIN), "CONNECTING_DIRECT"),
                row("SMART probes first", with(RequestedMode.SMART, JOIN), "PROBING_DIRECT 1"),
                row("AUTO probes first", with(RequestedMode.AUTO, JOIN), "PROBING_DIRECT 1"),
                row("UDP leases", with(RequestedMode.UDP, JOIN), "LEASING"),
                row("TCP leases", with(RequestedMode.TCP, JOIN), "LEASING"),
                row("STANDARD leases", with(RequestedMode.STANDARD, JOIN), "LEASING"),
                row("LOCAL needs no lease", with(LOCAL_ONLY, JOIN), "CONNECTING_PROXY 0 of [LOCAL_HTTP, LOCAL_SOCKS5]"),
                row(
                        "NONE connects",
                        with(RequestedMode.NONE, JOIN, new DirectConnected(JOINED + 5)),
                        "CONNECTED DIRECT",
                        connected(DIRECT, false, 5)),
                row(
                        "NONE never falls back",
                        with(RequestedMode.NONE, JOIN, new DirectFailed(false)),
                        "FAILED ALL_CANDIDATES_FAILED",
                        failed(ErrorCode.ALL_CANDIDATES_FAILED)),
                row(
                        "NONE, signalling up and media not",
                        with(RequestedMode.NONE, JOIN, new DirectFailed(true)),
                        "FAILED FIREWALL_SUSPECTED",
                        failed(ErrorCode.FIREWALL_SUSPECTED)),
                row(
                        "signalling and media within 1000 ms",
                        with(RequestedMode.SMART, JOIN, ANSWER),
                        "CONNECTED DIRECT",
                        connected(DIRECT, false, WITHIN.toNanos())),
                row(
                        "signalling and media after 1001 ms",
                        with(RequestedMode.SMART, JOIN, new ProbeAnswered(true, true, LATE)),
                        "LEASING by fallback"),
                row(
                        "signalling alone is no connectivity",
                        with(RequestedMode.SMART, JOIN, new ProbeAnswered(true, false, WITHIN)),
                        "LEASING by fallback"),
                row(
                        "media alone is no connectivity",
                        with(RequestedMode.SMART, JOIN, new ProbeAnswered(false, true, WITHIN)),
                        "LEASING by fallback"),
                row("SMART, timeout", with(RequestedMode.SMART, JOIN, TIMEOUT), "LEASING by fallback"),
                row("AUTO, timeout", with(RequestedMode.AUTO, JOIN, TIMEOUT), "LEASING by fallback"),
                row("SMART, timeout, cellular", with(RequestedMode.SMART, JOIN_CELLULAR, TIMEOUT), "PROBING_DIRECT 2"),
                row(
                        "SMART, cellular, again and again",
                        with(RequestedMode.SMART, JOIN_CELLULAR, TIMEOUT, TIMEOUT, TIMEOUT),
                        "PROBING_DIRECT 4"),
                row(
                        "SMART, cellular, then it answers",
                        with(RequestedMode.SMART, JOIN_CELLULAR, TIMEOUT, ANSWER),
                        "CONNECTED DIRECT",
                        connected(DIRECT, false, WITHIN.toNanos())),
                row(
                        "AUTO knows no cellular exception",
                        with(RequestedMode.AUTO, JOIN_CELLULAR, TIMEOUT),
                        "LEASING by fallback"),
                row(
                        "the operator allows a longer probe",
                        with(RequestedMode.SMART, JOIN, SLOWER, new ProbeAnswered(true, true, LATE)),
                        "CONNECTED DIRECT",
                        connected(DIRECT, false, LATE.toNanos())),
                row(
                        "the operator knows no cellular exception",
                        with(RequestedMode.SMART, JOIN_CELLULAR, TIMEOUT, SLOWER, TIMEOUT),
                        "LEASING by fallback"),
                row(
                        "the operator's figures count for what was set for the next call, too",
                        with(
                                RequestedMode.UDP,
                                JOIN,
                                new SetProxy(ProxyConfig.of(RequestedMode.SMART)),
                                SLOWER,
                                new Leave(),
                                JOIN_CELLULAR,
                                TIMEOUT),
                        "LEASING by fallback"),
                row(
                        "the operator's figures are no matter of local proxies",
                        with(
                                CONNECTIVITY_FIRST,
                                JOIN,
                                SLOWER,
                                new CandidateFailed(0, ErrorCode.TCP_REFUSED),
                                new CandidateFailed(1, ErrorCode.TCP_REFUSED),
                                new ProbeAnswered(true, true, LATE)),
                        "FAILED FIREWALL_SUSPECTED",
                        failed(ErrorCode.FIREWALL_SUSPECTED)),
                row(
                        "SMART without the cellular exception",
                        with(
                                ProxyConfig.of(RequestedMode.SMART).withCellularStaysDirect(false),
                                JOIN_CELLULAR,
                                TIMEOUT),
                        "LEASING by fallback"),
                row(
                        "an answer after the timeout is too late",
                        with(RequestedMode.SMART, JOIN, TIMEOUT, ANSWER),
                        "LEASING by fallback"),
                row(
                        "lease granted",
                        with(RequestedMode.STANDARD, JOIN, LEASE),
                        "CONNECTING_PROXY 0 of [CLOUD_UDP, CLOUD_UDP, CLOUD_TCP, CLOUD_TLS, CLOUD_HTTP]"),
                row(
                        "a lease without a way that the mode may use",
                        with(RequestedMode.TCP, JOIN, new LeaseGranted(List.of(UDP))),
                        "FAILED ALL_CANDIDATES_FAILED",
                        failed(ErrorCode.ALL_CANDIDATES_FAILED)),
                refused(ErrorCode.NOT_ACTIVATED),
                refused(ErrorCode.TOKEN_REQUIRED),
                refused(ErrorCode.TOKEN_INVALID),
                refused(ErrorCode.TOKEN_EXPIRED),
                refused(ErrorCode.QUOTA_EXCEEDED),
                refused(ErrorCode.REGION_FORBIDDEN),
                row(
                        "the first rung answers",
                        with(RequestedMode.STANDARD, JOIN, LEASE, new CandidateConnected(0, JOINED + 9)),
                        "CONNECTED CLOUD_UDP",
                        connected(CLOUD_UDP, false, 9),
                        new ProxyEvent.InUse(true)),
                row(
                        "a later rung wins the race",
                        with(RequestedMode.STANDARD, JOIN, LEASE, new CandidateConnected(3, JOINED + 9)),
                        "CONNECTED CLOUD_TLS",
                        connected(CLOUD_TLS, false, 9),
                        new ProxyEvent.InUse(true)),
                row(
                        "by fallback it says from where",
                        with(RequestedMode.AUTO, JOIN, TIMEOUT, LEASE, new CandidateConnected(0, JOINED + 9)),
                        "CONNECTED CLOUD_UDP by fallback",
                        new ProxyEvent.Switching(DIRECT, CLOUD_UDP, ProxyEvent.Cause.PROBE_TIMED_OUT),
                        connected(CLOUD_UDP, true, 9),
                        new ProxyEvent.InUse(true)),
                row(
                        "a rung fails, the next is tried",
                        with(RequestedMode.STANDARD, JOIN, LEASE, new CandidateFailed(0, ErrorCode.UDP_BLOCKED)),
                        "CONNECTING_PROXY 1 of [CLOUD_UDP, CLOUD_UDP, CLOUD_TCP, CLOUD_TLS, CLOUD_HTTP]",
                        new ProxyEvent.CandidateFailed(UDP, ErrorCode.UDP_BLOCKED)),
                row(
                        "a later rung may fail first",
                        with(RequestedMode.STANDARD, JOIN, LEASE, new CandidateFailed(1, ErrorCode.UDP_BLOCKED)),
                        "CONNECTING_PROXY 0 of [CLOUD_UDP, CLOUD_UDP, CLOUD_TCP, CLOUD_TLS, CLOUD_HTTP]",
                        new ProxyEvent.CandidateFailed(SECOND_UDP, ErrorCode.UDP_BLOCKED)),
                row(
                        "the last rung fails",
                        with(RequestedMode.TCP, JOIN, LEASE, new CandidateFailed(0, ErrorCode.TCP_BLOCKED)),
                        "FAILED ALL_CANDIDATES_FAILED",
                        new ProxyEvent.CandidateFailed(TLS, ErrorCode.TCP_BLOCKED),
                        failed(ErrorCode.ALL_CANDIDATES_FAILED)),
                row(
                        "the last local proxy fails, LOCAL_ONLY",
                        with(LOCAL_ONLY, JOIN, localFails(0), localFails(1)),
                        "FAILED ALL_CANDIDATES_FAILED",
                        new ProxyEvent.CandidateFailed(new Rung(LOCAL_SOCKS5, "b"), ErrorCode.TCP_REFUSED),
                        failed(ErrorCode.ALL_CANDIDATES_FAILED)),
                row(
                        "the last local proxy fails, CONNECTIVITY_FIRST",
                        with(CONNECTIVITY_FIRST, JOIN, localFails(0), localFails(1)),
                        "PROBING_DIRECT 1",
                        new ProxyEvent.CandidateFailed(new Rung(LOCAL_SOCKS5, "b"), ErrorCode.TCP_REFUSED),
                        new ProxyEvent.Switching(LOCAL_SOCKS5, DIRECT, ProxyEvent.Cause.NO_LOCAL_PROXY),
                        new ProxyEvent.InUse(false)),
                row(
                        "CONNECTIVITY_FIRST and no connectivity",
                        with(CONNECTIVITY_FIRST, JOIN, localFails(0), localFails(1), TIMEOUT),
                        "FAILED ALL_CANDIDATES_FAILED",
                        failed(ErrorCode.ALL_CANDIDATES_FAILED)),
                row(
                        "CONNECTIVITY_FIRST and signalling alone",
                        with(
                                CONNECTIVITY_FIRST,
                                JOIN,
                                localFails(0),
                                localFails(1),
                                new ProbeAnswered(true, false, WITHIN)),
                        "FAILED FIREWALL_SUSPECTED",
                        failed(ErrorCode.FIREWALL_SUSPECTED)),
                row(
                        "SMART direct, the network changes",
                        with(RequestedMode.SMART, JOIN, ANSWER, WIFI),
                        "PROBING_DIRECT 1",
                        new ProxyEvent.NetworkModeChanged(NetworkKind.WIFI)),
                row(
                        "SMART direct, the network goes",
                        with(RequestedMode.SMART, JOIN, ANSWER, new NetworkChanged(NetworkKind.OFFLINE, false)),
                        "CONNECTED DIRECT",
                        new ProxyEvent.NetworkModeChanged(NetworkKind.OFFLINE)),
                row(
                        "AUTO direct stays",
                        with(RequestedMode.AUTO, JOIN, ANSWER, WIFI),
                        "CONNECTED DIRECT",
                        new ProxyEvent.NetworkModeChanged(NetworkKind.WIFI)),
                row(
                        "SMART proxied is sticky",
                        with(RequestedMode.SMART, JOIN, TIMEOUT, LEASE, first(), WIFI),
                        "CONNECTED CLOUD_UDP by fallback",
                        new ProxyEvent.NetworkModeChanged(NetworkKind.WIFI)),
                row(
                        "SMART proxied with reprobeWhenProxied",
                        with(
                                ProxyConfig.of(RequestedMode.SMART).withReprobeWhenProxied(true),
                                JOIN,
                                TIMEOUT,
                                LEASE,
                                first(),
                                WIFI),
                        "PROBING_DIRECT 1",
                        new ProxyEvent.NetworkModeChanged(NetworkKind.WIFI)),
                row(
                        "a cellular network leaves a probe direct",
                        with(RequestedMode.SMART, JOIN, new NetworkChanged(NetworkKind.CELLULAR, true), TIMEOUT),
                        "PROBING_DIRECT 2"),
                row(
                        "a new network gives failed rungs another chance",
                        with(RequestedMode.STANDARD, JOIN, LEASE, new CandidateFailed(0, ErrorCode.UDP_BLOCKED), WIFI),
                        "CONNECTING_PROXY 0 of [CLOUD_UDP, CLOUD_UDP, CLOUD_TCP, CLOUD_TLS, CLOUD_HTTP]",
                        new ProxyEvent.NetworkModeChanged(NetworkKind.WIFI)),
                row(
                        "media goes silent",
                        with(RequestedMode.STANDARD, JOIN, LEASE, first(), lost()),
                        "RECONNECTING from CLOUD_UDP"),
                row(
                        "another rung takes over",
                        with(
                                RequestedMode.STANDARD,
                                JOIN,
                                LEASE,
                                first(),
                                lost(),
                                new CandidateConnected(2, JOINED + 9)),
                        "CONNECTED CLOUD_TCP",
                        new ProxyEvent.Switching(CLOUD_UDP, CLOUD_TCP, ProxyEvent.Cause.PATH_LOST),
                        connected(CLOUD_TCP, false, 9)),
                row(
                        "the same transport takes over",
                        with(
                                RequestedMode.STANDARD,
                                JOIN,
                                LEASE,
                                first(),
                                lost(),
                                new CandidateConnected(1, JOINED + 9)),
                        "CONNECTED CLOUD_UDP",
                        connected(CLOUD_UDP, false, 9)),
                row(
                        "a failed rung does not end the search",
                        with(
                                RequestedMode.TCP,
                                JOIN,
                                LEASE,
                                first(),
                                lost(),
                                new CandidateFailed(0, ErrorCode.TCP_BLOCKED)),
                        "RECONNECTING from CLOUD_TLS",
                        new ProxyEvent.CandidateFailed(TLS, ErrorCode.TCP_BLOCKED)),
                row(
                        "a new lease brings new relays",
                        with(
                                RequestedMode.UDP,
                                JOIN,
                                LEASE,
                                first(),
                                lost(),
                                new LeaseGranted(List.of(SECOND_UDP)),
                                new CandidateConnected(0, JOINED + 9)),
                        "CONNECTED CLOUD_UDP",
                        connected(CLOUD_UDP, false, 9)),
                row(
                        "suspended while it reconnects",
                        with(
                                RequestedMode.UDP,
                                JOIN,
                                LEASE,
                                first(),
                                lost(),
                                new LeaseRefused(ErrorCode.NOT_ACTIVATED)),
                        "FAILED NOT_ACTIVATED",
                        failed(ErrorCode.NOT_ACTIVATED)),
                row(
                        "not yet given up",
                        with(RequestedMode.UDP, JOIN, LEASE, first(), lost(), tickAfter(120)),
                        "RECONNECTING from CLOUD_UDP"),
                row(
                        "given up",
                        with(RequestedMode.UDP, JOIN, LEASE, first(), lost(), tickAfter(121)),
                        "FAILED ALL_CANDIDATES_FAILED",
                        failed(ErrorCode.ALL_CANDIDATES_FAILED)),
                row(
                        "the direct way comes back",
                        with(
                                RequestedMode.NONE,
                                JOIN,
                                new DirectConnected(JOINED),
                                lost(),
                                new DirectConnected(JOINED + 7)),
                        "CONNECTED DIRECT",
                        connected(DIRECT, false, 7)),
                row(
                        "the direct way is lost for good, AUTO",
                        with(RequestedMode.AUTO, JOIN, ANSWER, lost(), TIMEOUT),
                        "LEASING by fallback"),
                row(
                        "the direct way is lost, SMART and cellular",
                        with(RequestedMode.SMART, JOIN_CELLULAR, ANSWER, lost(), TIMEOUT),
                        "RECONNECTING from DIRECT"),
                row(
                        "UDP is unstable",
                        with(RequestedMode.AUTO, JOIN, TIMEOUT, LEASE, first(), new PathUnstable()),
                        "CONNECTED CLOUD_UDP by fallback, migrating to 3",
                        new ProxyEvent.Switching(CLOUD_UDP, CLOUD_TLS, ProxyEvent.Cause.UNSTABLE)),
                row(
                        "make before break: then it moves",
                        with(RequestedMode.STANDARD, JOIN, LEASE, first(), new PathUnstable(), new Migrated(3)),
                        "CONNECTED CLOUD_TLS"),
                row(
                        "a migration that fails changes nothing",
                        with(
                                RequestedMode.STANDARD,
                                JOIN,
                                LEASE,
                                first(),
                                new PathUnstable(),
                                new CandidateFailed(3, ErrorCode.TLS_INTERCEPTED)),
                        "CONNECTED CLOUD_UDP",
                        new ProxyEvent.CandidateFailed(TLS, ErrorCode.TLS_INTERCEPTED)),
                row(
                        "a migration that is called off may begin again",
                        with(
                                RequestedMode.STANDARD,
                                JOIN,
                                LEASE,
                                first(),
                                new PathUnstable(),
                                new MigrationCalledOff(),
                                new PathUnstable()),
                        "CONNECTED CLOUD_UDP, migrating to 3",
                        new ProxyEvent.Switching(CLOUD_UDP, CLOUD_TLS, ProxyEvent.Cause.UNSTABLE)),
                row(
                        "back up when better works again",
                        with(
                                RequestedMode.STANDARD,
                                JOIN,
                                LEASE,
                                new CandidateConnected(3, JOINED),
                                new BetterPathAnswered(0)),
                        "CONNECTED CLOUD_TLS, migrating to 0",
                        new ProxyEvent.Switching(CLOUD_TLS, CLOUD_UDP, ProxyEvent.Cause.BETTER_AVAILABLE)),
                row(
                        "a worse rung is no reason to move",
                        with(RequestedMode.STANDARD, JOIN, LEASE, first(), new BetterPathAnswered(3)),
                        "CONNECTED CLOUD_UDP"),
                row(
                        "forced UDP stays with UDP",
                        with(RequestedMode.UDP, JOIN, LEASE, first(), new PathUnstable()),
                        "CONNECTED CLOUD_UDP"),
                row(
                        "in a room a change waits",
                        with(RequestedMode.STANDARD, JOIN, LEASE, first(), set(RequestedMode.NONE)),
                        "CONNECTED CLOUD_UDP",
                        new ProxyEvent.ChangeDeferred(RequestedMode.NONE)),
                row(
                        "the next join has it",
                        with(RequestedMode.STANDARD, JOIN, LEASE, first(), set(RequestedMode.NONE), new Leave(), JOIN),
                        "CONNECTING_DIRECT"),
                row(
                        "leaving ends the use of the proxy",
                        with(RequestedMode.STANDARD, JOIN, LEASE, first(), new Leave()),
                        "CONFIGURED STANDARD",
                        new ProxyEvent.InUse(false)),
                row("UDP to TCP by way of nothing", with(RequestedMode.UDP, set(RequestedMode.TCP)), "CONFIGURED TCP"),
                row(
                        "a second join",
                        with(RequestedMode.UDP, JOIN, JOIN),
                        "LEASING",
                        refusal(ErrorCode.CALLED_TOO_LATE)),
                row(
                        "after a failure one may join again",
                        with(RequestedMode.UDP, JOIN, new LeaseRefused(ErrorCode.QUOTA_EXCEEDED), JOIN),
                        "LEASING"),
                row("close", with(RequestedMode.UDP, JOIN, new Close()), "CLOSED"),
                row(
                        "after close nothing works",
                        with(RequestedMode.UDP, new Close(), set(RequestedMode.UDP)),
                        "CLOSED",
                        refusal(ErrorCode.NOT_INITIALIZED)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("own")
    void decides(Row row) {
        assertFollows(OrderRules.OWN, row);
    }

    static Stream<Row> agora() {
        return Stream.of(
                row(
                        "in a room it is refused",
                        with(RequestedMode.UDP, JOIN, set(RequestedMode.NONE)),
                        "LEASING",
                        refusal(ErrorCode.CALLED_TOO_LATE)),
                row(
                        "and nothing has changed",
                        with(RequestedMode.UDP, JOIN, set(RequestedMode.NONE), new Leave()),
                        "CONFIGURED UDP"),
                row(
                        "UDP to TCP needs NONE first",
                        with(RequestedMode.UDP, set(RequestedMode.TCP)),
                        "CONFIGURED UDP",
                        refusal(ErrorCode.MUST_DISABLE_FIRST)),
                row(
                        "with NONE between",
                        with(RequestedMode.UDP, set(RequestedMode.NONE), set(RequestedMode.TCP)),
                        "CONFIGURED TCP"),
                row("the same again", with(RequestedMode.UDP, set(RequestedMode.UDP)), "CONFIGURED UDP"),
                row(
                        "cloud to local",
                        with(RequestedMode.UDP, new SetProxy(LOCAL_ONLY)),
                        "CONFIGURED UDP",
                        refusal(ErrorCode.EXCLUSIVE_MODES)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("agora")
    void keepsAgorasOrder(Row row) {
        assertFollows(OrderRules.AGORA, row);
    }

    static Stream<Row> zego() {
        return Stream.of(
                row("before the engine", with(RequestedMode.STANDARD, new EngineCreated(), JOIN), "LEASING"),
                row(
                        "after the engine",
                        with(RequestedMode.STANDARD, new EngineCreated(), set(RequestedMode.NONE)),
                        "CONFIGURED STANDARD",
                        refusal(ErrorCode.CALLED_TOO_LATE)),
                row(
                        "after the engine, never set",
                        List.of(new EngineCreated(), set(RequestedMode.STANDARD)),
                        "IDLE",
                        refusal(ErrorCode.CALLED_TOO_LATE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zego")
    void keepsZegosOrder(Row row) {
        assertFollows(OrderRules.ZEGO, row);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NONE     | []",
                "UDP      | [CLOUD_UDP by fra-1, CLOUD_UDP by fra-2]",
                "TCP      | [CLOUD_TLS by fra-1]",
                "AUTO     | [CLOUD_UDP by fra-1, CLOUD_UDP by fra-2, CLOUD_TCP by fra-1, CLOUD_TLS by fra-1,"
                        + " CLOUD_HTTP by fra-1]",
                "SMART    | [CLOUD_UDP by fra-1, CLOUD_UDP by fra-2, CLOUD_TCP by fra-1, CLOUD_TLS by fra-1,"
                        + " CLOUD_HTTP by fra-1]",
                "STANDARD | [CLOUD_UDP by fra-1, CLOUD_UDP by fra-2, CLOUD_TCP by fra-1, CLOUD_TLS by fra-1,"
                        + " CLOUD_HTTP by fra-1]",
                "LOCAL    | []",
            })
    void eachModeHasItsTransportsInOrder(RequestedMode mode, String ladder) {
        assertThat(ModeRules.ladder(mode, OFFERED)).hasToString(ladder);
    }

    /// Whatever happens in whatever order: no exception, and a state that says the truth about itself.
    @ParameterizedTest
    @EnumSource(RequestedMode.class)
    void takesEveryEventInEveryState(RequestedMode mode) {
        List<Event> all = List.of(
                new EngineCreated(),
                JOIN,
                new Leave(),
                ANSWER,
                TIMEOUT,
                new DirectConnected(JOINED),
                new DirectFailed(true),
                LEASE,
                new LeaseGranted(List.of()),
                new LeaseRefused(ErrorCode.QUOTA_EXCEEDED),
                new CandidateConnected(0, JOINED),
                new CandidateConnected(99, JOINED),
                new CandidateConnected(-1, JOINED),
                new CandidateFailed(0, ErrorCode.TCP_RESET),
                new CandidateFailed(99, ErrorCode.TCP_RESET),
                new CandidateFailed(-1, ErrorCode.TCP_RESET),
                WIFI,
                lost(),
                new PathUnstable(),
                new BetterPathAnswered(-1),
                new BetterPathAnswered(0),
                new Migrated(-1),
                new Migrated(3),
                new MigrationCalledOff(),
                tickAfter(600),
                set(RequestedMode.NONE));
        ProxyConfig config = mode == RequestedMode.LOCAL ? CONNECTIVITY_FIRST : ProxyConfig.of(mode);
        List<State> states = new ArrayList<>(List.of(State.idle(OrderRules.OWN)));
        states.add(ModeMachine.next(states.get(0), new SetProxy(config)).state());

        for (int round = 0; round < 4; round++) {
            List<State> more = new ArrayList<>();
            for (State state : states) {
                for (Event event : all) {
                    Step step = ModeMachine.next(state, event);
                    boolean tellsChange = step.events().stream().anyMatch(ProxyEvent.StateChanged.class::isInstance);
                    assertThat(tellsChange).isEqualTo(!step.state().name().equals(state.name()));
                    if (!states.contains(step.state()) && !more.contains(step.state())) more.add(step.state());
                }
            }
            states.addAll(more);
        }

        assertThat(states).hasSizeGreaterThan(5);
    }

    @Test
    void localNeedsProxiesAndOthersTakeNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> ProxyConfig.of(RequestedMode.LOCAL));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyConfig.local(LocalFallback.LOCAL_ONLY, List.of(UDP)))
                .withMessageContaining("is not local");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProxyConfig.of(RequestedMode.SMART).withProbeTimeout(Duration.ZERO));
    }

    private static void assertFollows(OrderRules rules, Row row) {
        Step step = new Step(State.idle(rules), List.of());
        for (Event event : row.events()) {
            step = ModeMachine.next(step.state(), event);
        }

        assertThat(shown(step.state())).isEqualTo(row.then());
        assertThat(step.events())
                .filteredOn(event -> !(event instanceof ProxyEvent.StateChanged))
                .isEqualTo(row.told());
    }

    private static String shown(State state) {
        String name = state.name();
        if (state instanceof State.Configured configured)
            return name + " " + configured.setup().config().mode();
        if (state instanceof State.ProbingDirect probing) return name + " " + probing.tries();
        if (state instanceof State.Leasing leasing)
            return name + (leasing.call().fellBack() ? " by fallback" : "");
        if (state instanceof State.ConnectingProxy connecting) {
            return name + " " + connecting.index() + " of "
                    + connecting.ladder().stream().map(Rung::path).toList();
        }
        if (state instanceof State.Connected connected) {
            return name + " " + connected.path() + (connected.byFallback() ? " by fallback" : "")
                    + (connected.migratingTo() < 0 ? "" : ", migrating to " + connected.migratingTo());
        }
        if (state instanceof State.Reconnecting reconnecting) return name + " from " + reconnecting.lost();
        if (state instanceof State.Failed failed) return name + " " + failed.code();
        return name;
    }

    private static Row row(String rule, List<Event> events, String then, ProxyEvent... told) {
        return new Row(rule, events, then, List.of(told));
    }

    private static Row refused(ErrorCode code) {
        return row(
                "lease refused: " + code,
                with(RequestedMode.STANDARD, JOIN, new LeaseRefused(code)),
                "FAILED " + code,
                failed(code));
    }

    private static List<Event> with(RequestedMode mode, Event... events) {
        return with(ProxyConfig.of(mode), events);
    }

    private static List<Event> with(ProxyConfig config, Event... events) {
        return Stream.concat(Stream.of(new SetProxy(config)), Stream.of(events)).toList();
    }

    private static ProxyConfig local(LocalFallback fallback) {
        return ProxyConfig.local(fallback, List.of(new Rung(LOCAL_HTTP, "a"), new Rung(LOCAL_SOCKS5, "b")));
    }

    private static Event set(RequestedMode mode) {
        return new SetProxy(ProxyConfig.of(mode));
    }

    private static Event first() {
        return new CandidateConnected(0, JOINED);
    }

    private static Event localFails(int index) {
        return new CandidateFailed(index, ErrorCode.TCP_REFUSED);
    }

    private static Event lost() {
        return new PathLost(JOINED);
    }

    private static Event tickAfter(int seconds) {
        return new Tick(JOINED + Duration.ofSeconds(seconds).toNanos());
    }

    private static ProxyEvent connected(EffectivePath path, boolean byFallback, long nanos) {
        return new ProxyEvent.Connected(path, byFallback, Duration.ofNanos(nanos));
    }

    private static ProxyEvent failed(ErrorCode code) {
        return new ProxyEvent.Failed(code);
    }

    private static ProxyEvent refusal(ErrorCode code) {
        return new ProxyEvent.Refused(code);
    }
}
