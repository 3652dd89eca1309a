package io.callgate.relay;

import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DesiredState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Limits;
import io.callgate.model.ListenerState;
import io.callgate.model.PortRange;
import io.callgate.model.Protocol;
import io.callgate.model.RelayAddress;
import io.callgate.model.RelayCredential;
import io.callgate.model.Revocation;
import io.callgate.model.Secret;
import io.callgate.model.SessionRecord;
import io.callgate.model.StaticUser;
import io.callgate.model.Subject;
import io.callgate.model.TimeSource;
import io.callgate.model.TlsIdentity;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.net.IoKind;
import io.callgate.relay.report.Reporter;
import io.callgate.relay.tls.TlsProvider;
import io.callgate.testkit.FakeClock;
import io.callgate.testkit.FreePort;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A real relay on 127.0.0.1 and ::1 with a clock that stands still, and clients for it.
final class RelayFixture implements AutoCloseable {
    static final AppId DEMO = new AppId("demo");
    static final Secret SECRET = Secret.of("relay-secret-of-the-tests");

    /// Opens all of the test machine's loopback for UDP.
    static final List<String> LOOPBACK = List.of("127.0.0.0/8", "[::1]/128");

    /// Above the ports that the kernel gives away: else one that another test's allocation had is a client's of
    /// this one, and what is still sent to it is taken for the relay's.
    static final PortRange RELAY_PORTS = new PortRange(61_000, 65_535);

    private static final int START_TRIES = 5;

    private final FakeClock clock;
    private final Relay relay;
    private final int port;
    private final List<SessionRecord> records;

    private RelayFixture(FakeClock clock, Relay relay, int port, List<SessionRecord> records) {
        this.records = records;
        this.clock = clock;
        this.relay = relay;
        this.port = port;
    }

    /// The kind that tests use which do not name one: the best, or what `callgate.test.io` says.
    static IoKind io() {
        String wanted = System.getProperty("callgate.test.io");
        return wanted == null ? IoKind.best() : IoKind.valueOf(wanted.toUpperCase(Locale.ROOT));
    }

    static RelayFixture start() {
        return start(new State());
    }

    static RelayFixture start(State state) {
        return start(state, 1, io());
    }

    /// Picks another port if a stranger was faster.
    static RelayFixture start(State state, int loops, IoKind io) {
        return start(state, loops, io, TlsProvider.best(), null, MachineAddresses::read, Optional.empty());
    }

    /// As one that has a control.
    static RelayFixture startReporting(State state) {
        MemorySegment memory = Arena.ofAuto().allocate(Reporter.MEMORY_BYTES, Long.BYTES);
        return start(state, 1, io(), TlsProvider.best(), null, MachineAddresses::read, Optional.of(memory));
    }

    /// On a machine that has these addresses and no others; they must be addresses of loopback.
    static RelayFixture startOn(Supplier<MachineAddresses> machine, State state) {
        return start(state, 1, io(), TlsProvider.best(), null, machine, Optional.empty());
    }

    private static RelayFixture start(
            State state,
            int loops,
            IoKind io,
            TlsProvider tls,
            @Nullable LongSupplier runningNanos,
            Supplier<MachineAddresses> machine,
            Optional<MemorySegment> usageMemory) {
        RelayException last = null;
        for (int tries = 0; tries < START_TRIES; tries++) {
            int port = FreePort.take();
            FakeClock clock = new FakeClock();
            List<SessionRecord> records = new CopyOnWriteArrayList<>();
            try {
                TimeSource time = runningNanos == null ? clock : running(clock, runningNanos);
                RelayOptions options =
                        new RelayOptions(loops, time, io, tls, records::add, Optional.empty(), usageMemory);
                Relay relay = Relay.start(state.on(port).build(), options, machine);
                return new RelayFixture(clock, relay, port, records);
            } catch (RelayException e) {
                last = e;
            }
        }
        throw Objects.requireNonNull(last);
    }

    /// Serves TCP too, and its time runs: for what depends on how fast the system takes bytes.
    static RelayFixture startInRealTime(State state, IoKind io) {
        return startInRealTime(state, io, TlsProvider.best());
    }

    static RelayFixture startInRealTime(State state, IoKind io, TlsProvider tls) {
        return start(state.tcp(), 1, io, tls, System::nanoTime, MachineAddresses::read, Optional.empty());
    }

    /// By UDP alone, and in the time of a clock that runs.
    static RelayFixture startInTimeOf(State state, IoKind io, LongSupplier runningNanos) {
        return start(state, 1, io, TlsProvider.best(), runningNanos, MachineAddresses::read, Optional.empty());
    }

    /// Of the relay that was started last: those of others are closed or closing.
    static long newestLoopThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("relay-loop"))
                .max(Comparator.comparingLong(Thread::threadId))
                .orElseThrow()
                .threadId();
    }

    /// Of sessions that have ended so far; all, once the relay is closed.
    List<SessionRecord> records() {
        return records;
    }

    private static TimeSource running(FakeClock clock, LongSupplier nanos) {
        return new TimeSource() {
            @Override
            public long nanos() {
                return nanos.getAsLong();
            }

            @Override
            public Instant now() {
                return clock.now();
            }
        };
    }

    Relay relay() {
        return relay;
    }

    FakeClock clock() {
        return clock;
    }

    int port() {
        return port;
    }

    void pass(Duration time) {
        clock.advance(time);
    }

    InetSocketAddress v4() {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    InetSocketAddress v6() {
        return new InetSocketAddress(InetAddress.ofLiteral("::1"), port);
    }

    /// A client of app `demo` with a credential of one hour.
    TurnClient client(String subject) {
        return new TurnClient(v4(), login(subject));
    }

    TurnClient client6(String subject) {
        return new TurnClient(v6(), login(subject));
    }

    /// The same over TCP.
    TurnClient streamClient(String subject) {
        return new TurnClient(new StreamPeer(v4(), 0), v4(), login(subject));
    }

    /// A connection to the port by TCP.
    Caller call() {
        return new Caller(new Endpoint(IpAddress.parse("127.0.0.1"), port));
    }

    TurnClient.Login login(String subject) {
        return login(DEMO, SECRET, subject, Duration.ofHours(1));
    }

    TurnClient.Login login(AppId app, Secret secret, String subject, Duration timeToLive) {
        RelayCredential credential = RelayCredential.mint(
                secret, app, new Subject(subject), clock.now().plus(timeToLive));
        return TurnClient.Login.of(credential.username(), credential.password());
    }

    void apply(State state) {
        relay.apply(state.on(port).build());
    }

    RelaySnapshot snapshot() {
        return relay.snapshot().join();
    }

    /// Returns as soon as the condition holds; fails after ten seconds.
    void await(String what, BooleanSupplier condition) {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("still not: " + what);
            }
            new CompletableFuture<>()
                    .completeOnTimeout("", 5, TimeUnit.MILLISECONDS)
                    .join();
        }
    }

    long drops(DropReason reason) {
        return Objects.requireNonNull(snapshot().drops().get(reason.label()));
    }

    Map<String, Long> drops() {
        return snapshot().drops();
    }

    @Override
    public void close() {
        relay.close();
    }

    /// One app, and what it may reach.
    static AppState app(String id, String... rules) {
        return app(id, SECRET, Limits.DEFAULT, rules);
    }

    static AppState app(String id, Secret secret, Limits limits, String... rules) {
        return new AppState(new AppId(id), List.of(secret), List.of(), rules(rules), limits, List.of());
    }

    static AppState withUser(AppState app, String name, String password) {
        return new AppState(
                app.id(),
                app.relaySecrets(),
                app.clients(),
                app.destinations(),
                app.limits(),
                List.of(new StaticUser(name, Secret.of(password))));
    }

    static AppState withSecrets(AppState app, Secret... secrets) {
        return new AppState(app.id(), List.of(secrets), app.clients(), app.destinations(), app.limits(), app.users());
    }

    static List<DestinationRule> rules(String... rules) {
        return List.of(rules).stream().map(DestinationRule::parse).toList();
    }

    /// A desired state in the making. By default: app `demo`, all of loopback open, both families.
    static final class State {
        private List<AppState> apps = List.of(app(DEMO.value(), LOOPBACK.toArray(String[]::new)));
        private List<String> addresses = List.of("127.0.0.1", "::1");
        private List<RelayAddress> relayAddresses = List.of();
        private PortRange relayPorts = RELAY_PORTS;
        private String realm = DesiredState.DEFAULT_REALM;
        private List<Revocation> revocations = List.of();
        private List<Endpoint> ownEndpoints = List.of();
        private DesiredState.Origin origin = DesiredState.Origin.FILE;
        private Set<Protocol> protocols = Set.of(Protocol.UDP);
        private boolean isBehindBalancer;
        private boolean check;
        private Optional<TlsIdentity> tls = Optional.empty();
        private final List<Integer> ports = new ArrayList<>();

        State apps(AppState... all) {
            apps = List.of(all);
            return this;
        }

        State addresses(String... literals) {
            addresses = List.of(literals);
            return this;
        }

        State relayAddresses(RelayAddress... all) {
            relayAddresses = List.of(all);
            return this;
        }

        State relayPorts(int first, int last) {
            relayPorts = new PortRange(first, last);
            return this;
        }

        State realm(String text) {
            realm = text;
            return this;
        }

        State revoke(String subject, Instant notBefore) {
            revocations = List.of(new Revocation(DEMO, Optional.of(new Subject(subject)), notBefore));
            return this;
        }

        State ownEndpoints(Endpoint... all) {
            ownEndpoints = List.of(all);
            return this;
        }

        State from(DesiredState.Origin other) {
            origin = other;
            return this;
        }

        /// Serves the check page, and so TCP.
        State check() {
            protocols = Set.of(Protocol.UDP, Protocol.TCP);
            check = true;
            return this;
        }

        State withoutCheck() {
            check = false;
            return this;
        }

        /// One more port to listen on.
        State also(int port) {
            ports.add(port);
            return this;
        }

        State tls(TlsIdentity identity) {
            tls = Optional.of(identity);
            return this;
        }

        State tcp() {
            protocols = Set.of(Protocol.UDP, Protocol.TCP);
            return this;
        }

        /// Every TCP connection begins with a PROXY header.
        State behindBalancer() {
            isBehindBalancer = true;
            return this;
        }

        private State on(int port) {
            State state = new State();
            state.isBehindBalancer = isBehindBalancer;
            state.apps = apps;
            state.addresses = addresses;
            state.relayAddresses = relayAddresses;
            state.relayPorts = relayPorts;
            state.realm = realm;
            state.revocations = revocations;
            state.ownEndpoints = ownEndpoints;
            state.origin = origin;
            state.protocols = protocols;
            state.check = check;
            state.tls = tls;
            state.ports.add(port);
            state.ports.addAll(ports);
            return state;
        }

        private DesiredState build() {
            List<PortRange> ranges =
                    ports.stream().map(port -> new PortRange(port, port)).toList();
            List<ListenerState> listeners = addresses.stream()
                    .map(address -> new ListenerState(IpAddress.parse(address), ranges, protocols, isBehindBalancer))
                    .toList();
            return new DesiredState(
                    1,
                    origin,
                    listeners,
                    relayAddresses,
                    relayPorts,
                    realm,
                    apps,
                    revocations,
                    ownEndpoints,
                    check,
                    tls);
        }
    }
}
