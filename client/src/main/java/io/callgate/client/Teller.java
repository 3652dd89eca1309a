package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.mode.ProxyEvent;
import io.callgate.client.mode.Rung;
import io.callgate.model.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Tells the app what happened, and the trace why. Of a failure it tells the first cause: the machine knows
/// only the code. Loop only.
final class Teller {
    private final ProxyEvents app;
    private final Threads threads;
    private final Trace trace;
    private final Map<String, Failure> failedCandidates = new LinkedHashMap<>();
    private boolean outageTold;
    private Failure lastFailure = new Failure(ErrorCode.NOT_INITIALIZED, "no call has begun", "call start()");

    Teller(ProxyEvents app, Threads threads, Trace trace) {
        this.app = app;
        this.threads = threads;
        this.trace = trace;
    }

    /// From any thread.
    void tell(Consumer<ProxyEvents> event) {
        threads.tell(() -> event.accept(app));
    }

    void tellOf(ProxyEvent event) {
        trace.add(event.toString());
        if (event instanceof ProxyEvent.StateChanged changed) {
            tell(events -> events.onStateChanged(changed.from(), changed.to()));
        } else if (event instanceof ProxyEvent.Connected connected) {
            tell(events -> events.onConnected(connected.path(), connected.byFallback(), connected.elapsed()));
            if (connected.path().isLocal()) {
                tell(events -> events.onLocalProxyState(connected.path(), LocalProxyState.CONNECTED, ErrorCode.OK));
            }
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
            lastFailure = new Failure(
                    code,
                    code == ErrorCode.ALL_CANDIDATES_FAILED
                            ? "no relay answers: " + firstCause(code.meaning())
                            : code.meaning(),
                    "see the trace; the firewall must let the relays' addresses through");
        }
        Failure failure = lastFailure;
        tell(events -> events.onFailed(failure));
    }

    /// Whatever fails next fails for this.
    void because(Failure failure) {
        lastFailure = failure;
    }

    Failure lastFailure() {
        return lastFailure;
    }

    void candidateFailed(Rung rung, Failure failure) {
        String candidate = rung.toString();
        failedCandidates.putIfAbsent(candidate, failure);
        trace.add(candidate + ": " + failure);
        tell(events -> events.onCandidateFailed(candidate, failure));
        if (rung.path().isLocal()) {
            tell(events -> events.onLocalProxyState(rung.path(), LocalProxyState.FAILED, failure.code()));
        }
    }

    private String firstCause(String otherwise) {
        return failedCandidates.values().stream()
                .findFirst()
                .map(Failure::cause)
                .orElse(otherwise);
    }

    /// No relay answers while a call runs: told once, until one answers again.
    void outage() {
        if (outageTold) {
            return;
        }
        outageTold = true;
        lastFailure = new Failure(
                ErrorCode.ALL_CANDIDATES_FAILED,
                "no relay answers any more: " + firstCause("no candidate is left"),
                "they are being tried again; check this machine's network, then the relays");
        Failure told = lastFailure;
        trace.add(told.toString());
        tell(events -> events.onFailed(told));
    }

    /// A path is up: what failed before explains nothing any more.
    void arrived() {
        outageTold = false;
        failedCandidates.clear();
    }
}
