package io.callgate.control.rest;

import io.callgate.model.TlsIdentity;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The API and the link of the relays over HTTP: routes by the contract, and turns whatever happens into an
/// answer.
public final class HttpApi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

    private final CompletableFuture<Service> service;
    private final Operations operations;
    private final HttpServer server;

    private HttpApi(
            Contract contract, HttpPlace place, Optional<TlsIdentity> identity, CompletableFuture<Service> service) {
        this.service = service.thenApply(ready -> {
            ready.handlers().requireExactly(contract.operations());
            return ready;
        });
        this.operations = new Operations(contract, this.service);
        this.server = HttpServer.start(place, identity, routes -> addTo(routes, contract));
    }

    /// Listens at once; requests wait until the service is there.
    ///
    /// @param identity empty: plain HTTP
    /// @throws java.io.UncheckedIOException if it cannot listen there
    public static HttpApi start(HttpPlace place, Optional<TlsIdentity> identity, CompletableFuture<Service> service) {
        return new HttpApi(Contract.load(), place, identity, service);
    }

    /// Returns once requests are answered.
    ///
    /// @throws java.util.concurrent.CompletionException with the reason why they never will be
    public void awaitReady() {
        service.join();
    }

    /// The same operations for this process; they too wait for the service.
    public Operations operations() {
        return operations;
    }

    public InetSocketAddress address() {
        return server.address();
    }

    /// Connections from now on see this certificate.
    ///
    /// @throws IllegalStateException if it speaks plain HTTP
    public void become(TlsIdentity identity) {
        server.become(identity);
    }

    @Override
    public void close() {
        server.close();
    }

    private void addTo(RoutesConfig routes, Contract contract) {
        for (Operation operation : contract.operations()) {
            routes.addHttpHandler(method(operation), operation.path(), context -> serve(operation, context));
        }
        routes.exception(HttpResponseException.class, HttpApi::answerUnrouted);
        routes.exception(Exception.class, (failure, context) -> answerFault("routing", failure, context));
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
