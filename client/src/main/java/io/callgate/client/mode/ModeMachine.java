package io.callgate.client.mode;

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
import io.callgate.client.mode.Event.NetworkChanged;
import io.callgate.client.mode.Event.PolicyKnown;
import io.callgate.client.mode.Event.ProbeAnswered;
import io.callgate.client.mode.Event.ProbeTimedOut;
import io.callgate.client.mode.Event.SetProxy;
import io.callgate.client.mode.Event.Tick;
import io.callgate.client.mode.OrderRules.InRoom;
import io.callgate.client.mode.ProxyEvent.Cause;
import io.callgate.client.mode.State.Call;
import io.callgate.client.mode.State.Closed;
import io.callgate.client.mode.State.Configured;
import io.callgate.client.mode.State.Connected;
import io.callgate.client.mode.State.ConnectingDirect;
import io.callgate.client.mode.State.ConnectingProxy;
import io.callgate.client.mode.State.Failed;
import io.callgate.client.mode.State.Leasing;
import io.callgate.client.mode.State.ProbingDirect;
import io.callgate.client.mode.State.Reconnecting;
import io.callgate.client.mode.State.Setup;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The decision between the direct way and the proxy: one pure function of what is and what happened.
///
/// An event that means nothing in a state leaves it as it is: answers come late, and timers fire once more
/// after they were called off. So an event never needs to be withdrawn.
public final class ModeMachine {
    private static final int DIRECT = -1;
    static final int NOWHERE = -1;

    private ModeMachine() {}

    public static Step next(State state, Event event) {
        Step step = decide(state, event);
        if (step.state().name().equals(state.name())) {
            return step;
        }
        List<ProxyEvent> events = new ArrayList<>();
        events.add(new ProxyEvent.StateChanged(state.name(), step.state().name()));
        events.addAll(step.events());
        return new Step(step.state(), events);
    }

    private static Step decide(State state, Event event) {
        if (state instanceof Closed) {
            return refused(state, ErrorCode.NOT_INITIALIZED);
        }
        if (event instanceof Close) {
            return to(new Closed(state.setup()));
        }
        if (event instanceof SetProxy set) {
            return set(state, set.config());
        }
        if (event instanceof EngineCreated) {
            return to(withSetup(state, state.setup().withEngine()));
        }
        if (event instanceof PolicyKnown known) {
            return to(withSetup(state, state.setup().by(known.policy())));
        }
        if (event instanceof Join join) {
            return join(state, join);
        }
        return state instanceof State.InRoom room ? inRoom(room, event) : to(state);
    }

    // ------------------------------------------------------------------------------------------ what the app may set

    private static Step set(State state, ProxyConfig config) {
        Setup setup = state.setup();
        boolean inRoom = state instanceof State.InRoom && !(state instanceof Failed);
        if (setup.rules().frozenByEngine() && setup.engineCreated()) {
            return refused(state, ErrorCode.CALLED_TOO_LATE);
        }
        if (inRoom && setup.rules().inRoom() == InRoom.REFUSED) {
            return refused(state, ErrorCode.CALLED_TOO_LATE);
        }
        ErrorCode exchange = exchange(setup.config().mode(), config.mode());
        boolean isRefused =
                setup.rules().disablesFirst() ? exchange != ErrorCode.OK : exchange == ErrorCode.EXCLUSIVE_MODES;
        if (isRefused) {
            return refused(state, exchange);
        }
        return inRoom
                ? to(withSetup(state, setup.withPending(config)), new ProxyEvent.ChangeDeferred(config.mode()))
                : to(new Configured(setup.with(config)));
    }

    private static ErrorCode exchange(RequestedMode from, RequestedMode to) {
        if (from == RequestedMode.NONE || to == RequestedMode.NONE || from == to) {
            return ErrorCode.OK;
        }
        return ModeRules.isCloud(from) == ModeRules.isCloud(to)
                ? ErrorCode.MUST_DISABLE_FIRST
                : ErrorCode.EXCLUSIVE_MODES;
    }

    private static State withSetup(State state, Setup setup) {
        if (state instanceof State.InRoom room) {
            return room.with(room.call().with(setup));
        }
        return state instanceof State.Idle ? new State.Idle(setup) : new Configured(setup);
    }

    // ------------------------------------------------------------------------------------------------------- the call

    private static Step join(State state, Join join) {
        if (state instanceof State.InRoom && !(state instanceof Failed)) {
            return refused(state, ErrorCode.CALLED_TOO_LATE);
        }
        Setup setup = state.setup().forNextCall();
        return to(start(new Call(setup, join.network(), join.atNanos(), false)));
    }

    private static State start(Call call) {
        return switch (ModeRules.start(call.mode())) {
            case DIRECT -> new ConnectingDirect(call);
            case PROBE -> new ProbingDirect(call.fallenBack(false), 1);
            case PROXY ->
                call.mode() == RequestedMode.LOCAL
                        ? new ConnectingProxy(call, call.setup().config().localProxies(), Set.of())
                        : new Leasing(call);
        };
    }

    private static Step inRoom(State.InRoom room, Event event) {
        if (event instanceof Leave) {
            return to(new Configured(room.setup().forNextCall()), inUseEnds(room));
        }
        if (event instanceof NetworkChanged changed) {
            return networkChanged(room, changed);
        }
        if (room instanceof ProbingDirect probing) {
            return probing(probing, event);
        }
        if (room instanceof ConnectingDirect connecting) {
            return connectingDirect(connecting, event);
        }
        if (room instanceof Leasing leasing) {
            return leasing(leasing, event);
        }
        if (room instanceof ConnectingProxy connecting) {
            return connectingProxy(connecting, event);
        }
        if (room instanceof Connected connected) {
            return WhileConnected.next(connected, event);
        }
        if (room instanceof Reconnecting reconnecting) {
            return reconnecting(reconnecting, event);
        }
        return to(room); // failed: nothing helps but a new join
    }

    private static Step networkChanged(State.InRoom room, NetworkChanged changed) {
        ProxyEvent told = new ProxyEvent.NetworkModeChanged(changed.network());
        State.InRoom there = room.with(room.call().on(changed.network()));
        if (!changed.reachable() || room instanceof Failed) {
            return to(there, told);
        }
        if (there instanceof ConnectingProxy connecting
                && ModeRules.start(connecting.call().mode()) != ModeRules.Start.PROBE) {
            return to(new ConnectingProxy(connecting.call(), connecting.ladder(), Set.of()), told);
        }
        return asksAgain(there) ? to(start(there.call()), told) : to(there, told);
    }

    /// Whether a new network reopens the question of direct or proxied. A proxied call that works is left
    /// alone: the direct way may be open here and closed in the next room.
    private static boolean asksAgain(State.InRoom room) {
        if (ModeRules.start(room.call().mode()) != ModeRules.Start.PROBE) {
            return false;
        }
        boolean smart = room.call().mode() == RequestedMode.SMART;
        boolean reprobes = smart && room.setup().config().reprobeWhenProxied();
        if (room instanceof Connected connected) {
            return connected.path().isProxied() ? reprobes : smart;
        }
        if (room instanceof Reconnecting reconnecting) {
            return reconnecting.lost().isProxied() ? reprobes : true;
        }
        return true;
    }

    // -------------------------------------------------------------------------------------------------------- direct

    private static Step probing(ProbingDirect probing, Event event) {
        Call call = probing.call();
        if (event instanceof ProbeAnswered answer && isConnectivity(answer, call)) {
            return direct(call, call.joinedAtNanos() + answer.took().toNanos());
        }
        boolean failed = event instanceof ProbeTimedOut || event instanceof ProbeAnswered;
        if (!failed) {
            return to(probing);
        }
        if (call.staysDirect()) {
            return to(new ProbingDirect(call, probing.tries() + 1));
        }
        if (call.mode() == RequestedMode.LOCAL) {
            boolean signalling = event instanceof ProbeAnswered answer && answer.signalling();
            return failed(call, signalling ? ErrorCode.FIREWALL_SUSPECTED : ErrorCode.ALL_CANDIDATES_FAILED);
        }
        return to(new Leasing(call.fallenBack(true)));
    }

    /// A firewall that lets HTTPS through and drops UDP is the common case: signalling alone says nothing.
    private static boolean isConnectivity(ProbeAnswered answer, Call call) {
        return answer.signalling()
                && answer.media()
                && answer.took().compareTo(call.setup().config().probeTimeout()) <= 0;
    }

    private static Step connectingDirect(ConnectingDirect connecting, Event event) {
        if (event instanceof DirectConnected connected) {
            return direct(connecting.call(), connected.atNanos());
        }
        if (event instanceof DirectFailed failed) {
            return failed(
                    connecting.call(),
                    failed.signalling() ? ErrorCode.FIREWALL_SUSPECTED : ErrorCode.ALL_CANDIDATES_FAILED);
        }
        return to(connecting);
    }

    private static Step direct(Call call, long atNanos) {
        return to(
                new Connected(call, List.of(), DIRECT, NOWHERE),
                new ProxyEvent.Connected(EffectivePath.DIRECT, call.fellBack(), elapsed(call, atNanos)));
    }

    // -------------------------------------------------------------------------------------------------------- proxied

    private static Step leasing(Leasing leasing, Event event) {
        if (event instanceof LeaseGranted lease) {
            List<Rung> ladder = ModeRules.ladder(leasing.call().mode(), lease.offered());
            return ladder.isEmpty()
                    ? failed(leasing.call(), ErrorCode.ALL_CANDIDATES_FAILED)
                    : to(new ConnectingProxy(leasing.call(), ladder, Set.of()));
        }
        return event instanceof LeaseRefused refused ? failed(leasing.call(), refused.code()) : to(leasing);
    }

    private static Step connectingProxy(ConnectingProxy connecting, Event event) {
        Call call = connecting.call();
        List<Rung> ladder = connecting.ladder();
        if (event instanceof CandidateConnected connected && isRung(ladder, connected.index())) {
            List<ProxyEvent> events = new ArrayList<>();
            EffectivePath path = ladder.get(connected.index()).path();
            if (call.fellBack()) {
                events.add(new ProxyEvent.Switching(EffectivePath.DIRECT, path, Cause.PROBE_TIMED_OUT));
            }
            events.add(new ProxyEvent.Connected(path, call.fellBack(), elapsed(call, connected.atNanos())));
            events.add(new ProxyEvent.InUse(true));
            return new Step(new Connected(call, ladder, connected.index(), NOWHERE), events);
        }
        if (event instanceof CandidateFailed failed && isRung(ladder, failed.index())) {
            ConnectingProxy left = connecting.without(failed.index());
            ProxyEvent told = new ProxyEvent.CandidateFailed(ladder.get(failed.index()), failed.code());
            return left.isExhausted() ? exhausted(left, told) : to(left, told);
        }
        return to(connecting);
    }

    private static Step exhausted(ConnectingProxy connecting, ProxyEvent told) {
        Call call = connecting.call();
        if (call.mode() == RequestedMode.LOCAL && call.setup().config().fallsBackToDirect()) {
            EffectivePath last =
                    connecting.ladder().get(connecting.ladder().size() - 1).path();
            return to(
                    new ProbingDirect(call.fallenBack(true), 1),
                    told,
                    new ProxyEvent.Switching(last, EffectivePath.DIRECT, Cause.NO_LOCAL_PROXY),
                    new ProxyEvent.InUse(false));
        }
        return to(
                new Failed(call, ErrorCode.ALL_CANDIDATES_FAILED),
                told,
                new ProxyEvent.Failed(ErrorCode.ALL_CANDIDATES_FAILED));
    }

    private static Step reconnecting(Reconnecting lost, Event event) {
        Call call = lost.call();
        if (event instanceof CandidateConnected connected && isRung(lost.ladder(), connected.index())) {
            EffectivePath path = lost.ladder().get(connected.index()).path();
            List<ProxyEvent> events = new ArrayList<>();
            if (path != lost.lost()) {
                events.add(new ProxyEvent.Switching(lost.lost(), path, Cause.PATH_LOST));
            }
            events.add(new ProxyEvent.Connected(path, call.fellBack(), elapsed(call, connected.atNanos())));
            return new Step(new Connected(call, lost.ladder(), connected.index(), NOWHERE), events);
        }
        if (event instanceof CandidateFailed failed && isRung(lost.ladder(), failed.index())) {
            return to(lost, new ProxyEvent.CandidateFailed(lost.ladder().get(failed.index()), failed.code()));
        }
        if (event instanceof DirectConnected connected && !lost.lost().isProxied()) {
            return direct(call, connected.atNanos());
        }
        if (event instanceof ProbeTimedOut
                && !lost.lost().isProxied()
                && ModeRules.start(call.mode()) == ModeRules.Start.PROBE) {
            return call.staysDirect() ? to(lost) : to(new Leasing(call.fallenBack(true)));
        }
        if (event instanceof LeaseGranted lease && lost.lost().isProxied()) {
            return to(new Reconnecting(
                    call, lost.lost(), lost.lostAtNanos(), ModeRules.ladder(call.mode(), lease.offered())));
        }
        if (event instanceof LeaseRefused refused) {
            return failed(call, refused.code());
        }
        if (event instanceof Tick tick) {
            long lostForNanos = tick.nowNanos() - lost.lostAtNanos();
            boolean over = lostForNanos > call.setup().config().giveUpAfter().toNanos();
            return over ? failed(call, ErrorCode.ALL_CANDIDATES_FAILED) : to(lost);
        }
        return to(lost);
    }

    // --------------------------------------------------------------------------------------------------------- steps

    static Step to(State state, ProxyEvent... events) {
        return new Step(state, List.of(events));
    }

    private static Step refused(State state, ErrorCode code) {
        return to(state, new ProxyEvent.Refused(code));
    }

    private static Step failed(Call call, ErrorCode code) {
        return to(new Failed(call, code), new ProxyEvent.Failed(code));
    }

    private static ProxyEvent[] inUseEnds(State.InRoom room) {
        boolean proxied =
                (room instanceof Connected connected && connected.path().isProxied())
                        || (room instanceof Reconnecting reconnecting
                                && reconnecting.lost().isProxied());
        return proxied ? new ProxyEvent[] {new ProxyEvent.InUse(false)} : new ProxyEvent[0];
    }

    static boolean isRung(List<Rung> ladder, int index) {
        return index >= 0 && index < ladder.size();
    }

    private static Duration elapsed(Call call, long atNanos) {
        return Duration.ofNanos(atNanos - call.joinedAtNanos());
    }
}
