package io.callgate.control.rest;

import io.callgate.control.store.Operator;
import io.callgate.model.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.node.ObjectNode;

/// The contract's operations for the console of this process: asked, done and recorded as if they had come by
/// HTTP. So whatever the console may do, the API refuses and keeps in the audit in the same way.
public final class Operations {
    private final Contract contract;
    private final CompletableFuture<Service> service;

    Operations(Contract contract, CompletableFuture<Service> service) {
        this.contract = contract;
        this.service = service;
    }

    /// What came of one.
    ///
    /// @param problem why nothing was done, for people, and how to mend it; empty: it was done
    /// @param body what it answered
    public record Outcome(int status, Optional<String> problem, ObjectNode body) {
        /// What a form came to that no page has.
        public static Outcome unknownForm(String problem) {
            return new Outcome(400, Optional.of(problem), Call.NO_BODY);
        }
    }

    /// @param user who asks
    /// @param origin the address of their browser
    /// @param id the `operationId`
    /// @param parameters of its path and query
    /// @throws org.jdbi.v3.core.JdbiException if the database does not serve
    public Outcome call(Operator user, String origin, String id, Map<String, String> parameters, ObjectNode body) {
        Operation operation = contract.operations().stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the contract has no operation " + id));
        try {
            Gate.requireMay(user, operation);
            List<Finding> findings = new ArrayList<>();
            operation.parameters().forEach((name, parameter) -> {
                String value = parameters.get(name);
                if (value != null) {
                    parameter.schema().checkParameter(value, name, findings);
                }
            });
            operation.body().ifPresent(schema -> schema.check(body, "", findings));
            if (!findings.isEmpty()) {
                throw new Refused(Problem.invalid(findings));
            }
            Call call =
                    new Call(new Call.Caller.AtConsole(user), parameters, body, Optional.empty(), Optional.of(origin));
            Gate.requireOwn(call);
            Answer answer = service.join().handlers().of(operation).handle(call);
            return new Outcome(answer.status(), Optional.empty(), answer.body().orElse(Call.NO_BODY));
        } catch (Refused refused) {
            Problem problem = refused.problem();
            return new Outcome(problem.kind().status(), Optional.of(sentence(problem)), problem.json());
        }
    }

    /// Why leases were refused, since this control started.
    public Map<ErrorCode, Long> refusals() {
        return service.join().refusals().all();
    }

    private static String sentence(Problem problem) {
        if (problem.findings().isEmpty()) {
            return problem.detail() + ": " + problem.mend();
        }
        StringBuilder text = new StringBuilder();
        for (Finding finding : problem.findings()) {
            text.append(text.isEmpty() ? "" : "; ").append(finding.field().replaceFirst("^/", ""));
            finding.value()
                    .filter(value -> !value.isEmpty())
                    .ifPresent(value -> text.append(" “").append(value).append('”'));
            text.append(": ").append(finding.mend());
        }
        return text.toString();
    }
}
