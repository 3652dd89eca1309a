package io.callgate.control.rest;

import io.callgate.control.lease.Leases;
import io.callgate.control.store.Store;

/// All operations over one store.
public final class Service implements AutoCloseable {
    private final Gate gate;
    private final Handlers handlers = new Handlers();
    private final StateSignal signal;
    private final StoreFailures storeFailures;

    public Service(Store store) {
        gate = new Gate(store);
        signal = new StateSignal(store);
        storeFailures = new StoreFailures(store.time());
        new LeaseResource(new Leases(store)).addTo(handlers);
        new AppResource(store).addTo(handlers);
        new FleetResource(store).addTo(handlers);
        new OperationResource(store).addTo(handlers);
        new LinkResource(store, signal).addTo(handlers);
    }

    Gate gate() {
        return gate;
    }

    Handlers handlers() {
        return handlers;
    }

    StoreFailures storeFailures() {
        return storeFailures;
    }

    /// Lets those go who wait.
    @Override
    public void close() {
        signal.close();
    }
}
