package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.mode.Event;
import io.callgate.client.mode.ModeMachine;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.client.mode.State;
import io.callgate.client.mode.Step;
import io.callgate.client.network.Network;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.client.turn.DatagramTunnel;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.ErrorCode;
import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Does what [ModeMachine] decides, with the help of one object for each kind of work. The state changes on
/// whatever thread an event comes from, under this object's lock; all that follows from it runs on the loop,
/// in the order of the steps.
final class Conductor {
    private static final long TICK_MILLIS = 50;

    private final Settings settings;
    private final Common common;
    private final NetworkMonitor.Listener onNetwork = this::networkChanged;

    private State state; // guarded by this
    private boolean starting; // guarded by this

    // Loop only, but for what says otherwise.
    private final LeaseKeeper leases;
    private final DirectWay direct;
    private final Ways ways;
    private final CurrentPath current;
    private final PathKeeper paths;
    private final Tunnels tunnels;
    private boolean ladderWaits; // that of a renewed lease, to be taken

    Conductor(Settings settings) {
        this.settings = settings;
        this.state = State.idle(settings.rules());
        common = Common.of(settings);
        leases = new LeaseKeeper(common, policy -> feed(new Event.PolicyKnown(policy)));
        direct = new DirectWay(common, this::feed);
        ways = new Ways(settings, leases, () -> common.threads().onLoop(this::look));
        current = new CurrentPath(common, ways);
        paths = new PathKeeper(common, leases, ways, current, this::feed);
        tunnels = new Tunnels(common, current);
        settings.network().ifPresent(monitor -> monitor.listen(onNetwork));
        common.threads().every(TICK_MILLIS, this::look);
    }

    // ------------------------------------------------------------------------------------- from any thread

    Trace trace() {
        return common.trace();
    }

    Optional<Plan> plan() {
        return current.plan();
    }

    synchronized String stateName() {
        return state.name();
    }

    private synchronized State state() {
        return state;
    }

    synchronized ErrorCode feed(Event event) {
        State before = state;
        Step step = ModeMachine.next(before, event);
        state = step.state();
        if (!step.events().isEmpty() || !before.equals(state)) {
            common.threads().onLoop(() -> follow(before, step));
        }
        for (ProxyEvent told : step.events()) {
            if (told instanceof ProxyEvent.Refused refused) {
                return refused.code();
            }
        }
        return ErrorCode.OK;
    }

    ErrorCode set(RequestedMode mode) {
        ModePolicy policy = leases.knownPolicy().orElse(ModePolicy.DEFAULT);
        return feed(new Event.SetProxy(settings.config(mode, policy)));
    }

    ErrorCode set(LocalProxies proxies) {
        ways.know(proxies);
        return feed(new Event.SetProxy(settings.config(proxies)));
    }

    ErrorCode start() {
        NetworkKind network = network(); // the app's own monitor may take its time, but not with the lock
        synchronized (this) {
            if (starting) {
                return ErrorCode.CALLED_TOO_LATE;
            }
            if (!(state instanceof State.Idle)) {
                return join(network);
            }
            starting = true; // the mode is asked for first: until then nothing goes direct
        }
        common.threads().aside(() -> {
            ModePolicy policy = leases.policy().orElse(ModePolicy.DEFAULT);
            NetworkKind now = network();
            common.threads().onLoop(() -> startBy(policy, now));
        });
        return ErrorCode.OK;
    }

    private NetworkKind network() {
        return settings.network().map(monitor -> monitor.current().kind()).orElse(NetworkKind.UNKNOWN);
    }

    private synchronized void startBy(ModePolicy policy, NetworkKind network) {
        if (!starting) {
            return; // stopped meanwhile
        }
        starting = false;
        if (state instanceof State.Idle) {
            common.trace().add("mode " + policy.mode() + " by policy");
            feed(new Event.SetProxy(settings.config(policy.mode(), policy)));
        }
        join(network);
    }

    private ErrorCode join(NetworkKind network) {
        ErrorCode code = feed(new Event.Join(network, common.nanos()));
        if (code == ErrorCode.OK
                && state() instanceof State.ProbingDirect
                && settings.asker().isPresent()) {
            common.threads().aside(this::learnPolicy); // beside the probe, which it never holds up
        }
        return code;
    }

    private void learnPolicy() {
        leases.policy().ifPresent(policy -> feed(new Event.PolicyKnown(policy)));
    }

    synchronized ErrorCode stop() {
        if (starting) {
            starting = false;
            common.threads().onLoop(() -> tunnels.end(noCall())); // those that waited for the first path
        }
        return feed(new Event.Leave());
    }

    CompletableFuture<CloudTunnel> openTunnel(DatagramTunnel.Receiver receiver) {
        CompletableFuture<CloudTunnel> opened = new CompletableFuture<>();
        boolean taken = onLoopBeforeTheEnd(() -> {
            if (isCalling()) {
                tunnels.open(receiver, opened);
            } else {
                tunnels.refuse(opened, noCall());
            }
        });
        if (!taken) {
            opened.completeExceptionally(new PathException(noCall()));
        }
        return opened;
    }

    CompletableFuture<Allowlist> allowlist(AllowlistKey trusted) {
        CompletableFuture<Allowlist> asked = new CompletableFuture<>();
        boolean taken = onLoopBeforeTheEnd(() -> leases.allowlist(trusted, asked));
        if (!taken) {
            asked.completeExceptionally(new PathException(noCall()));
        }
        return asked;
    }

    /// What stands behind the end in the loop's queue is never done, and whoever waited for it would wait for
    /// ever.
    private synchronized boolean onLoopBeforeTheEnd(Runnable work) {
        return !(state instanceof State.Closed) && common.threads().onLoop(work);
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
            stop();
            feed(new Event.Close());
            common.threads().onLoop(() -> {
                tunnels.end(noCall());
                common.threads().close();
            });
        }
    }

    // ------------------------------------------------------------------------------------- what a step asks for

    private void follow(State before, Step step) {
        State after = step.state();
        boolean isOver = !(after instanceof State.InRoom) || after instanceof State.Failed;
        boolean wasCall = before instanceof State.InRoom; // a mode that is set before a call begins ends none
        if (isOver && wasCall) {
            paths.stop();
            current.release();
        }
        step.events().forEach(common.teller()::tellOf);
        if (isOver && (wasCall || after instanceof State.Closed)) {
            tunnels.end(after instanceof State.Failed ? common.teller().lastFailure() : noCall());
        } else if (after instanceof State.ProbingDirect probing && !before.equals(after)) {
            direct.probe(probing.tries(), probing.setup().config().probeTimeout());
        } else if (after instanceof State.ConnectingDirect && !(before instanceof State.ConnectingDirect)) {
            direct.connect();
        } else if (after instanceof State.Leasing && !(before instanceof State.Leasing)) {
            obtainLease();
        } else if (after instanceof State.ConnectingProxy connecting && beginsAnew(before, connecting)) {
            paths.connect(connecting.ladder());
        } else if (after instanceof State.Connected connected
                && connected.migratingTo() >= 0
                && !current.isPrepared()
                && !isSamePath(before, connected)) {
            paths.migrate(connected, this::migrated);
        } else if (after instanceof State.Connected connected) {
            arrive(before, connected);
        } else if (after instanceof State.Reconnecting lost && !(before instanceof State.Reconnecting)) {
            if (lost.lost().isProxied()) {
                paths.lost();
            } else {
                direct.lost();
            }
        }
    }

    private static boolean beginsAnew(State before, State.ConnectingProxy now) {
        return !(before instanceof State.ConnectingProxy connecting)
                || connecting.failed().size() > now.failed().size();
    }

    /// Whether nothing but what is around the call has changed: a policy, the network.
    private static boolean isSamePath(State before, State.Connected now) {
        return before instanceof State.Connected was && was.with(now.call()).equals(now);
    }

    private void obtainLease() {
        paths.stop();
        long mine = common.round().number();
        leases.obtain(
                candidates -> {
                    if (!common.round().isOver(mine)) {
                        feed(new Event.LeaseGranted(candidates.rungs()));
                    }
                },
                failure -> {
                    if (!common.round().isOver(mine)) {
                        common.teller().because(failure);
                        common.trace().add("no lease: " + failure);
                        feed(new Event.LeaseRefused(failure.code()));
                    }
                });
    }

    private void arrive(State before, State.Connected connected) {
        if (!connected.path().isProxied()) {
            if (!(before instanceof State.Connected)) {
                paths.stop();
                direct.arrived();
                current.arriveDirectly(connected);
                tunnels.tend();
            }
            return;
        }
        if (!current.isPrepared()) {
            return; // a step that changed nothing of the path
        }
        paths.arrived();
        common.teller().arrived();
        int index = connected.migratingTo() >= 0 ? connected.migratingTo() : connected.rung();
        Optional<Path> left = current.arrive(new State.Connected(connected.call(), connected.ladder(), index, -1));
        tunnels.tend();
        left.ifPresent(Path::close); // tunnels have allocations of their own, and leave those when they have moved
        if (connected.migratingTo() >= 0) {
            feed(new Event.Migrated(index));
        }
    }

    private void migrated() {
        if (state() instanceof State.Connected connected && connected.migratingTo() >= 0) {
            arrive(connected, connected);
        }
    }

    // ------------------------------------------------------------------------------------- as time goes by

    private void look() {
        if (takeLadder()) {
            publish();
        }
        State now = state();
        if (now instanceof State.Connected connected && !connected.path().isProxied()) {
            direct.watch(connected.setup().config().probeTimeout());
        } else if (now instanceof State.Connected connected) {
            current.path().ifPresent(path -> paths.watch(connected, path));
        } else if (now instanceof State.Reconnecting lost) {
            feed(new Event.Tick(common.nanos()));
            if (lost.lost().isProxied()) {
                paths.seek(lost);
            } else {
                direct.seek(lost.setup().config().probeTimeout());
            }
        }
        leases.renewIfDue(this::renewed);
        tunnels.tend();
    }

    private void renewed() {
        ladderWaits = true;
        takeLadder();
        publish(); // the credential is a new one, too
    }

    /// Goes by the ladder of the newest lease from now on, unless something under way counts on the one before:
    /// then later.
    ///
    /// @return whether it is another
    private boolean takeLadder() {
        boolean isFree = state() instanceof State.Connected now && now.migratingTo() < 0 && !paths.isBusy();
        if (!ladderWaits || !isFree || leases.candidates().isEmpty()) {
            return false;
        }
        ladderWaits = false;
        State before = state();
        feed(new Event.LeaseGranted(leases.candidates().get().rungs()));
        return !state().equals(before);
    }

    private void publish() {
        if (state() instanceof State.Connected connected && connected.path().isProxied()) {
            current.publish(connected);
        }
    }
}
