package io.callgate.relay.turn;

import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import io.callgate.relay.grant.Apps;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.CheckRuns;
import io.callgate.relay.loop.LoopDirectory;
import java.util.concurrent.atomic.AtomicLong;

/// What the [TurnServer]s of all loops share.
public final class TurnContext {
    private final Apps apps;
    private final RequestProof proof;
    private final RelayPorts ports;
    private final Reservations reservations;
    private final LoopDirectory directory;
    private final int loops;
    private final AtomicLong allocationIds = new AtomicLong();

    /// @param loops event loops of the relay
    /// @param nonceKey of this relay, or of the fleet: a nonce is good wherever its key is
    public TurnContext(
            Apps apps,
            Authenticator authenticator,
            RelayPorts ports,
            LoopDirectory directory,
            int loops,
            Secret nonceKey,
            TimeSource time) {
        this.apps = apps;
        this.proof = new RequestProof(authenticator, new Nonces(nonceKey, time));
        this.ports = ports;
        this.reservations = new Reservations(ports);
        this.directory = directory;
        this.loops = loops;
    }

    CheckRuns checkRuns() {
        return apps.checkRuns();
    }

    String realm() {
        return apps.state().realm();
    }

    RequestProof proof() {
        return proof;
    }

    RelayPorts ports() {
        return ports;
    }

    Reservations reservations() {
        return reservations;
    }

    /// Event loops of the relay.
    int loops() {
        return loops;
    }

    LoopDirectory directory() {
        return directory;
    }

    long nextAllocationId() {
        return allocationIds.incrementAndGet();
    }
}
