package io.callgate.control.rest;

import io.callgate.model.TlsIdentity;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP server: routes by the contract, and turns whatever happens into an answer.
public final class HttpApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
    private static final int MAX_HEADER_BYTES = 16 * 1024;

    private final Javalin server;
    private final CompletableFuture<Service> service;
    private final Optional<Tls> tls;

    private HttpApi(
            Contract contract,
            InetSocketAddress bind,
            Optional<Tls> tls,
            CompletableFuture<Service> service,
            Guest guest) {
        this.tls = tls;
        this.service = service.thenApply(ready -> {
            ready.handlers().requireExactly(contract.operations());
            return ready;
        });
        this.server = Javalin.create(config -> {
            configure(config, contract);
            guest.addTo(config.routes, new Operations(contract, this.service));
            tls.ifPresent(https -> config.jetty.addConnector((jetty, http) -> https.connector(jetty, http, bind)));
        });
    }

    /// What else is served on this port, beside the contract's operations.
    @FunctionalInterface
    public interface Guest {
        /// @param operations which wait until the service is there
        void addTo(RoutesConfig routes, Operations operations);
    }

    /// Listens at once; requests wait until the service is there.
    ///
    /// @throws UncheckedIOException if the address is taken
    public static HttpApi start(InetSocketAddress bind, CompletableFuture<Service> service, Guest guest) {
        return start(new HttpApi(Contract.load(), bind, Optional.empty(), service, guest), bind);
    }

    /// The same, by TLS alone.
    ///
    /// @throws UncheckedIOException if the address is taken
    public static HttpApi start(
            InetSocketAddress bind, TlsIdentity identity, CompletableFuture<Service> service, Guest guest) {
        return start(new HttpApi(Contract.load(), bind, Optional.of(new Tls(identity)), service, guest), bind);
    }

    private static HttpApi start(HttpApi api, InetSocketAddress bind) {
        try {
            api.server.start(bind.getAddress().getHostAddress(), bind.getPort());
        } catch (JavalinBindException e) {
            throw new UncheckedIOException(
                    "cannot listen on " + bind.getAddress().getHostAddress() + ":" + bind.getPort() + "; is it in use?",
                    new IOException(e.getMessage(), e));
        }
        return api;
    }

    /// Returns once requests are answered.
    ///
    /// @throws java.util.concurrent.CompletionException with the reason why they never will be
    public void awaitReady() {
        service.join();
    }

    public int port() {
        return server.port();
    }

    /// Connections from now on see this certificate.
    ///
    /// @throws IllegalStateException if the API does not speak TLS
    public void become(TlsIdentity identity) {
        tls.orElseThrow(() -> new IllegalStateException("the API speaks plain HTTP"))
                .become(identity);
    }

    @Override
    public void close() {
        server.stop();
    }

    private void configure(JavalinConfig config, Contract contract) {
        config.concurrency.useVirtualThreads = true;
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.router.ignoreTrailingSlashes = false;
        config.jetty.modifyHttpConfiguration(HttpApi::limit);
        config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new ProtocolProblems()));
        for (Operation operation : contract.operations()) {
            config.routes.addHttpHandler(method(operation), operation.path(), context -> serve(operation, context));
        }
        config.routes.exception(HttpResponseException.class, HttpApi::answerUnrouted);
        config.routes.exception(Exception.class, (failure, context) -> answerFault("routing", failure, context));
    }

    private static void limit(HttpConfiguration http) {
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setSendDateHeader(false);
    }

    private static HandlerType method(Operation operation) {
        return switch (operation.method()) {
            case "GET" -> HandlerType.GET;
            case "POST" -> HandlerType.POST;
            case "PATCH" -> HandlerType.PATCH;
            case "DELETE" -> HandlerType.DELETE;
            default -> throw new IllegalStateException("method " + operation.method() + " is not routed");
        };
    }

    private void serve(Operation operation, Context context) {
        try {
            Service ready = service.join();
            Answer answer = ready.handlers().of(operation).handle(Requests.call(operation, context, ready.gate()));
            answer.body()
                    .ifPresentOrElse(
                            body -> Requests.write(context, answer.status(), "application/json", body),
                            () -> context.status(answer.status()));
        } catch (Refused refused) {
            if (operation.id().equals("issueLease")) {
                refused.problem().code().ifPresent(service.join().refusals()::count);
            }
            answer(refused.problem(), context);
        } catch (CompletionException failure) {
            answer(
                    Problem.of(Problem.Kind.UNAVAILABLE, "control does not start", "see its log, then try again"),
                    context);
        } catch (JdbiException failure) {
            service.join().storeFailures().tell(operation.id(), failure);
            answer(
                    Problem.of(Problem.Kind.UNAVAILABLE, "the database does not answer", "try again in some seconds"),
                    context);
        } catch (RuntimeException failure) {
            answerFault(operation.id(), failure, context);
        }
    }

    /// No operation has this path, or this method on it.
    private static void answerUnrouted(HttpResponseException failure, Context context) {
        answer(
                failure.getStatus() == Problem.Kind.METHOD_NOT_ALLOWED.status()
                        ? Problem.of(
                                Problem.Kind.METHOD_NOT_ALLOWED,
                                "this path does not take " + context.method(),
                                "see openapi.yaml for what it takes")
                        : Problem.of(
                                Problem.Kind.NOT_FOUND,
                                "no operation has this path",
                                "see openapi.yaml for those that there are"),
                context);
    }

    private static void answerFault(String where, Exception failure, Context context) {
        LOG.atError().addKeyValue("operation", where).setCause(failure).log("request.failed");
        answer(Problem.of(Problem.Kind.INTERNAL, "a fault of ours", "please report it with its time"), context);
    }

    private static void answer(Problem problem, Context context) {
        if (problem.kind() == Problem.Kind.UNAUTHENTICATED) {
            context.header("WWW-Authenticate", "Bearer realm=\"callgate\"");
        }
        Requests.write(context, problem.kind().status(), "application/problem+json", problem.json());
    }
}
