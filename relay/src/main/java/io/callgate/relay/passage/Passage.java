package io.callgate.relay.passage;

import io.callgate.model.IpAddress;
import io.callgate.relay.grant.DropReason;
import io.callgate.wire.Bytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What strangers may ask of control through a relay:
///
/// | request | is |
/// |---|---|
/// | `POST /v1/leases` | the way through |
/// | `POST /v1/leases/{leaseId}/renew`, `…/end` | the lease is its own proof |
/// | `GET /v1/allowlist`, `GET /v1/policy` | what is no secret |
///
/// All else under `/v1` is 404 here, whatever control would say to it: an operator's token is worth nothing at a
/// relay. Shared by all loops; safe by itself.
public final class Passage {
    /// As control's contract has it for a lease; no other request that passes has a body.
    public static final int MOST_BODY_BYTES = 8192;

    /// Requests on their way, from their first header to their answer, of one IPv4 /24 or IPv6 /64 and of all. A
    /// company that all comes to one meeting asks for a hundred leases a second, and control answers within
    /// milliseconds.
    static final int MOST_OF_ONE_NETWORK = 64;

    static final int MOST_PLACES = 4096;

    /// Those of them that wait for control. Bodies that are slow to come take none of these: they would keep
    /// everybody from it.
    static final int MOST_UNDER_WAY = 512;

    private static final String ROOT = "/v1";
    private static final String LEASES = "/v1/leases";
    private static final Pattern OF_A_LEASE = Pattern.compile(
            "/v1/leases/[A-Za-z0-9_-]{16,4096}[.][A-Za-z0-9_-]{43}([.][A-Za-z0-9_-]{16,512})?/(renew|end)");
    private static final Pattern PUBLIC =
            Pattern.compile("/v1/(allowlist|policy)([?](?:[A-Za-z0-9._~&=+:,-]|%[0-9A-Fa-f]{2}){0,512})?");

    /// The same words for what control has and what nobody has.
    public static final PassageAnswer NOTHING_HERE = PassageAnswer.problem(
            404,
            "not-found",
            "There is no such thing",
            "a relay passes on no such request",
            "ask control itself; relays pass on POST /v1/leases, its renew and end, GET /v1/allowlist and GET"
                    + " /v1/policy",
            DropReason.UNEXPECTED_MESSAGE);

    public static final PassageAnswer TOO_LARGE = PassageAnswer.problem(
            413,
            "body-too-large",
            "The body is too large",
            "the body has more than " + MOST_BODY_BYTES + " bytes",
            "send at most " + MOST_BODY_BYTES,
            DropReason.MALFORMED);

    /// The client began a request and did not end it.
    public static final PassageAnswer TOO_SLOW = PassageAnswer.problem(
            408,
            "invalid-argument",
            "The request is not as the contract has it",
            "the body did not come in time",
            "send it again",
            DropReason.HANDSHAKE_TIMEOUT);

    private static final PassageAnswer TOO_MANY_OF_NETWORK = PassageAnswer.problem(
            429,
            "quota",
            "The agreed amount is used up",
            "too many requests from your network wait for an answer",
            "try again in a second",
            DropReason.PASSAGE_BUSY,
            "retry-after",
            "1");

    private static final PassageAnswer BUSY = PassageAnswer.problem(
            503,
            "unavailable",
            "Not at the moment",
            "too many requests wait for an answer at this relay",
            "try again in a second, or at another relay",
            DropReason.PASSAGE_BUSY,
            "retry-after",
            "1");

    private static final PassageAnswer AWAY = PassageAnswer.problem(
            503,
            "unavailable",
            "Not at the moment",
            "this relay does not reach control; what runs goes on",
            "try again in some seconds, or at another relay",
            DropReason.CONTROL_AWAY,
            "retry-after",
            "3");

    private final Upstream upstream;
    private final Map<IpAddress, Integer> byNetwork = new HashMap<>(); // guarded by this, as what follows
    private int places;
    private int underWay;

    /// What came of asking for a place.
    public sealed interface Admission {
        record Admitted(Place place) implements Admission {}

        /// All places are taken.
        record Refused(PassageAnswer answer) implements Admission {}
    }

    public Passage(Upstream upstream) {
        this.upstream = upstream;
    }

    /// Whether a request is for control or for nobody.
    ///
    /// @param target path and query as the client wrote them
    public static boolean isUnder(String target) {
        return target.startsWith(ROOT)
                && (target.length() == ROOT.length() || "/?".indexOf(target.charAt(ROOT.length())) >= 0);
    }

    /// The request as it passes, without its body.
    ///
    /// @param header the first value of a header by its lower-case name
    /// @return empty if it is none of the five
    public static Optional<PassedRequest> find(
            String method, String target, Function<String, Optional<String>> header, IpAddress client) {
        boolean passes = switch (method) {
            case "POST" -> target.equals(LEASES) || OF_A_LEASE.matcher(target).matches();
            case "GET" -> PUBLIC.matcher(target).matches();
            default -> false;
        };
        if (!passes) {
            return Optional.empty();
        }
        Map<String, String> headers = new HashMap<>();
        PassedRequest.HEADERS.forEach(name -> header.apply(name).ifPresent(value -> headers.put(name, value)));
        return Optional.of(new PassedRequest(method, target, headers, Bytes.EMPTY, client));
    }

    /// Takes a place for a request. To be asked before its body is read: so bodies fill no more memory than there
    /// are places.
    public synchronized Admission admit(PassedRequest head) {
        IpAddress network = head.client().neighbourhood();
        int ofNetwork = byNetwork.getOrDefault(network, 0);
        if (ofNetwork >= MOST_OF_ONE_NETWORK) {
            return new Admission.Refused(TOO_MANY_OF_NETWORK);
        }
        if (places >= MOST_PLACES) {
            return new Admission.Refused(BUSY);
        }
        places++;
        byNetwork.put(network, ofNetwork + 1);
        return new Admission.Admitted(new Place(head, network));
    }

    /// The place of one request, until it is answered or [given back][#giveBack]. Confined to its client's loop.
    public final class Place {
        private final PassedRequest head;
        private final IpAddress network;
        private @Nullable CompletableFuture<PassageAnswer> asked;
        private boolean isTaken = true; // guarded by the passage, as what follows
        private boolean isUnderWay;

        private Place(PassedRequest head, IpAddress network) {
            this.head = head;
            this.network = network;
        }

        /// Passes the request on, which is whole.
        ///
        /// @return completes on any thread, always with an answer
        public CompletableFuture<PassageAnswer> pass(Bytes body) {
            if (!setOut()) {
                free();
                return CompletableFuture.completedFuture(BUSY);
            }
            CompletableFuture<PassageAnswer> answer;
            try {
                answer = upstream.pass(head.with(body));
            } catch (RuntimeException e) {
                answer = CompletableFuture.failedFuture(e);
            }
            asked = answer;
            return answer.exceptionally(failure -> AWAY).whenComplete((any, none) -> free());
        }

        /// Nobody waits for an answer any more: what is under way is called off. Idempotent.
        public void giveBack() {
            free();
            if (asked != null) {
                asked.cancel(true);
            }
        }

        private boolean setOut() {
            synchronized (Passage.this) {
                isUnderWay = underWay < MOST_UNDER_WAY;
                underWay += isUnderWay ? 1 : 0;
                return isUnderWay;
            }
        }

        private void free() {
            synchronized (Passage.this) {
                if (isTaken) {
                    isTaken = false;
                    places--;
                    underWay -= isUnderWay ? 1 : 0;
                    byNetwork.computeIfPresent(network, (same, taken) -> taken == 1 ? null : taken - 1);
                }
            }
        }
    }
}
