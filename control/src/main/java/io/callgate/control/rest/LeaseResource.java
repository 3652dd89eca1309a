package io.callgate.control.rest;

import io.callgate.control.lease.LeaseAnswer;
import io.callgate.control.lease.Leases;
import io.callgate.control.lease.Proof;
import io.callgate.model.AppId;
import io.callgate.model.LeaseJson;
import io.callgate.model.Secret;
import java.util.List;
import java.util.Optional;

/// Leases, for SDKs.
final class LeaseResource {
    private final Leases leases;

    LeaseResource(Leases leases) {
        this.leases = leases;
    }

    void addTo(Handlers handlers) {
        handlers.on("issueLease", this::issue)
                .on("renewLease", call -> answer(leases.renew(call.parameter("leaseId"))))
                .on("endLease", this::end)
                .on("readPolicy", call -> Answer.ok(LeaseJson.write(leases.policy(call.appId()))));
    }

    private Answer issue(Call call) {
        return answer(leases.issue(Requests.read(call.body(), LeaseJson::readRequest), proof(call)));
    }

    private Answer end(Call call) {
        leases.end(call.parameter("leaseId")).ifPresent(refusal -> {
            throw refused(refusal);
        });
        return Answer.done();
    }

    private static Proof proof(Call call) {
        Optional<String> app = call.text("appId");
        Optional<String> sign = call.text("appSign");
        if (sign.isPresent()) {
            return new Proof.AppSign(
                    new AppId(app.orElseThrow(() -> new Refused(Problem.invalid(List.of(
                            Finding.withoutValue("/appId", "it is missing: appSign needs the app that it is of")))))),
                    Secret.of(sign.get()));
        }
        return call.bearer()
                .filter(token -> !token.isEmpty())
                .<Proof>map(token -> new Proof.Token(Secret.of(token), app.map(AppId::new)))
                .orElseGet(Proof.Missing::new);
    }

    private static Answer answer(LeaseAnswer answer) {
        return switch (answer) {
            case LeaseAnswer.Granted granted -> Answer.ok(LeaseJson.write(granted.lease()));
            case LeaseAnswer.Refused refusal -> throw refused(refusal);
        };
    }

    static Refused refused(LeaseAnswer.Refused refusal) {
        Problem.Kind kind = switch (refusal.code()) {
            case INVALID_ARGUMENT -> Problem.Kind.INVALID_ARGUMENT;
            case TOKEN_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED -> Problem.Kind.UNAUTHENTICATED;
            case NOT_ACTIVATED, REGION_FORBIDDEN, SDK_TOO_OLD -> Problem.Kind.FORBIDDEN;
            case QUOTA_EXCEEDED -> Problem.Kind.QUOTA;
            case NO_RELAY -> Problem.Kind.UNAVAILABLE;
            default -> throw new IllegalStateException("no lease is refused with " + refusal.code());
        };
        return new Refused(new Problem(kind, refusal.detail(), refusal.mend(), Optional.of(refusal.code()), List.of()));
    }
}
