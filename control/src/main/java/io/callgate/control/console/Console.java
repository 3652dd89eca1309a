package io.callgate.control.console;

import io.callgate.control.rest.HttpApi;
import io.callgate.control.rest.Operations;
import io.callgate.control.store.Store;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The console on the API's port. Until the first request comes it is a table of routes and nothing else: a start
/// does not wait for it.
public final class Console implements HttpApi.Guest, AutoCloseable {
    private final CompletableFuture<Store> store;
    private @Nullable Site site; // made by the first request; guarded by this
    private boolean closed; // guarded by this

    public Console(CompletableFuture<Store> store) {
        this.store = store;
    }

    /// Does one page.
    private interface Page {
        void serve(Site site, Visit visit);
    }

    @Override
    public void addTo(RoutesConfig routes, Operations operations) {
        routes.addHttpHandler(HandlerType.GET, "/files/{name}", Files::serve);
        routes.addHttpHandler(
                HandlerType.GET, "/login", context -> site(operations).door().show(context));
        routes.addHttpHandler(
                HandlerType.POST, "/login", context -> site(operations).door().enter(context));
        routes.addHttpHandler(
                HandlerType.POST,
                "/logout",
                context -> site(operations)
                        .door()
                        .let(context, true, visit -> site(operations).door().leave(visit)));
        routes.addHttpHandler(
                HandlerType.GET,
                "/password",
                context -> site(operations)
                        .door()
                        .let(
                                context,
                                true,
                                visit -> site(operations).passwordPage().show(visit)));
        routes.addHttpHandler(
                HandlerType.POST,
                "/password",
                context -> site(operations)
                        .door()
                        .let(
                                context,
                                true,
                                visit -> site(operations).passwordPage().change(visit)));
        Pages pages = new Pages(routes, operations);
        pages.get("/", (site, visit) -> site.overviewPage().show(visit));
        pages.get("/live", (site, visit) -> site.overviewPage().follow(visit));
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
        pages.get("/usage.csv", (site, visit) -> site.usagePage().csv(visit));
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
        private final Operations operations;

        Pages(RoutesConfig routes, Operations operations) {
            this.routes = routes;
            this.operations = operations;
        }

        void get(String path, Page page) {
            routes.addHttpHandler(HandlerType.GET, path, context -> serve(context, page));
        }

        void post(String path, Page page) {
            routes.addHttpHandler(HandlerType.POST, path, context -> serve(context, page));
        }

        private void serve(Context context, Page page) {
            Site made = site(operations);
            made.door().let(context, false, visit -> page.serve(made, visit));
        }
    }

    private synchronized Site site(Operations operations) {
        if (site == null) {
            site = new Site(store.join(), operations);
            if (closed) {
                site.close();
            }
        }
        return site;
    }
}
