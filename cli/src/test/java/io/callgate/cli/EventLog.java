package io.callgate.cli;

import io.callgate.client.LocalProxyState;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// All that a proxy has told, and a way to wait for it.
final class EventLog implements ProxyEvents {
    private final List<String> told = new ArrayList<>(); // guarded by this
    private final List<Failure> failures = new ArrayList<>(); // guarded by this
    private Optional<Plan> plan = Optional.empty(); // guarded by this

    private synchronized void add(String what) {
        told.add(what);
        notifyAll();
    }

    synchronized List<String> told() {
        return List.copyOf(told);
    }

    synchronized List<Failure> failures() {
        return List.copyOf(failures);
    }

    synchronized void forget() {
        told.clear();
        failures.clear();
    }

    /// Waits up to 20 s.
    ///
    /// @return the first that begins like this
    String await(String beginning) throws InterruptedException {
        return await(beginning, Duration.ofSeconds(20));
    }

    synchronized String await(String wanted, Duration limit) throws InterruptedException {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<String> found =
                    told.stream().filter(what -> what.startsWith(wanted)).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMillis <= 0) {
                throw new AssertionError("no \"" + wanted + "\" among " + told);
            }
            wait(leftMillis);
        }
    }

    synchronized Plan awaitPlan(EffectivePath path) throws InterruptedException {
        await("plan " + path);
        return plan.orElseThrow();
    }

    /// Waits for a plan like that, or has it already.
    synchronized void awaitPlan(Predicate<Plan> wanted, Duration limit) throws InterruptedException {
        long endNanos = System.nanoTime() + limit.toNanos();
        while (plan.filter(wanted).isEmpty()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMillis <= 0) {
                throw new AssertionError("no such plan; the last one is " + plan);
            }
            wait(leftMillis);
        }
    }

    Failure awaitFailure(ErrorCode code) throws InterruptedException {
        await("failed " + code);
        return failures().stream()
                .filter(failure -> failure.code() == code)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void onStateChanged(String from, String to) {
        add("state " + to);
    }

    @Override
    public synchronized void onPlan(Plan now) {
        plan = Optional.of(now);
        add("plan " + now.path() + " by " + now.relay());
    }

    @Override
    public void onConnected(EffectivePath path, boolean byFallback, Duration elapsed) {
        add("connected " + path + (byFallback ? " by fallback" : ""));
    }

    @Override
    public void onSwitching(EffectivePath from, EffectivePath to, ProxyEvent.Cause cause) {
        add("switching " + from + " to " + to + ": " + cause);
    }

    @Override
    public void onInUse(boolean proxied) {
        add("in use " + proxied);
    }

    @Override
    public void onLocalProxyState(EffectivePath type, LocalProxyState state, ErrorCode error) {
        add("local proxy " + type + " " + state + " " + error);
    }

    @Override
    public void onCandidateFailed(String candidate, Failure failure) {
        add("candidate " + candidate + ": " + failure.code());
    }

    @Override
    public synchronized void onFailed(Failure failure) {
        failures.add(failure);
        add("failed " + failure.code());
    }

    @Override
    public void onChangeDeferred(RequestedMode mode) {
        add("deferred " + mode);
    }

    @Override
    public void onNetworkChanged(NetworkKind now) {
        add("network " + now);
    }

    @Override
    public void onLeaseExpiring(Instant at) {
        add("lease expiring");
    }

    @Override
    public void onQuotaWarning() {
        add("quota warning");
    }

    @Override
    public void onAllowlistChanged(long version) {
        add("allowlist " + version);
    }
}
