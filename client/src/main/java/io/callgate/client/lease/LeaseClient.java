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
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Asks control for leases and policies, by whichever entry answers first; that one is asked first next time.
///
/// An entry that is silent, cannot at the moment, or is none (a page of somebody on the way) is passed over for
/// the others. Control's own refusal is the last word, whichever entry brings it.
///
/// Safe for any thread; every call blocks, and throws a [PathException] that says what stands in the way: the
/// network's doing, or control's refusal with its own words.
public final class LeaseClient {
    /// For the whole of one question.
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration HEAD_START = Duration.ofMillis(300);
    private static final Duration LAST_CHANCE = Duration.ofSeconds(2);
    private static final Set<Integer> NOT_NOW = Set.of(429, 503); // Too Many Requests, Service Unavailable
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final List<HostPort> entries; // as they were given
    private final Trust trust;
    private final Dialer dialer;
    private final TimeSource time;
    private volatile @Nullable HostPort lastGood;

    private record Question(String method, String path, Map<String, String> headers, String body) {}

    /// What decides a question: an answer, or control's refusal.
    private record Word<T>(Optional<T> answer, Optional<PathException> refusal) implements Closeable {
        T value() {
            refusal.ifPresent(refused -> {
                throw refused;
            });
            return answer.orElseThrow();
        }

        @Override
        public void close() {}
    }

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

    /// @param entries tried in this order, the last good one first, each with a head start of 300 ms over the next
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
        return ask(new Question("POST", "/v1/leases", headers, body.toString()), LeaseClient::lease);
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
        String path = "/v1/leases/" + lease.leaseId() + "/renew";
        return ask(new Question("POST", path, Map.of(), ""), LeaseClient::lease);
    }

    public ModePolicy policy(AppId app) {
        return ask(new Question("GET", "/v1/policy?appId=" + app.value(), Map.of(), ""), LeaseClient::policy);
    }

    /// Which entry is asked first from now on, if it is one of these: the one that answered last time.
    public void prefer(HostPort entry) {
        if (entries.contains(entry)) {
            lastGood = entry;
        }
    }

    /// Which entry has answered last, and is asked first next time.
    public Optional<HostPort> lastGood() {
        return Optional.ofNullable(lastGood);
    }

    /// What the firewall in front of this app's clients must open.
    ///
    /// @param lease shows which app asks
    /// @param trusted the operator's key, as the app was built with; what the list names itself proves nothing
    /// @throws PathException with [ErrorCode#ALLOWLIST_UNTRUSTED] if somebody else signed it, or changed it
    public Allowlist allowlist(Lease lease, AllowlistKey trusted) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("Authorization", "Bearer " + lease.leaseId());
        String body = ask(new Question("GET", "/v1/allowlist", headers, ""), Function.identity());
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

    private static ModePolicy policy(String body) {
        try {
            return LeaseJson.readPolicy(MAPPER.readTree(body));
        } catch (JacksonException | NullPointerException | IllegalArgumentException e) {
            throw unintelligible("a policy that is none", e);
        }
    }

    /// The entries are raced with the whole question: one that connects and then is silent, or says what is no
    /// control's word, costs its head start and not the answer.
    private <T> T ask(Question question, Function<String, T> reader) {
        List<HostPort> order = inOrder();
        NavigableMap<Integer, PathException> failures = new TreeMap<>();
        List<Race.Runner<Word<T>>> runners = new ArrayList<>();
        for (HostPort entry : order) {
            runners.add(attempt -> word(entry, question, reader, attempt));
        }
        Race.Winner<Word<T>> winner = new Race(time, index -> HEAD_START, PATIENCE, LeaseClient::hurry)
                .run(runners, failures::put)
                .orElseThrow(() -> mostHopeful(failures.values()));
        lastGood = order.get(winner.index());
        return winner.prize().value();
    }

    private List<HostPort> inOrder() {
        HostPort first = lastGood;
        List<HostPort> order = new ArrayList<>(entries);
        if (first != null) {
            order.remove(first);
            order.add(0, first);
        }
        return order;
    }

    /// Where one is there and cannot at the moment, asking it again is worth more than those who are silent.
    private static Duration hurry(PathException failure) {
        return failure.code() == ErrorCode.CONTROL_UNAVAILABLE ? LAST_CHANCE : PATIENCE.multipliedBy(2);
    }

    /// @param failures in the order of the entries
    private static PathException mostHopeful(Collection<PathException> failures) {
        return failures.stream()
                .filter(failure -> failure.code() == ErrorCode.CONTROL_UNAVAILABLE)
                .findFirst()
                .orElseGet(() -> failures.iterator().next());
    }

    private <T> Word<T> word(HostPort entry, Question question, Function<String, T> reader, Attempt attempt) {
        try (Socket socket = dialer.dialTls(entry, trust, List.of("http/1.1"), attempt)) {
            HttpExchange.Answer answer = new HttpExchange(socket, attempt)
                    .ask(question.method(), question.path(), entry.toString(), question.headers(), question.body());
            if (answer.status() == 200) {
                return new Word<>(Optional.of(reader.apply(answer.body())), Optional.empty());
            }
            PathException refusal = refused(entry, answer);
            if (isLastWord(refusal)) {
                return new Word<>(Optional.empty(), Optional.of(refusal));
            }
            throw refusal;
        } catch (SocketTimeoutException e) {
            throw new PathException(
                    ErrorCode.RELAY_SILENT,
                    entry + " was asked, and says nothing",
                    "check that it is the operator's entry; else the operator looks into its log",
                    e);
        } catch (IOException e) {
            throw new PathException(
                    ErrorCode.TCP_RESET,
                    entry + " was asked for a lease, and then: " + e.getMessage(),
                    "check that it is the operator's entry; a firewall that looks into connections does this too",
                    e);
        }
    }

    /// Control's own refusal: another entry would ask the same control.
    private static boolean isLastWord(PathException refusal) {
        return refusal.code() != ErrorCode.CONTROL_UNAVAILABLE && refusal.code() != ErrorCode.RELAY_REFUSED;
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
