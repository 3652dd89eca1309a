package io.callgate.rtc;

import io.callgate.client.CloudProxy;
import io.callgate.client.LocalProxyState;
import io.callgate.client.Plan;
import io.callgate.client.ProxyEvents;
import io.callgate.client.failure.Failure;
import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.model.ErrorCode;
import io.callgate.model.RequestedMode;
import io.callgate.rtc.media.IceSetup;
import io.callgate.rtc.transport.MediaRoutes;
import io.callgate.rtc.transport.TransportPlan;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The cloud proxy's answers as a call's plans. What the proxy tells, the app's listener is told too, on
/// the engine's thread.
final class ProxyWay implements Way, ProxyEvents {
    private final Listener listener;
    private final RtcEvents events;
    private final Loop loop;
    private final CloudProxy proxy;
    private final MediaRoutes routes;
    private final Optional<EffectivePath> shownAs;
    private long epoch; // guarded by this
    private @Nullable Plan plan; // guarded by this
    private @Nullable TransportPlan last; // guarded by this

    /// @param builder with everything but events
    /// @param shownAs what the path is called, whatever the proxy calls it: of a local proxy
    ProxyWay(
            CloudProxy.Builder builder,
            MediaRoutes routes,
            Optional<EffectivePath> shownAs,
            Listener listener,
            RtcEvents events,
            Loop loop) {
        this.listener = listener;
        this.events = events;
        this.loop = loop;
        this.routes = routes;
        this.shownAs = shownAs;
        this.proxy = builder.events(this).build();
    }

    @Override
    public void start() {
        ErrorCode code = proxy.start();
        if (code != ErrorCode.OK) {
            listener.onGivenUp(new Failure(code, code.meaning(), "see the order of calls in CloudProxy"));
        }
    }

    @Override
    public synchronized void renew() {
        if (last != null) {
            last = last.renewed(++epoch);
            listener.onPlan(last);
        }
    }

    @Override
    public synchronized void inUse(TransportPlan used) {
        // A newer plan may have come meanwhile, and its bridge is needed next.
        routes.keepOnly(last == null ? List.of(used.ice()) : List.of(used.ice(), last.ice()));
    }

    @Override
    public void close() {
        proxy.close();
        routes.close();
    }

    // ------------------------------------------------------------------------------------- from the proxy's thread

    @Override
    public synchronized void onPlan(Plan now) {
        Plan before = plan;
        plan = now;
        if (last != null && before != null && isSameWay(before, now)) {
            // Only the credential is younger. What is connected keeps the one it began with, so nothing has to move.
            last = planOf(now, last.epoch());
            listener.onRefreshed(last);
        } else {
            last = planOf(now, ++epoch);
            listener.onPlan(last);
        }
        tell(told -> told.onPlan(now));
    }

    private TransportPlan planOf(Plan now, long itsEpoch) {
        IceSetup ice = now.relayed().map(routes::to).orElse(IceSetup.HOST_ONLY);
        return new TransportPlan(
                itsEpoch,
                shownAs.filter(shown -> now.path().isProxied()).orElse(now.path()),
                now.byFallback(),
                now.relay(),
                ice,
                now.signalling());
    }

    private static boolean isSameWay(Plan before, Plan now) {
        return before.path() == now.path()
                && before.relay().equals(now.relay())
                && before.relayed().map(ProxyWay::door).equals(now.relayed().map(ProxyWay::door));
    }

    private static String door(Plan.Relayed relayed) {
        return relayed.entrance().toString();
    }

    @Override
    public void onStateChanged(String from, String to) {
        if (from.equals("LEASING") && to.startsWith("CONNECTING_PROXY")) {
            listener.onLeased();
        }
        tell(told -> told.onStateChanged(from, to));
    }

    @Override
    public void onConnected(EffectivePath path, boolean byFallback, Duration elapsed) {
        tell(told -> told.onConnected(path, byFallback, elapsed));
    }

    @Override
    public void onSwitching(EffectivePath from, EffectivePath to, ProxyEvent.Cause cause) {
        tell(told -> told.onSwitching(from, to, cause));
    }

    @Override
    public void onInUse(boolean proxied) {
        tell(told -> told.onInUse(proxied));
    }

    @Override
    public void onLocalProxyState(EffectivePath type, LocalProxyState state, ErrorCode error) {
        tell(told -> told.onLocalProxyState(type, state, error));
    }

    @Override
    public void onCandidateFailed(String candidate, Failure failure) {
        tell(told -> told.onCandidateFailed(candidate, failure));
    }

    @Override
    public void onFailed(Failure failure) {
        tell(told -> told.onFailed(failure));
        if (proxy.state().equals("FAILED")) {
            listener.onGivenUp(failure);
        }
    }

    @Override
    public void onChangeDeferred(RequestedMode mode) {
        tell(told -> told.onChangeDeferred(mode));
    }

    @Override
    public void onNetworkChanged(NetworkKind now) {
        tell(told -> told.onNetworkChanged(now));
    }

    @Override
    public void onLeaseExpiring(Instant at) {
        tell(told -> told.onLeaseExpiring(at));
    }

    @Override
    public void onQuotaWarning() {
        tell(ProxyEvents::onQuotaWarning);
    }

    @Override
    public void onAllowlistChanged(long version) {
        tell(told -> told.onAllowlistChanged(version));
    }

    private void tell(Consumer<RtcEvents> event) {
        loop.execute(() -> event.accept(events));
    }
}
