package io.callgate.control.console;

import io.callgate.control.rest.Operations;
import io.callgate.control.store.Store;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// What the console answers, by path. Until the first request comes it is a table and nothing else: a start does
/// not wait for it.
final class Routes implements AutoCloseable {
    private final CompletableFuture<Store> store;
    private final Operations operations;
    private final InetSocketAddress api;
    private @Nullable Site site; // made by the first request; guarded by this
    private boolean closed; // guarded by this

    /// @param store requests wait until it is there
    /// @param api where the API listens
    Routes(CompletableFuture<Store> store, Operations operations, InetSocketAddress api) {
        this.store = store;
        this.operations = operations;
        this.api = api;
    }

    /// Does one page.
    private interface Page {
        void serve(Site site, Visit visit);
    }

    void addTo(RoutesConfig routes) {
        Failures.addTo(routes);
        routes.addHttpHandler(HandlerType.GET, "/files/{name}", Files::serve);
        routes.addHttpHandler(
                HandlerType.GET, "/login", context -> site().door().show(context));
        routes.addHttpHandler(
                HandlerType.POST, "/login", context -> site().door().enter(context));
        Pages early = new Pages(routes, true);
        early.post("/logout", (site, visit) -> site.door().leave(visit));
        early.get("/password", (site, visit) -> site.passwordPage().show(visit));
        early.post("/password", (site, visit) -> site.passwordPage().change(visit));
        Pages pages = new Pages(routes, false);
        pages.get("/", (site, visit) -> site.overviewPage().show(visit));
        pages.get("/live", (site, visit) -> site.overviewPage().follow(visit));
        pages.get(AppChoice.NAMES, (site, visit) -> site.appChoice().names(visit));
        pages.get("/apps", (site, visit) -> site.appsPage().show(visit));
        pages.post("/apps", (site, visit) -> site.appsPage().create(visit));
        pages.get("/apps/{app}", (site, visit) -> site.appPage().show(visit));
        pages.post("/apps/{app}", (site, visit) -> site.appPage().act(visit));
        pages.get("/relays", (site, visit) -> site.relaysPage().show(visit));
        pages.post("/relays", (site, visit) -> site.relaysPage().act(visit));
        pages.get("/pools", (site, visit) -> site.poolsPage().show(visit));
        pages.post("/pools", (site, visit) -> site.poolsPage().act(visit));
        pages.get("/sessions", (site, visit) -> site.sessionsPage().show(visit));
        pages.post("/sessions", (site, visit) -> site.sessionsPage().act(visit));
        pages.get("/allowlist", (site, visit) -> site.allowlistPage().show(visit));
        pages.post("/allowlist", (site, visit) -> site.allowlistPage().act(visit));
        pages.get("/allowlist.file", (site, visit) -> site.allowlistPage().download(visit));
        pages.get("/usage", (site, visit) -> site.usagePage().show(visit));
        pages.get("/usage.csv", (site, visit) -> site.usagePage().hoursAsCsv(visit));
        pages.get("/usage-days.csv", (site, visit) -> site.usagePage().daysAsCsv(visit));
        pages.get("/audit", (site, visit) -> site.auditPage().show(visit));
        pages.post("/audit", (site, visit) -> site.auditPage().act(visit));
        pages.get("/users", (site, visit) -> site.usersPage().show(visit));
        pages.post("/users", (site, visit) -> site.usersPage().act(visit));
    }

    /// Lets those go who watch.
    @Override
    public synchronized void close() {
        closed = true;
        if (site != null) {
            site.close();
        }
    }

    /// The pages of somebody who is signed in, by path.
    private final class Pages {
        private final RoutesConfig routes;
        private final boolean withFirstPassword;

        /// @param withFirstPassword whether they are also for who has not chosen a password yet
        Pages(RoutesConfig routes, boolean withFirstPassword) {
            this.routes = routes;
            this.withFirstPassword = withFirstPassword;
        }

        void get(String path, Page page) {
            routes.addHttpHandler(HandlerType.GET, path, context -> serve(context, page));
        }

        void post(String path, Page page) {
            routes.addHttpHandler(HandlerType.POST, path, context -> serve(context, page));
        }

        private void serve(Context context, Page page) {
            Site made = site();
            made.door().let(context, withFirstPassword, visit -> page.serve(made, visit));
        }
    }

    private synchronized Site site() {
        if (site == null) {
            site = new Site(store.join(), operations, api);
            if (closed) {
                site.close();
            }
        }
        return site;
    }
}
