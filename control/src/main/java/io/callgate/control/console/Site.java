package io.callgate.control.console;

import io.callgate.control.rest.Operations;
import io.callgate.control.store.Store;

/// All pages over one store.
final class Site implements AutoCloseable {
    private final Door door;
    private final Live live;
    private final PasswordPage passwordPage;
    private final OverviewPage overviewPage;

    Site(Store store, Operations operations) {
        Passwords passwords = new Passwords();
        door = new Door(store, operations, passwords);
        live = new Live(store, operations::refusals);
        passwordPage = new PasswordPage(store, passwords);
        overviewPage = new OverviewPage(live);
    }

    Door door() {
        return door;
    }

    PasswordPage passwordPage() {
        return passwordPage;
    }

    OverviewPage overviewPage() {
        return overviewPage;
    }

    @Override
    public void close() {
        live.close();
    }
}
