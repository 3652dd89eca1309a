package io.callgate.control.console;

import io.callgate.control.rest.Operations;
import io.callgate.control.store.Store;
import java.net.InetSocketAddress;

/// All pages over one store.
final class Site implements AutoCloseable {
    private final Door door;
    private final Live live;
    private final PasswordPage passwordPage;
    private final OverviewPage overviewPage;
    private final AppChoice appChoice;
    private final AppsPage appsPage;
    private final AppPage appPage;
    private final RelaysPage relaysPage;
    private final PoolsPage poolsPage;
    private final SessionsPage sessionsPage;
    private final AllowlistPage allowlistPage;
    private final UsagePage usagePage;
    private final AuditPage auditPage;
    private final UsersPage usersPage;

    /// @param api where the API listens
    Site(Store store, Operations operations, InetSocketAddress api) {
        Passwords passwords = new Passwords();
        door = new Door(store, operations, passwords);
        live = new Live(store, operations::refusals);
        passwordPage = new PasswordPage(store, passwords);
        overviewPage = new OverviewPage(live);
        appChoice = new AppChoice(store);
        appsPage = new AppsPage(store);
        appPage = new AppPage(store);
        relaysPage = new RelaysPage(store, api);
        poolsPage = new PoolsPage(store);
        sessionsPage = new SessionsPage(store);
        allowlistPage = new AllowlistPage(appChoice);
        usagePage = new UsagePage(store, appChoice);
        auditPage = new AuditPage(store);
        usersPage = new UsersPage(store);
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

    AppChoice appChoice() {
        return appChoice;
    }

    AppsPage appsPage() {
        return appsPage;
    }

    AppPage appPage() {
        return appPage;
    }

    RelaysPage relaysPage() {
        return relaysPage;
    }

    PoolsPage poolsPage() {
        return poolsPage;
    }

    SessionsPage sessionsPage() {
        return sessionsPage;
    }

    AllowlistPage allowlistPage() {
        return allowlistPage;
    }

    UsagePage usagePage() {
        return usagePage;
    }

    AuditPage auditPage() {
        return auditPage;
    }

    UsersPage usersPage() {
        return usersPage;
    }

    @Override
    public void close() {
        live.close();
    }
}
