package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.Event;
import io.callgate.client.mode.ModeMachine;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyConfig;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.client.mode.Rung;
import io.callgate.client.mode.State;
import io.callgate.client.mode.Step;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Login;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.client.turn.Entrance;
import io.callgate.client.turn.Ladder;
import io.callgate.client.turn.TurnClient;
import io.callgate.model.Candidate;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import io.callgate.model.ModePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Does what [ModeMachine] decides. The state changes on whatever thread an event comes from, under this object's
/// lock; all that follows from it runs on one thread, `callgate-proxy`, which owns every field below the line.
/// What
/// blocks runs on workers, and comes back to that thread with the number of its round: a round that is over is not
/// heard any more.
final class Conductor {
    private static final long TICK_MILLIS = 50;
    private static final Duration RETRY_EVERY = Duration.ofMillis(500);
    private static final Duration LEASE_RETRY_EVERY = Duration.ofSeconds(5);
    private static final Duration BETTER_EVERY = Duration.ofSeconds(10);
    private static final Duration DIRECT_PATIENCE = Duration.ofSeconds(10);
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(30);

    private final Settings settings;
    private final Trace trace;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(daemon("callgate-proxy"));
    private final ExecutorService workers = Executors.newCachedThreadPool(daemon("callgate-worker"));
    private final ExecutorService listener = Executors.newSingleThreadExecutor(daemon("callgate-events"));
    private final NetworkMonitor.Listener onNetwork = this::networkChanged;

    private State state; // guarded by this
    private boolean starting; // guarded by this
    private volatile Optional<Plan> plan = Optional.empty();

    // ------------------------------------------------------------------------------------ the loop thread's alone

    private long round;
    private long epoch; // of the path
    private long planNumber;
    private @Nullable Candidates candidates;
    private boolean storeRead;
    private Instant renewAt = Instant.MAX;
    private boolean renewing;
    private @Nullable Path path;
    private @Nullable Path prepared;
    private boolean climbing;
    private boolean outageTold;
    private long retryNanos;
    private long leaseRetryNanos;
    private long betterNanos;
    private Failure lastFailure = new Failure(ErrorCode.NOT_INITIALIZED, "no call has begun", "call start()");
    private final Map<Integer, Failure> climbFailures = new HashMap<>();
    private final Map<CloudTunnel, TunnelState> tunnels = new LinkedHashMap<>();

    private static final class TunnelState {
        private final CompletableFuture<CloudTunnel> opened;
        private long epoch = -1; // of the path that carries it
        private boolean moving;

        TunnelState(CompletableFuture<CloudTunnel> opened) {
            this.opened = opened;
        }
    }

    Conductor(Settings settings) {
        this.settings = settings;
        this.trace = new Trace(settings.time());
        this.state = State.idle(settings.rules());
        settings.network().ifPresent(monitor -> monitor.listen(onNetwork));
        loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    Trace trace() {
        return trace;
    }

    Optional<Plan> plan() {
        return plan;
    }

    synchronized String stateName() {
        return state.name();
    }

    private static ThreadFactory daemon(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    // ------------------------------------------------------------------------------------- from any thread

    synchronized ErrorCode feed(Event event) {
        State before = state;
        Step step = ModeMachine.next(before, event);
        state = step.state();
        if (!step.events().isEmpty() || !before.equals(state)) {
            onLoop(() -> follow(before, step));
        }
        for (ProxyEvent told : step.events()) {
            if (told instanceof ProxyEvent.Refused refused) {
                return refused.code();
            }
        }
        return ErrorCode.OK;
    }

    ErrorCode set(ProxyConfig config) {
        return feed(new Event.SetProxy(config));
    }

    synchronized ErrorCode start() {
        if (starting) {
            return ErrorCode.CALLED_TOO_LATE;
        }
        if (!(state instanceof State.Idle)) {
            return join();
        }
        starting = true; // the mode is asked for first: until then nothing goes direct
        work(() -> {
            ModePolicy policy = policy();
            onLoop(() -> startBy(policy));
        });
        return ErrorCode.OK;
    }

    private synchronized void startBy(ModePolicy policy) {
        starting = false;
        if (state instanceof State.Idle) {
            trace.add("mode " + policy.mode() + " by policy");
            feed(new Event.SetProxy(settings.config(policy.mode(), policy)));
        }
        join();
    }

    private ErrorCode join() {
        NetworkKind kind =
                settings.network().map(monitor -> monitor.current().kind()).orElse(NetworkKind.UNKNOWN);
        return feed(new Event.Join(kind, settings.time().nanos()));
    }

    /// On a worker.
    private ModePolicy policy() {
        Optional<Lease> stored = stored();
        if (stored.isPresent()) {
            return stored.get().policy();
        }
        try {
            return settings.claim().app().isPresent()
                    ? settings.leases().policy(settings.claim().app().get())
                    : ModePolicy.DEFAULT;
        } catch (PathException e) {
            trace.add("no policy: " + e.failure());
            return ModePolicy.DEFAULT;
        }
    }

    private Optional<Lease> stored() {
        try {
            return settings.store().load().map(LeaseJson::parseLease);
        } catch (RuntimeException e) {
            trace.add("the stored lease cannot be read: " + e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    CompletableFuture<CloudTunnel> openTunnel(DatagramTunnel.Receiver receiver) {
        CompletableFuture<CloudTunnel> opened = new CompletableFuture<>();
        boolean taken = onLoop(() -> {
            if (!isCalling()) {
                fail(opened, noCall());
                return;
            }
            CloudTunnel tunnel = new CloudTunnel(
                    receiver, settings.time(), () -> onLoop(this::tendTunnels), () -> onLoop(this::tendTunnels));
            tunnels.put(tunnel, new TunnelState(opened));
            tendTunnels();
        });
        if (!taken) {
            opened.completeExceptionally(new PathException(noCall()));
        }
        return opened;
    }

    private synchronized boolean isCalling() {
        return starting || (state instanceof State.InRoom && !(state instanceof State.Failed));
    }

    private static Failure noCall() {
        return new Failure(ErrorCode.NOT_INITIALIZED, "no call has begun, or it has ended", "call start()");
    }

    private void networkChanged(Network before, Network now) {
        feed(new Event.NetworkChanged(now.kind(), now.kind() != NetworkKind.OFFLINE));
    }

    void close() {
        settings.network().ifPresent(monitor -> monitor.forget(onNetwork));
        synchronized (this) {
            feed(new Event.Leave());
            feed(new Event.Close());
            onLoop(() -> {
                release(noCall());
                loop.shutdownNow();
                workers.shutdown();
                listener.shutdown();
            });
        }
    }

    private boolean onLoop(Runnable work) {
        try {
            loop.execute(() -> guarded(work));
            return true;
        } catch (RejectedExecutionException e) {
            return false; // closed meanwhile
        }
    }

    private void work(Runnable work) {
        try {
            workers.execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            trace.add("a defect of the SDK or of what it was given: " + e);
        }
    }

    private void tell(Consumer<ProxyEvents> event) {
        try {
            listener.execute(() -> guarded(() -> event.accept(settings.events())));
        } catch (RejectedExecutionException e) {
            // Closed meanwhile.
        }
    }

    // ------------------------------------------------------------------------------------- what a step asks for

    private void follow(State before, Step step) {
        State after = step.state();
        step.events().forEach(this::tellOf);
        if (!(after instanceof State.InRoom) || after instanceof State.Failed) {
            if (before instanceof State.InRoom) {
                release(after instanceof State.Failed ? lastFailure : noCall());
            }
        } else if (after instanceof State.ProbingDirect probing && !before.equals(after)) {
            probe(probing);
        } else if (after instanceof State.ConnectingDirect && !(before instanceof State.ConnectingDirect)) {
            connectDirect();
        } else if (after instanceof State.Leasing && !(before instanceof State.Leasing)) {
            obtainLease();
        } else if (after instanceof State.ConnectingProxy connecting && beginsAnew(before, connecting)) {
            round++;
            climbing = false;
            climb(connecting.ladder(), all(connecting.ladder()), this::connected);
        } else if (after instanceof State.Connected connected) {
            arrive(before, connected);
        } else if (after instanceof State.Reconnecting && !(before instanceof State.Reconnecting)) {
            retryNanos = settings.time().nanos();
        }
    }

    private static boolean beginsAnew(State before, State.ConnectingProxy now) {
        return !(before instanceof State.ConnectingProxy connecting)
                || connecting.failed().size() > now.failed().size();
    }

    private void tellOf(ProxyEvent event) {
        trace.add(event.toString());
        if (event instanceof ProxyEvent.StateChanged changed) {
            tell(events -> events.onStateChanged(changed.from(), changed.to()));
        } else if (event instanceof ProxyEvent.Connected connected) {
            tell(events -> events.onConnected(connected.path(), connected.byFallback(), connected.elapsed()));
        } else if (event instanceof ProxyEvent.Switching switching) {
            tell(events -> events.onSwitching(switching.from(), switching.to(), switching.cause()));
        } else if (event instanceof ProxyEvent.InUse inUse) {
            tell(events -> events.onInUse(inUse.proxied()));
        } else if (event instanceof ProxyEvent.ChangeDeferred deferred) {
            tell(events -> events.onChangeDeferred(deferred.mode()));
        } else if (event instanceof ProxyEvent.NetworkModeChanged changed) {
            tell(events -> events.onNetworkChanged(changed.network()));
        } else if (event instanceof ProxyEvent.Failed failed) {
            failed(failed.code());
        }
    }

    private void failed(ErrorCode code) {
        if (lastFailure.code() != code) {
            String cause = code == ErrorCode.ALL_CANDIDATES_FAILED && !climbFailures.isEmpty()
                    ? "no relay answers: "
                            + climbFailures.values().iterator().next().cause()
                    : code.meaning();
            lastFailure =
                    new Failure(code, cause, "see the trace; the firewall must let the relays' addresses through");
        }
        Failure failure = lastFailure;
        tell(events -> events.onFailed(failure));
    }

    private void release(Failure why) {
        round++;
        climbing = false;
        plan = Optional.empty();
        closePath();
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
        tunnels.forEach((tunnel, its) -> {
            if (its.opened.isDone()) {
                work(() -> tunnel.end(why));
            } else {
                tunnel.close();
                fail(its.opened, why);
            }
        });
        tunnels.clear();
    }

    private void fail(CompletableFuture<CloudTunnel> opened, Failure why) {
        tell(events -> opened.completeExceptionally(new PathException(why)));
    }

    private void closePath() {
        if (path != null) {
            path.close();
            path = null;
        }
    }

    // ------------------------------------------------------------------------------------- the direct way

    private void probe(State.ProbingDirect probing) {
        long mine = ++round;
        if (settings.probe().isEmpty()) {
            feed(new Event.ProbeTimedOut());
            return;
        }
        ProxyConfig config = probing.setup().config();
        long pauseMillis = Math.min(250L * (probing.tries() - 1), 3000);
        loop.schedule(() -> guarded(() -> probe(mine, config.probeTimeout())), pauseMillis, TimeUnit.MILLISECONDS);
    }

    private void probe(long mine, Duration timeout) {
        if (mine != round) {
            return;
        }
        AtomicBoolean decided = new AtomicBoolean();
        ask(mine, timeout, (answer) -> {
            if (decided.compareAndSet(false, true)) {
                feed(answer);
            }
        });
        Runnable late = () -> {
            if (mine == round && decided.compareAndSet(false, true)) {
                feed(new Event.ProbeTimedOut());
            }
        };
        loop.schedule(() -> guarded(late), timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connectDirect() {
        long mine = ++round;
        if (settings.probe().isEmpty()) {
            feed(new Event.DirectConnected(settings.time().nanos()));
            return;
        }
        ask(mine, DIRECT_PATIENCE, answer -> {
            boolean both = answer.signalling() && answer.media();
            feed(
                    both
                            ? new Event.DirectConnected(settings.time().nanos())
                            : new Event.DirectFailed(answer.signalling()));
        });
    }

    /// Asks both sides at once; tells when the answer is known, unless the round is over.
    private void ask(long mine, Duration timeout, Consumer<Event.ProbeAnswered> onAnswer) {
        DirectProbe probe = settings.probe().orElseThrow();
        long beganNanos = settings.time().nanos();
        CompletableFuture<Boolean> signalling = new CompletableFuture<>();
        CompletableFuture<Boolean> media = new CompletableFuture<>();
        work(() -> signalling.complete(isOpen(probe::signalling, timeout)));
        work(() -> media.complete(isOpen(probe::media, timeout)));
        signalling.thenAcceptBoth(
                media,
                (isSignalling, isMedia) -> onLoop(() -> {
                    if (mine == round) {
                        Duration took = Duration.ofNanos(settings.time().nanos() - beganNanos);
                        onAnswer.accept(new Event.ProbeAnswered(isSignalling, isMedia, took));
                    }
                }));
    }

    private interface Question {
        boolean isOpen(Attempt attempt);
    }

    private boolean isOpen(Question question, Duration timeout) {
        try {
            return question.isOpen(Attempt.within(settings.time(), timeout));
        } catch (RuntimeException e) {
            trace.add("the direct probe failed: " + e);
            return false;
        }
    }

    // ------------------------------------------------------------------------------------- the lease

    private void obtainLease() {
        long mine = ++round;
        climbing = false;
        Candidates known = candidates;
        if (known != null && isGood(known.lease())) {
            feed(new Event.LeaseGranted(known.rungs()));
            return;
        }
        boolean readStore = !storeRead;
        storeRead = true;
        work(() -> {
            try {
                Lease lease = leaseOrStored(readStore);
                onLoop(() -> granted(mine, lease));
            } catch (PathException e) {
                onLoop(() -> refused(mine, e.failure()));
            } catch (RuntimeException e) {
                Failure failure =
                        new Failure(ErrorCode.RELAY_REFUSED, "asking for a lease failed: " + e, "report this defect");
                onLoop(() -> refused(mine, failure));
            }
        });
    }

    private boolean isGood(Lease lease) {
        return lease.expiresAt().minus(LEASE_MARGIN).isAfter(settings.time().now());
    }

    /// Control's word first; the lease of the last start only where control cannot be reached, never where it
    /// refuses.
    private Lease leaseOrStored(boolean readStore) {
        try {
            return settings.leases().lease(settings.request(), settings.claim());
        } catch (PathException e) {
            boolean isRefusal = e.code().number() / 1000 == 42;
            Optional<Lease> last = isRefusal || !readStore ? Optional.empty() : stored();
            if (last.isPresent() && isGood(last.get())) {
                trace.add("the lease of the last start, for " + e.failure());
                return last.get();
            }
            throw e;
        }
    }

    private void granted(long mine, Lease lease) {
        if (mine == round) {
            take(lease);
            feed(new Event.LeaseGranted(requireCandidates().rungs()));
        }
    }

    private void refused(long mine, Failure failure) {
        if (mine == round) {
            lastFailure = failure;
            trace.add("no lease: " + failure);
            feed(new Event.LeaseRefused(failure.code()));
        }
    }

    private void take(Lease lease) {
        Candidates before = candidates;
        candidates = new Candidates(lease, settings.trust());
        Instant now = settings.time().now();
        double part = 0.7 + 0.1 * ThreadLocalRandom.current().nextDouble(); // not all clients of a minute at once
        renewAt = now.plusMillis((long)
                (part * Math.max(0, Duration.between(now, lease.expiresAt()).toMillis())));
        trace.add("lease until " + lease.expiresAt() + " with "
                + lease.candidates().size() + " candidates");
        work(() -> settings.store().save(LeaseJson.write(lease).toString()));
        if (before != null && before.lease().allowlistVersion() != lease.allowlistVersion()) {
            tell(events -> events.onAllowlistChanged(lease.allowlistVersion()));
        }
    }

    private Candidates requireCandidates() {
        if (candidates == null) {
            throw new IllegalStateException("no lease where there must be one");
        }
        return candidates;
    }

    private void renewIfDue() {
        if (renewing || candidates == null || settings.time().now().isBefore(renewAt)) {
            return;
        }
        renewing = true;
        Lease old = candidates.lease();
        work(() -> {
            try {
                Lease lease = renewed(old);
                onLoop(() -> renewed(Optional.of(lease), old));
            } catch (RuntimeException e) {
                trace.add("the lease was not renewed: " + e.getMessage());
                onLoop(() -> renewed(Optional.empty(), old));
            }
        });
    }

    private Lease renewed(Lease old) {
        try {
            return settings.leases().renew(old);
        } catch (PathException e) {
            if (e.code() == ErrorCode.TOKEN_EXPIRED || e.code() == ErrorCode.TOKEN_INVALID) {
                return settings.leases().lease(settings.request(), settings.claim()); // a day is over
            }
            throw e;
        }
    }

    private void renewed(Optional<Lease> lease, Lease old) {
        renewing = false;
        if (lease.isEmpty()) {
            renewAt = settings.time().now().plus(LEASE_RETRY_EVERY);
            tell(events -> events.onLeaseExpiring(old.expiresAt()));
            return;
        }
        take(lease.get());
        if (currentState() instanceof State.Connected connected
                && connected.path().isProxied()) {
            publish(connected);
        }
    }

    // ------------------------------------------------------------------------------------- the ladder

    /// What came of a climb.
    ///
    /// @param path open; empty if every rung failed
    /// @param index of the rung that holds, in the state's ladder
    private record Climbed(Optional<Path> path, int index, Map<Integer, Failure> failures) {}

    private void climb(List<Rung> ladder, List<Integer> order, Consumer<Climbed> then) {
        Candidates known = requireCandidates();
        List<Integer> indices = new ArrayList<>();
        List<Entrance> entrances = new ArrayList<>();
        for (int index : order) {
            known.find(ladder.get(index)).ifPresent(candidate -> {
                indices.add(index);
                entrances.add(known.entrance(candidate));
            });
        }
        if (entrances.isEmpty()) {
            then.accept(new Climbed(Optional.empty(), -1, Map.of()));
            return;
        }
        climbing = true;
        long mine = round;
        Login login = known.login();
        Path.Ear ear = new Path.Ear(() -> onLoop(this::tick));
        work(() -> {
            Ladder.Climb climb = new Ladder(entrances, settings.dialer(), settings.time()).climb(login, ear);
            Map<Integer, Failure> failures = new LinkedHashMap<>();
            climb.failures().forEach(failure -> failures.put(indices.get(failure.rung()), failure.failure()));
            Optional<Path> opened = climb.tunnel()
                    .map(client -> new Path(client, entrances.get(climb.rung()), login, settings.time(), ear));
            int index = opened.isPresent() ? indices.get(climb.rung()) : -1;
            boolean heard = onLoop(() -> climbed(mine, new Climbed(opened, index, failures), ladder, then));
            if (!heard) {
                opened.ifPresent(Path::close);
            }
        });
    }

    private void climbed(long mine, Climbed climbed, List<Rung> ladder, Consumer<Climbed> then) {
        if (mine != round) {
            climbed.path().ifPresent(Path::close);
            return;
        }
        climbing = false;
        climbed.failures().forEach((index, failure) -> {
            String candidate = ladder.get(index).toString();
            climbFailures.put(index, failure);
            trace.add(candidate + ": " + failure);
            tell(events -> events.onCandidateFailed(candidate, failure));
        });
        then.accept(climbed);
    }

    private void connected(Climbed climbed) {
        climbed.failures().forEach((index, failure) -> feed(new Event.CandidateFailed(index, failure.code())));
        climbed.path().ifPresent(found -> {
            prepared = found;
            feed(new Event.CandidateConnected(climbed.index(), settings.time().nanos()));
        });
    }

    private void arrive(State before, State.Connected connected) {
        betterNanos = settings.time().nanos();
        if (!connected.path().isProxied()) {
            if (!(before instanceof State.Connected)) {
                round++;
                closePath();
                publishDirect(connected);
            }
            return;
        }
        if (prepared == null) {
            return; // a step that changed nothing of the path
        }
        Path old = path;
        path = prepared;
        prepared = null;
        outageTold = false;
        climbFailures.clear();
        int index = connected.migratingTo() >= 0 ? connected.migratingTo() : connected.rung();
        State.Connected there = new State.Connected(connected.call(), connected.ladder(), index, -1);
        epoch++;
        publish(there);
        tendTunnels();
        if (old != null) {
            old.close(); // tunnels have allocations of their own, and leave those when they have moved
        }
        if (connected.migratingTo() >= 0) {
            feed(new Event.Migrated(index));
        }
    }

    private void publish(State.Connected connected) {
        Candidates known = requireCandidates();
        Rung rung = connected.ladder().get(connected.rung());
        Optional<Candidate> inUse = known.find(rung);
        if (inUse.isEmpty()) {
            return; // a renewed lease has it no more: it is used until it ends
        }
        publish(new Plan(
                ++planNumber,
                connected.path(),
                connected.byFallback(),
                inUse.get().relay(),
                known.iceServers(connected.ladder(), rung),
                true,
                known.signalling(settings.dialer(), inUse.get()),
                Optional.of(new Plan.Relayed(known.entrance(inUse.get()), known.login(), settings.dialer()))));
    }

    private void publishDirect(State.Connected connected) {
        epoch++;
        publish(new Plan(
                ++planNumber,
                connected.path(),
                connected.byFallback(),
                "",
                List.of(),
                false,
                settings.dialer(),
                Optional.empty()));
        tendTunnels();
    }

    private void publish(Plan now) {
        plan = Optional.of(now);
        tell(events -> events.onPlan(now));
    }

    // ------------------------------------------------------------------------------------- while connected

    private synchronized State currentState() {
        return state;
    }

    private void tick() {
        guarded(this::look);
    }

    private void look() {
        long nowNanos = settings.time().nanos();
        renewIfDue();
        State now = currentState();
        if (now instanceof State.Connected connected && path != null && connected.migratingTo() < 0) {
            watch(connected, path, nowNanos);
        } else if (now instanceof State.Reconnecting lost) {
            feed(new Event.Tick(nowNanos));
            retry(lost, nowNanos);
        }
        tendTunnels();
    }

    private void watch(State.Connected connected, Path watched, long nowNanos) {
        if (watched.isPingDue(nowNanos)) {
            work(watched::ping);
        }
        if (climbing) {
            return;
        }
        if (watched.isSilent(nowNanos)) {
            trace.add(connected.ladder().get(connected.rung()) + " is silent: trying the others beside it");
            climb(
                    connected.ladder(),
                    aside(connected.ladder(), connected.rung()),
                    climbed -> replace(climbed, watched));
        } else if (nowNanos - betterNanos > BETTER_EVERY.toNanos()) {
            betterNanos = nowNanos;
            List<Integer> better = better(connected);
            if (!better.isEmpty()) {
                climb(connected.ladder(), better, this::rise);
            }
        }
    }

    /// Another path is up, or none is: the silent one may have spoken meanwhile, and then it stays.
    private void replace(Climbed climbed, Path silent) {
        if (!silent.isSilent(settings.time().nanos())) {
            trace.add("it speaks again and is kept");
            climbed.path().ifPresent(Path::close);
            return;
        }
        feed(new Event.PathLost(settings.time().nanos()));
        connected(climbed);
        if (climbed.path().isEmpty()) {
            outage(climbed);
        }
    }

    private void outage(Climbed climbed) {
        if (!outageTold) {
            outageTold = true;
            String first = climbed.failures().values().stream()
                    .findFirst()
                    .map(Failure::cause)
                    .orElse("no candidate is left");
            lastFailure = new Failure(
                    ErrorCode.ALL_CANDIDATES_FAILED,
                    "no relay answers any more: " + first,
                    "they are being tried again; check this machine's network, then the relays");
            Failure told = lastFailure;
            trace.add(told.toString());
            tell(events -> events.onFailed(told));
        }
        retryNanos = settings.time().nanos() + RETRY_EVERY.toNanos();
    }

    private void retry(State.Reconnecting lost, long nowNanos) {
        if (climbing
                || prepared != null
                || nowNanos - retryNanos < 0
                || !lost.lost().isProxied()) {
            return;
        }
        if (nowNanos - leaseRetryNanos > LEASE_RETRY_EVERY.toNanos()) {
            leaseRetryNanos = nowNanos;
            askForOtherRelays();
        }
        climb(lost.ladder(), all(lost.ladder()), climbed -> {
            if (climbed.path().isEmpty()) {
                outage(climbed);
            }
            connected(climbed);
        });
    }

    /// Beside the tries: control may know relays that live.
    private void askForOtherRelays() {
        work(() -> {
            try {
                Lease lease = settings.leases().lease(settings.request(), settings.claim());
                onLoop(() -> {
                    if (currentState() instanceof State.Reconnecting && !climbing && prepared == null) {
                        take(lease);
                        feed(new Event.LeaseGranted(requireCandidates().rungs()));
                    }
                });
            } catch (RuntimeException e) {
                trace.add("no other lease meanwhile: " + e.getMessage());
            }
        });
    }

    private void rise(Climbed climbed) {
        climbed.path().ifPresent(found -> {
            prepared = found;
            feed(new Event.BetterPathAnswered(climbed.index()));
        });
    }

    private static List<Integer> all(List<Rung> ladder) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < ladder.size(); i++) {
            all.add(i);
        }
        return all;
    }

    /// All rungs; first those of other relays, last the one that is silent.
    private List<Integer> aside(List<Rung> ladder, int silent) {
        String relay = relay(ladder.get(silent));
        List<Integer> order = all(ladder);
        order.sort(Comparator.comparing((Integer index) -> index == silent)
                .thenComparing(index -> relay(ladder.get(index)).equals(relay)));
        return order;
    }

    private String relay(Rung rung) {
        return requireCandidates().find(rung).map(Candidate::relay).orElse("");
    }

    /// Rungs of a better transport; another relay by the same is no better.
    private static List<Integer> better(State.Connected connected) {
        List<Integer> better = new ArrayList<>();
        for (int i = 0; i < connected.rung(); i++) {
            if (connected.ladder().get(i).path() != connected.path()) {
                better.add(i);
            }
        }
        return better;
    }

    // ------------------------------------------------------------------------------------- tunnels

    /// Moves every tunnel that is not on the path in use.
    private void tendTunnels() {
        tunnels.keySet().removeIf(CloudTunnel::isClosed);
        boolean isDirect = plan.isPresent() && !plan.get().path().isProxied();
        Path onto = path;
        boolean isDead = onto != null && onto.isSilent(settings.time().nanos());
        if (isDead || (onto == null && !isDirect)) {
            return; // a move onto a dead path would wait where the next one is near
        }
        long target = epoch;
        tunnels.forEach((tunnel, its) -> {
            if (its.moving || (its.epoch == target && tunnel.isAttached())) {
                return;
            }
            its.moving = true;
            work(() -> move(tunnel, its, onto, target));
        });
    }

    private void move(CloudTunnel tunnel, TunnelState its, @Nullable Path onto, long target) {
        Optional<Failure> failed = Optional.empty();
        try {
            tunnel.moveTo(
                    onto == null
                            ? (receiver, attempt) -> new DirectTunnel(receiver, settings.time())
                            : (receiver, attempt) -> TurnClient.allocate(
                                    onto.entrance(),
                                    settings.dialer(),
                                    onto.login(),
                                    receiver,
                                    settings.time(),
                                    attempt));
        } catch (PathException e) {
            failed = Optional.of(e.failure());
            trace.add("a tunnel has not moved: " + e.failure());
        }
        boolean arrived = failed.isEmpty();
        onLoop(() -> {
            if (arrived) {
                its.moving = false;
                its.epoch = target;
                tell(events -> its.opened.complete(tunnel));
                tendTunnels();
            } else {
                loop.schedule(() -> its.moving = false, TICK_MILLIS * 4, TimeUnit.MILLISECONDS);
            }
        });
    }
}
