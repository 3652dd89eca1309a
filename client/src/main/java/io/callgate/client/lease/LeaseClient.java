package io.callgate.client.lease;

import io.callgate.client.failure.PathException;
import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Race;
import io.callgate.client.net.Trust;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
import io.callgate.model.LeaseRequest;
import io.callgate.model.ModePolicy;
import io.callgate.model.SignedAllowlist;
import io.callgate.model.TimeSource;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Asks control for leases and policies, by whichever entry answers first.
///
/// Immutable and safe for any thread; every call blocks, and throws a [PathException] that says what stands in the
/// way: the network's doing, or control's refusal with its own words.
public final class LeaseClient {
    /// For the whole of one question.
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration HEAD_START = Duration.ofMillis(300);
    private static final Set<Integer> NOT_NOW = Set.of(429, 503); // Too Many Requests, Service Unavailable
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final List<HostPort> entries;
    private final Trust trust;
    private final Dialer dialer;
    private final TimeSource time;

    /// Who asks.
    ///
    /// @param appSign instead of a token, where the app allows that
    /// @param token asked anew for each lease; empty text is none
    public record Claim(Optional<AppId> app, Optional<String> appSign, Supplier<String> token) {
        /// Without secrets.
        @Override
        public String toString() {
            return "Claim[" + app + ", hidden]";
        }
    }

    /// @param entries tried in this order, each with a head start of 300 ms over the next
    /// @param trust of the entries' TLS
    public LeaseClient(List<HostPort> entries, Trust trust, Dialer dialer, TimeSource time) {
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("no entry: want the domain or addresses that the operator gave");
        }
        this.entries = List.copyOf(entries);
        this.trust = trust;
        this.dialer = dialer;
        this.time = time;
    }

    public Lease lease(LeaseRequest request, Claim claim) {
        ObjectNode body = LeaseJson.write(request);
        Map<String, String> headers = new TreeMap<>();
        headers.put("Content-Type", "application/json");
        if (claim.appSign().isPresent()) {
            claim.app().ifPresent(app -> body.put("appId", app.value()));
            body.put("appSign", claim.appSign().get());
        } else {
            String token = token(claim);
            if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw new PathException(
                        token.isEmpty() ? ErrorCode.TOKEN_REQUIRED : ErrorCode.TOKEN_INVALID,
                        token.isEmpty() ? "the app gave no token" : "the token holds what no token holds",
                        "give the SDK a token that the app's server has made for this user");
            }
            headers.put("Authorization", "Bearer " + token);
        }
        return lease(ask("POST", "/v1/leases", headers, body.toString()));
    }

    private static String token(Claim claim) {
        try {
            return claim.token().get();
        } catch (RuntimeException e) {
            throw new PathException(
                    ErrorCode.TOKEN_REQUIRED, "the token supplier failed: " + e, "mend the app's token supplier", e);
        }
    }

    public Lease renew(Lease lease) {
        return lease(ask("POST", "/v1/leases/" + lease.leaseId() + "/renew", new TreeMap<>(), ""));
    }

    public ModePolicy policy(AppId app) {
        String body = ask("GET", "/v1/policy?appId=" + app.value(), new TreeMap<>(), "");
        try {
            return LeaseJson.readPolicy(MAPPER.readTree(body));
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw unintelligible("a policy that is none", e);
        }
    }

    /// What the firewall in front of this app's clients must open.
    ///
    /// @param lease shows which app asks
    /// @param trusted the operator's key, as the app was built with; what the list names itself proves nothing
    /// @throws PathException with [ErrorCode#ALLOWLIST_UNTRUSTED] if somebody else signed it, or changed it
    public Allowlist allowlist(Lease lease, AllowlistKey trusted) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("Authorization", "Bearer " + lease.leaseId());
        String body = ask("GET", "/v1/allowlist", headers, "");
        try {
            return SignedAllowlist.verify(body, trusted).allowlist();
        } catch (IllegalArgumentException e) {
            throw new PathException(
                    ErrorCode.ALLOWLIST_UNTRUSTED,
                    String.valueOf(e.getMessage()),
                    "do not open what it names; ask the operator for the list and its key",
                    e);
        }
    }

    private static Lease lease(String body) {
        try {
            return LeaseJson.parseLease(body);
        } catch (IllegalArgumentException e) {
            throw unintelligible("a lease that is none", e);
        }
    }

    private String ask(String method, String path, Map<String, String> headers, String body) {
        List<PathException> failures = new ArrayList<>();
        List<Race.Runner<Socket>> runners = new ArrayList<>();
        for (HostPort entry : entries) {
            runners.add(attempt -> dialer.dialTls(entry, trust, List.of("http/1.1"), attempt));
        }
        Race.Winner<Socket> winner = new Race(time, HEAD_START, PATIENCE)
                .run(runners, (index, failure) -> failures.add(failure))
                .orElseThrow(() -> failures.get(0));
        HostPort entry = entries.get(winner.index());
        try (Socket socket = winner.prize()) {
            HttpExchange.Answer answer = new HttpExchange(socket, Attempt.within(time, PATIENCE))
                    .ask(method, path, entry.toString(), headers, body);
            if (answer.status() == 200) {
                return answer.body();
            }
            throw refused(entry, answer);
        } catch (IOException e) {
            throw new PathException(
                    ErrorCode.TCP_RESET,
                    entry + " was asked for a lease, and then: " + e.getMessage(),
                    "check that it is the operator's entry; a firewall that looks into connections does this too",
                    e);
        }
    }

    private static PathException refused(HostPort entry, HttpExchange.Answer answer) {
        JsonNode problem = problem(answer);
        String says = entry + " refuses: " + problem.path("detail").asString("");
        String mend = problem.path("mend").asString("ask the operator");
        Optional<ErrorCode> code = ErrorCode.of(problem.path("code").asInt(0)).filter(named -> named != ErrorCode.OK);
        if (code.isPresent()) {
            return new PathException(code.get(), says, mend);
        }
        if (NOT_NOW.contains(answer.status()) && problem.has("detail")) {
            return new PathException(ErrorCode.CONTROL_UNAVAILABLE, says, mend);
        }
        return new PathException(
                ErrorCode.RELAY_REFUSED,
                entry + " answers a request for a lease with " + answer.status(),
                "check that it is the operator's entry; else the operator looks into control's log");
    }

    /// Empty where these are not control's or a relay's own words, but a page of somebody on the way.
    private static JsonNode problem(HttpExchange.Answer answer) {
        try {
            return MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            return MAPPER.missingNode();
        }
    }

    private static PathException unintelligible(String what, RuntimeException e) {
        return new PathException(
                ErrorCode.RELAY_REFUSED, "the entry answers with " + what, "update the SDK, or ask the operator", e);
    }
}
