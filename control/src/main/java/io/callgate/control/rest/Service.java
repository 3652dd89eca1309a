package io.callgate.control.rest;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.lease.Leases;
import io.callgate.control.store.Store;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// All operations over one store.
public final class Service implements AutoCloseable {
    private final Gate gate;
    private final Handlers handlers = new Handlers();
    private final StateSignal signal;
    private final StoreFailures storeFailures;
    private final RefusalCounts refusals = new RefusalCounts();
    private final Reports reports = new Reports();

    public Service(Store store) {
        gate = new Gate(store);
        signal = new StateSignal(store);
        storeFailures = new StoreFailures(store.time());
        Leases leases = new Leases(store, reports::taken);
        new LeaseResource(leases).addTo(handlers);
        new AllowlistResource(new Allowlists(store), leases, store).addTo(handlers);
        InForce inForce = new InForce(store, reports);
        new AppResource(store, inForce).addTo(handlers);
        new SecretResource(store, inForce).addTo(handlers);
        new MintResource(store).addTo(handlers);
        new FleetResource(store).addTo(handlers);
        new AddressResource(store).addTo(handlers);
        new OperationResource(store).addTo(handlers);
        new ConsoleUserResource(store).addTo(handlers);
        new SessionResource(store).addTo(handlers);
        new UsageResource(store).addTo(handlers);
        new HeartbeatResource(store, reports).addTo(handlers);
        new LinkResource(store, signal).addTo(handlers);
    }

    Gate gate() {
        return gate;
    }

    Handlers handlers() {
        return handlers;
    }

    RefusalCounts refusals() {
        return refusals;
    }

    StoreFailures storeFailures() {
        return storeFailures;
    }

    /// Waits until this holds, which is looked at again after each report of a relay.
    ///
    /// @return false if it did not hold within that time
    public boolean await(BooleanSupplier holds, Duration patience) throws InterruptedException {
        return reports.await(holds, patience);
    }

    /// Lets those go who wait.
    @Override
    public void close() {
        signal.close();
    }
}
