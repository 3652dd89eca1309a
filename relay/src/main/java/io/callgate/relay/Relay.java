package io.callgate.relay;

import io.callgate.model.DesiredState;
import io.callgate.model.IpAddress;
import io.callgate.model.RelayAddress;
import io.callgate.model.Secret;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DestinationPolicy;
import io.callgate.relay.grant.Grant;
import io.callgate.relay.grant.HostAddresses;
import io.callgate.relay.grant.Openings;
import io.callgate.relay.grant.OwnHost;
import io.callgate.relay.grant.SessionJournal;
import io.callgate.relay.grant.SessionLog;
import io.callgate.relay.grant.Usage;
import io.callgate.relay.loop.LoopDirectory;
import io.callgate.relay.loop.RelayLoop;
import io.callgate.relay.names.DnsNames;
import io.callgate.relay.names.HostRules;
import io.callgate.relay.net.UdpNet;
import io.callgate.relay.report.Reporter;
import io.callgate.relay.tls.TlsContext;
import io.callgate.relay.tls.TlsService;
import io.callgate.relay.turn.ListenerPoint;
import io.callgate.relay.turn.RelayPorts;
import io.callgate.relay.turn.TurnContext;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A relay in this process. Takes one desired state after the other, each whole or not at all.
///
/// Every method may be called from any thread but the relay's own loops. [#start] and [#apply] block until the
/// state is in force (milliseconds); the others do not block.
public final class Relay implements AutoCloseable {
    /// What each listener's UDP socket asks of the system; it may get less.
    public static final int RECEIVE_BUFFER_BYTES = UdpNet.LISTENER_RECEIVE_BUFFER_BYTES;

    /// [#gatherFor] at first.
    public static final Duration DEFAULT_GATHER = UdpNet.DEFAULT_GATHER;

    /// The most that [#gatherFor] takes.
    public static final Duration LONGEST_GATHER = UdpNet.LONGEST_GATHER;

    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    static final long TICK_MILLIS = 500;
    private static final long LAST_WORDS_MILLIS = 1_000;
    private static final long FOLLOW_SECONDS = 5;
    private static final int KEY_BYTES = 32;

    private final RelayOptions options;
    private final MultiThreadIoEventLoopGroup group;
    private final RelayCommands commands = new RelayCommands();
    private final Apps apps;
    private final RelayPorts ports = new RelayPorts();
    private final HostAddresses hosts = new HostAddresses();
    private final DnsNames names;
    private final HostRules hostRules;
    private final TlsService tls;
    private final Listeners listeners;
    private final Supplier<MachineAddresses> machine;
    private final Census census;
    private final Drain drain;
    private final Optional<Reporter> reporter;
    private volatile List<RelayAddress> relayAddresses = List.of();
    private volatile MachineAddresses localAddresses = MachineAddresses.NONE;
    private Optional<TlsContext> tlsContext = Optional.empty();
    private List<IpAddress> closedToClients = List.of(); // addresses of this machine, by the policy in force
    private List<String> followProblems = List.of();
    private boolean closed;

    private Relay(DesiredState state, RelayOptions options, Supplier<MachineAddresses> machine) {
        this.options = options;
        this.machine = machine;
        UUID epoch = UUID.randomUUID();
        Usage usage = new Usage();
        SessionJournal journal = options.usageMemory().isPresent() ? SessionJournal.begin() : SessionJournal.NONE;
        this.apps = new Apps(state, new SessionLog(options.time(), options.sessions(), usage, journal));
        this.reporter =
                options.usageMemory().map(memory -> new Reporter(apps, usage, journal, memory, epoch, options.time()));
        this.census = new Census(commands, apps, ports, epoch, options.time());
        SecureRandom random = new SecureRandom();
        Authenticator authenticator = new Authenticator(apps, options.time(), randomKey(random));
        LoopDirectory directory = new LoopDirectory();
        this.names = DnsNames.ofSystem(options.io(), options.time());
        this.hostRules = new HostRules(hosts, names, names.executor());
        TurnContext turn = new TurnContext(
                apps, authenticator, ports, directory, options.loops(), randomKey(random), options.time());
        this.tls = new TlsService(options.tls(), options.time());
        this.listeners = new Listeners(commands, options.io().sharesPorts() ? options.loops() : 1);
        this.group = new MultiThreadIoEventLoopGroup(
                options.loops(),
                new DefaultThreadFactory("relay-loop", true),
                options.io().handlerFactory());
        this.drain = new Drain(commands, group);
        for (int i = 0; i < options.loops(); i++) {
            EventLoop eventLoop = group.next();
            RelayLoop loop = new RelayLoop(i, eventLoop, options.io(), options.time());
            LoopServer server = new LoopServer(
                    loop, apps, authenticator, names, turn, tls.recent(), directory, commands, options.passage());
            commands.add(server);
            eventLoop.scheduleAtFixedRate(server::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /// Follows the addresses of this machine: a new one gets its listeners where the file has a wildcard, and is
    /// closed to clients as all own addresses are.
    synchronized void followLocalAddresses() { // what it applies again must be what is in force
        if (closed) {
            return;
        }
        try {
            MachineAddresses now = machine.get();
            if (!now.all().equals(closedToClients)) { // also where it cannot be served, as its port may be taken
                serve(apps.state(), Set.copyOf(listeners.all()), relayAddresses, now);
                recheck(apps.state());
            }
            if (!now.all().equals(localAddresses.all())) {
                apply(apps.state());
            }
            followProblems = List.of();
        } catch (RelayException e) {
            if (!e.problems().equals(followProblems)) {
                followProblems = e.problems();
                log.atWarn().addKeyValue("problems", e.problems()).log("addresses.changed.but.not.served");
            }
        } catch (RuntimeException e) { // a task that throws is never run again
            log.atError().setCause(e).log("watch.failed");
        }
    }

    private void sweepSessions() {
        try {
            apps.sweepSessions(options.time().nanos());
        } catch (RuntimeException e) { // a task that throws is never run again
            log.atError().setCause(e).log("sweep.failed");
        }
    }

    /// Starts a relay; it serves when this returns.
    ///
    /// @throws RelayException if the state cannot be served whole; nothing is left behind
    public static Relay start(DesiredState state, RelayOptions options) {
        return start(state, options, MachineAddresses::read);
    }

    /// @param machine asked at every [#apply], and every few seconds
    static Relay start(DesiredState state, RelayOptions options, Supplier<MachineAddresses> machine) {
        Relay relay = new Relay(state, options, machine);
        try {
            relay.apply(state);
            log.atInfo()
                    .addKeyValue("io", options.io().label())
                    .addKeyValue("tls", options.tls().label())
                    .addKeyValue("loops", options.loops())
                    .log("io.chosen");
            relay.names
                    .executor()
                    .scheduleWithFixedDelay(
                            relay::followLocalAddresses, FOLLOW_SECONDS, FOLLOW_SECONDS, TimeUnit.SECONDS);
            relay.names.executor().scheduleWithFixedDelay(relay::sweepSessions, 1, 1, TimeUnit.SECONDS);
            return relay;
        } catch (RuntimeException e) {
            relay.close();
            throw e;
        }
    }

    /// Replaces the state: listeners, apps, destinations, secrets, limits. What lives stays, but for clients of
    /// closed listeners, revoked subjects, and peers that are allowed no more.
    ///
    /// @throws RelayException with every problem, if the state cannot be served whole; the old one stays in force
    public synchronized void apply(DesiredState next) {
        MachineAddresses local = machine.get();
        List<String> problems = new ArrayList<>();
        Set<BoundListener> wanted = Listeners.expand(next, local, problems);
        List<RelayAddress> addresses = relayAddresses(next, wanted, local, problems);
        if (!problems.isEmpty()) {
            throw new RelayException(problems);
        }
        Optional<TlsContext> certificate = certificate(next);
        Map<BoundListener, ListenerPoint> opened;
        try {
            opened = listeners.open(wanted, next);
        } catch (RuntimeException e) {
            certificate.filter(made -> !tlsContext.equals(certificate)).ifPresent(TlsContext::release);
            throw e;
        }

        ports.offer(addresses, next.relayPorts());
        serve(next, wanted, addresses, local);
        relayAddresses = addresses;
        localAddresses = local;

        hostRules.apply(next);
        useCertificate(certificate);
        listeners.become(wanted, opened, next);
        recheck(next);
        log.atInfo()
                .addKeyValue("version", next.version())
                .addKeyValue("listeners", wanted.size())
                .addKeyValue("apps", next.apps().size())
                .log("state.applied");
    }

    /// How long a busy loop may wait before it reads again, so that UDP packets share its system calls; an idle
    /// one never waits. Only the own sockets of Linux do (`IoKind.LINUX`).
    ///
    /// @param longest zero, which is never, to [#LONGEST_GATHER]
    public void gatherFor(Duration longest) {
        if (longest.isNegative() || longest.compareTo(LONGEST_GATHER) > 0) {
            throw new IllegalArgumentException("gather for " + longest + ": want 0 to " + LONGEST_GATHER);
        }
        commands.onEach(server -> server.loop().net().gatherFor(longest)).join();
    }

    /// Where this relay listens now.
    public synchronized List<BoundListener> listeners() {
        return listeners.all();
    }

    /// From which addresses it relays now.
    public List<RelayAddress> relayAddresses() {
        return relayAddresses;
    }

    /// Before its own end: refuses new sessions at once and for good, lets old ones go on.
    ///
    /// @return completes when no session is left, or after `grace`
    public CompletableFuture<Void> drain(Duration grace) {
        log.atInfo().addKeyValue("graceSeconds", grace.toSeconds()).log("drain.begun");
        return drain.end().completeOnTimeout(null, grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// The operator's word: while it is so new sessions are refused, and clients that ask hear that they should
    /// leave. Nothing ends by it, and it may be taken back.
    public void setDrained(boolean byOperator) {
        if (drain.order(byOperator)) {
            log.atInfo().addKeyValue("inForce", byOperator).log("drain.ordered");
        }
    }

    /// Whether new sessions are refused, for its own end or by the operator's word.
    public boolean isDraining() {
        return drain.isOn();
    }

    /// Whether it drains to end: see [#drain].
    public boolean isEnding() {
        return drain.isEnding();
    }

    /// Asks every loop what it does; a few of their turns later the answer is there.
    public CompletableFuture<RelaySnapshot> snapshot() {
        return census.take(isDraining());
    }

    /// What control is told of the apps, and where its answers go; there where [RelayOptions#usageMemory] is.
    public Optional<Reporter> reporter() {
        return reporter;
    }

    /// Asks every loop for a sign of life.
    ///
    /// @return completes within `bound`, with the loops that gave none in that time
    public CompletableFuture<List<Integer>> silentLoops(Duration bound) {
        List<CompletableFuture<Boolean>> signs = new ArrayList<>();
        for (int loop = 0; loop < options.loops(); loop++) {
            signs.add(commands.on(loop, server -> true)
                    .completeOnTimeout(false, bound.toMillis(), TimeUnit.MILLISECONDS));
        }
        return CompletableFuture.allOf(signs.toArray(CompletableFuture[]::new))
                .thenApply(done -> IntStream.range(0, signs.size())
                        .filter(loop -> !signs.get(loop).join())
                        .boxed()
                        .toList());
    }

    /// Ends every session, closes every socket. Idempotent.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        commands.onEach(LoopServer::closeAll).join();
        CompletableFuture<Void> idle = new CompletableFuture<>(); // TLS says goodbye before it closes
        drain.completeWhenIdle(idle);
        idle.completeOnTimeout(null, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS).join();
        apps.endSessions(options.time().nanos());
        reporter.ifPresent(Reporter::close);
        useCertificate(Optional.empty());
        names.close();
        tls.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    // --------------------------------------------------------------------------------------------- parts of apply

    private static List<RelayAddress> relayAddresses(
            DesiredState next, Set<BoundListener> wanted, MachineAddresses local, List<String> problems) {
        if (next.relayAddresses().isEmpty()) {
            return wanted.stream()
                    .map(BoundListener::address)
                    .distinct()
                    .map(RelayAddress::of)
                    .toList();
        }
        for (RelayAddress address : next.relayAddresses()) {
            if (!local.has(address.bind())) {
                problems.add("relay address " + address.bind() + ": not an address of this machine; name one of "
                        + local.all());
            }
        }
        return next.relayAddresses();
    }

    /// From now on what is this machine's own, with what it serves, is judged by these addresses.
    private void serve(
            DesiredState next, Set<BoundListener> wanted, List<RelayAddress> addresses, MachineAddresses local) {
        OwnHost ownHost = local.ownHost(next, wanted, addresses);
        apps.apply(next, new DestinationPolicy.Surroundings(ownHost, ports, hosts, Openings.of(next)));
        closedToClients = local.all();
    }

    /// Asks the policy again about all that lives.
    private void recheck(DesiredState next) {
        Predicate<Grant> isGivenUp = grant -> grant.isGivenUp(next.revocations());
        commands.onEach(server -> server.recheck(isGivenUp)).join();
    }

    /// The one in use if it is still the right one.
    private Optional<TlsContext> certificate(DesiredState next) {
        if (next.tls().equals(tlsContext.map(TlsContext::identity))) {
            return tlsContext;
        }
        try {
            return next.tls().map(tls::prepare);
        } catch (IllegalArgumentException e) {
            throw new RelayException(List.of(String.valueOf(e.getMessage())));
        }
    }

    /// Handshakes that have begun go on with the old one, and so do connections.
    private void useCertificate(Optional<TlsContext> next) {
        if (next.equals(tlsContext)) {
            return;
        }
        commands.onEach(server -> server.useTls(next)).join();
        tlsContext.ifPresent(TlsContext::release);
        tlsContext = next;
        next.ifPresent(tls::onInForce);
    }

    private static Secret randomKey(SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return Secret.of(key);
    }
}
