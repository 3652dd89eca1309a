package io.callgate.client.mode;

import io.callgate.model.ErrorCode;
import io.callgate.model.ModePolicy;
import io.callgate.model.RequestedMode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Where a client is on its way through. What to do in a state is said at each; [ModeMachine] says what follows.
public sealed interface State {
    Setup setup();

    /// As events and traces show it.
    String name();

    /// @param rules when the proxy may be set
    /// @param config what the next or the running call goes by
    /// @param pending what was set during the call, for the next one
    record Setup(OrderRules rules, boolean engineCreated, ProxyConfig config, Optional<ProxyConfig> pending) {
        Setup with(ProxyConfig now) {
            return new Setup(rules, engineCreated, now, Optional.empty());
        }

        Setup withPending(ProxyConfig later) {
            return new Setup(rules, engineCreated, config, Optional.of(later));
        }

        Setup withEngine() {
            return new Setup(rules, true, config, pending);
        }

        /// With the operator's figures, which the app does not say itself.
        Setup by(ModePolicy policy) {
            return new Setup(rules, engineCreated, config.by(policy), pending.map(later -> later.by(policy)));
        }

        /// What the next call goes by.
        Setup forNextCall() {
            return with(pending.orElse(config));
        }
    }

    /// What stays the same from join to leave, but for the network.
    ///
    /// @param fellBack whether the first choice of this mode did not work
    record Call(Setup setup, NetworkKind network, long joinedAtNanos, boolean fellBack) {
        RequestedMode mode() {
            return setup.config().mode();
        }

        Call with(Setup changed) {
            return new Call(changed, network, joinedAtNanos, fellBack);
        }

        Call on(NetworkKind changed) {
            return new Call(setup, changed, joinedAtNanos, fellBack);
        }

        Call fallenBack(boolean so) {
            return new Call(setup, network, joinedAtNanos, so);
        }

        boolean staysDirect() {
            return mode() == RequestedMode.SMART
                    && network == NetworkKind.CELLULAR
                    && setup.config().cellularStaysDirect();
        }
    }

    /// The start of every machine: nothing is set, a join would go direct.
    static State idle(OrderRules rules) {
        return new Idle(new Setup(rules, false, ProxyConfig.of(RequestedMode.NONE), Optional.empty()));
    }

    record Idle(Setup setup) implements State {
        @Override
        public String name() {
            return "IDLE";
        }
    }

    /// A proxy is set, or was and a call has ended.
    record Configured(Setup setup) implements State {
        @Override
        public String name() {
            return "CONFIGURED";
        }
    }

    /// Between join and leave.
    sealed interface InRoom extends State {
        Call call();

        InRoom with(Call changed);

        @Override
        default Setup setup() {
            return call().setup();
        }
    }

    /// Connect signalling and ask the media side directly; after `probeTimeout` give [Event.ProbeTimedOut].
    ///
    /// @param tries 1 for the first
    record ProbingDirect(Call call, int tries) implements InRoom {
        @Override
        public String name() {
            return "PROBING_DIRECT";
        }

        @Override
        public InRoom with(Call changed) {
            return new ProbingDirect(changed, tries);
        }
    }

    /// Connect directly, however long it takes.
    record ConnectingDirect(Call call) implements InRoom {
        @Override
        public String name() {
            return "CONNECTING_DIRECT";
        }

        @Override
        public InRoom with(Call changed) {
            return new ConnectingDirect(changed);
        }
    }

    /// Ask control how to get through.
    record Leasing(Call call) implements InRoom {
        @Override
        public String name() {
            return "LEASING";
        }

        @Override
        public InRoom with(Call changed) {
            return new Leasing(changed);
        }
    }

    /// Try the ladder: one rung after the other, or staggered so that several are under way.
    ///
    /// @param failed indices into the ladder
    record ConnectingProxy(Call call, List<Rung> ladder, Set<Integer> failed) implements InRoom {
        public ConnectingProxy {
            ladder = List.copyOf(ladder);
            failed = Set.copyOf(failed);
        }

        /// The best rung that has not failed.
        public int index() {
            int index = 0;
            while (failed.contains(index)) {
                index++;
            }
            return index;
        }

        ConnectingProxy without(int index) {
            Set<Integer> more = new TreeSet<>(failed);
            more.add(index);
            return new ConnectingProxy(call, ladder, more);
        }

        boolean isExhausted() {
            return failed.size() == ladder.size();
        }

        @Override
        public String name() {
            return "CONNECTING_PROXY";
        }

        @Override
        public InRoom with(Call changed) {
            return new ConnectingProxy(changed, ladder, failed);
        }
    }

    /// Keep the path alive; watch for a lost or unstable one, and for a better one.
    ///
    /// @param ladder empty while direct
    /// @param rung index of the path in the ladder; -1 while direct
    /// @param migratingTo index of the rung that is being opened beside the path in use; -1 if none is
    record Connected(Call call, List<Rung> ladder, int rung, int migratingTo) implements InRoom {
        public Connected {
            ladder = List.copyOf(ladder);
        }

        public EffectivePath path() {
            return rung < 0 ? EffectivePath.DIRECT : ladder.get(rung).path();
        }

        public boolean byFallback() {
            return call.fellBack();
        }

        Connected migrating(int to) {
            return new Connected(call, ladder, rung, to);
        }

        @Override
        public String name() {
            return "CONNECTED";
        }

        @Override
        public InRoom with(Call changed) {
            return new Connected(changed, ladder, rung, migratingTo);
        }
    }

    /// The path is lost; the call is not. Try the ladder, or the direct way if that was lost, until `giveUpAfter`.
    record Reconnecting(Call call, EffectivePath lost, long lostAtNanos, List<Rung> ladder) implements InRoom {
        public Reconnecting {
            ladder = List.copyOf(ladder);
        }

        @Override
        public String name() {
            return "RECONNECTING";
        }

        @Override
        public InRoom with(Call changed) {
            return new Reconnecting(changed, lost, lostAtNanos, ladder);
        }
    }

    /// The call has failed; leave, or join again.
    record Failed(Call call, ErrorCode code) implements InRoom {
        @Override
        public String name() {
            return "FAILED";
        }

        @Override
        public InRoom with(Call changed) {
            return new Failed(changed, code);
        }
    }

    /// The end of every machine.
    record Closed(Setup setup) implements State {
        @Override
        public String name() {
            return "CLOSED";
        }
    }
}
