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
        get(routes, operations, "/", (site, visit) -> site.overviewPage().show(visit));
        get(routes, operations, "/live", (site, visit) -> site.overviewPage().follow(visit));
        get(routes, operations, "/apps", (site, visit) -> site.appsPage().show(visit));
        post(routes, operations, "/apps", (site, visit) -> site.appsPage().create(visit));
        get(routes, operations, "/apps/{app}", (site, visit) -> site.appPage().show(visit));
        post(routes, operations, "/apps/{app}", (site, visit) -> site.appPage().act(visit));
        get(routes, operations, "/relays", (site, visit) -> site.relaysPage().show(visit));
        post(routes, operations, "/relays", (site, visit) -> site.relaysPage().act(visit));
        get(routes, operations, "/pools", (site, visit) -> site.poolsPage().show(visit));
        post(routes, operations, "/pools", (site, visit) -> site.poolsPage().act(visit));
        get(
                routes,
                operations,
                "/sessions",
                (site, visit) -> site.sessionsPage().show(visit));
        post(
                routes,
                operations,
                "/sessions",
                (site, visit) -> site.sessionsPage().act(visit));
        get(
                routes,
                operations,
                "/allowlist",
                (site, visit) -> site.allowlistPage().show(visit));
        post(
                routes,
                operations,
                "/allowlist",
                (site, visit) -> site.allowlistPage().act(visit));
        get(
                routes,
                operations,
                "/allowlist.file",
                (site, visit) -> site.allowlistPage().download(visit));
        get(routes, operations, "/usage", (site, visit) -> site.usagePage().show(visit));
        get(routes, operations, "/usage.csv", (site, visit) -> site.usagePage().csv(visit));
        get(routes, operations, "/audit", (site, visit) -> site.auditPage().show(visit));
        post(routes, operations, "/audit", (site, visit) -> site.auditPage().act(visit));
        get(routes, operations, "/users", (site, visit) -> site.usersPage().show(visit));
        post(routes, operations, "/users", (site, visit) -> site.usersPage().act(visit));
    }

    /// Lets those go who watch.
    @Override
    public synchronized void close() {
        closed = true;
        if (site != null) {
            site.close();
        }
    }

    private void get(RoutesConfig routes, Operations operations, String path, Page page) {
        routes.addHttpHandler(HandlerType.GET, path, context -> serve(operations, context, page));
    }

    private void post(RoutesConfig routes, Operations operations, String path, Page page) {
        routes.addHttpHandler(HandlerType.POST, path, context -> serve(operations, context, page));
    }

    private void serve(Operations operations, Context context, Page page) {
        Site made = site(operations);
        made.door().let(context, false, visit -> page.serve(made, visit));
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
