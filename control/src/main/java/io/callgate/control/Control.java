package io.callgate.control;

import io.callgate.control.console.Console;
import io.callgate.control.rest.HttpApi;
import io.callgate.control.rest.Service;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.BearerToken;
import io.callgate.control.store.FirstPassword;
import io.callgate.control.store.Operator;
import io.callgate.control.store.Store;
import io.callgate.control.store.StoreException;
import io.callgate.model.AppId;
import io.callgate.model.AppState;
import io.callgate.model.DestinationRule;
import io.callgate.model.Limits;
import io.callgate.model.Region;
import io.callgate.model.Secret;
import io.callgate.model.TlsIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;

/// The service, running in this process: apps, leases and the fleet over HTTP, kept in one database.
///
/// Any number of them may run on one PostgreSQL; none keeps anything for itself.
public final class Control implements AutoCloseable {
    /// Of the console, made at the first start.
    public static final String FIRST_USER = "admin";

    private static final Duration JOIN_BOUND = Duration.ofMinutes(5);

    private final Store store;
    private final Service service;
    private final HttpApi api;
    private final Optional<Console> console;
    private final Housekeeping housekeeping;

    private Control(Store store, Service service, HttpApi api, Optional<Console> console) {
        this.store = store;
        this.service = service;
        this.api = api;
        this.console = console;
        this.housekeeping = new Housekeeping(store);
    }

    /// Opens the database and the HTTP servers beside each other, since both take their time.
    ///
    /// @throws StoreException if the database cannot be used
    /// @throws java.io.UncheckedIOException if an address is taken; it says which setting names another
    public static Control start(ControlOptions options) {
        LoggerFactory.getILoggerFactory(); // SLF4J complains where two threads are the first to log
        CompletableFuture<Store> opening = new CompletableFuture<>();
        Thread.ofPlatform().name("store-opening").daemon().start(() -> {
            try {
                opening.complete(Store.open(options.store()));
            } catch (RuntimeException e) {
                opening.completeExceptionally(e);
            }
        });
        CompletableFuture<Service> starting = opening.thenApply(Service::new);
        try {
            return serve(options, opening, starting);
        } catch (RuntimeException e) {
            starting.thenAccept(Service::close);
            opening.thenAccept(Store::close);
            throw e instanceof CompletionException && e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private static Control serve(
            ControlOptions options, CompletableFuture<Store> opening, CompletableFuture<Service> starting) {
        HttpApi api = HttpApi.start(options.api(), options.tls(), starting);
        Optional<Console> console = Optional.empty();
        try {
            console = options.console().map(place -> Console.start(place, options.tls(), opening, api));
            Control control = new Control(opening.join(), starting.join(), api, console);
            api.awaitReady();
            return control;
        } catch (RuntimeException e) {
            console.ifPresent(Console::close);
            api.close();
            throw e;
        }
    }

    /// Where the API listens, and the link of the relays.
    public int port() {
        return api.address().getPort();
    }

    /// Where the console listens.
    ///
    /// @throws IllegalStateException if it was started without one
    public int consolePort() {
        return console.orElseThrow(() -> new IllegalStateException("this control has no console"))
                .address()
                .getPort();
    }

    /// A new token for the API, with role operator.
    ///
    /// @param name whose, for the audit
    public Secret issueOperatorToken(String name) {
        return store.change("control", transaction -> {
            String token = transaction
                    .operatorTokens()
                    .create(name, Operator.Role.OPERATOR)
                    .reveal();
            transaction.audit().add("operator-token.create", name);
            return Secret.of(token);
        });
    }

    /// Makes user `admin` of the console, unless it has a user.
    ///
    /// @return the password for the first sign-in, which is not told again; empty if there was a user
    public Optional<Secret> ensureConsoleUser() {
        return store.change("control", transaction -> {
            if (!transaction.consoleUsers().page("", 1).isEmpty()) {
                return Optional.empty();
            }
            FirstPassword password = FirstPassword.mint();
            transaction.consoleUsers().create(FIRST_USER, Operator.Role.OPERATOR, List.of(), password.stored());
            transaction.audit().add("console-user.create", FIRST_USER);
            return Optional.of(password.secret());
        });
    }

    /// Makes pool `main`, unless there is a pool: so the first relay has one to join.
    public void ensurePool() {
        store.change("control", transaction -> {
            new Beginning(transaction).ensurePool();
            return true;
        });
    }

    /// Makes this app, active in pool `main`, unless there is an app; then adds what its clients may reach.
    ///
    /// @param allow comes on top of what the app may reach already
    /// @return whether there is an app of this name
    public boolean ensureApp(AppId id, String contact, List<DestinationRule> allow) {
        return store.change("control", transaction -> {
            Beginning beginning = new Beginning(transaction);
            beginning.ensurePool();
            beginning.ensureApp(id, contact);
            return beginning.allow(id, allow);
        });
    }

    /// Lets the relay of this very process join pool `main`.
    ///
    /// @param isKnown whether it has a key of its own from before
    /// @return a join token for it; empty if that pool is gone: the operator has another order
    public Optional<Secret> admit(String relay, Region region, boolean isKnown) {
        return store.change(
                "control",
                transaction -> new Beginning(transaction)
                        .admit(relay, region, isKnown, JOIN_BOUND)
                        .map(BearerToken::reveal)
                        .map(Secret::of));
    }

    /// Waits until leases may name this relay: it has reported, and not long ago.
    ///
    /// @return false if it had not within that time
    public boolean awaitLiveRelay(String relay, Duration patience) throws InterruptedException {
        return service.await(
                () -> store.read(transaction -> new Beginning(transaction)
                        .find(relay)
                        .filter(transaction.relays()::isAlive)
                        .isPresent()),
                patience);
    }

    /// An app as relays of pool `main` know it; empty if they do not.
    public Optional<AppState> servedApp(AppId id) {
        return store.read(transaction -> transaction.apps().find(id).filter(App::isServed))
                .map(app -> new AppState(
                        id,
                        store.read(transaction -> transaction.secrets().ofPool(id, Beginning.POOL).stream()
                                .map(AppSecret::secret)
                                .toList()),
                        app.settings().clients(),
                        app.settings().destinations(),
                        Limits.DEFAULT,
                        List.of()));
    }

    /// Shows this certificate to connections from now on.
    ///
    /// @throws IllegalStateException if it was started without TLS
    public void become(TlsIdentity identity) {
        api.become(identity);
        console.ifPresent(pages -> pages.become(identity));
    }

    @Override
    public void close() {
        housekeeping.close();
        service.close();
        console.ifPresent(Console::close);
        api.close();
        store.close();
    }
}
