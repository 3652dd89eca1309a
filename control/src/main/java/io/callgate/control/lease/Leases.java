package io.callgate.control.lease;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.lease.LeaseAnswer.Granted;
import io.callgate.control.lease.LeaseAnswer.Refused;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.LivePlace;
import io.callgate.control.store.Pool;
import io.callgate.control.store.SecretTable;
import io.callgate.control.store.Store;
import io.callgate.control.store.Transaction;
import io.callgate.model.Allowlist;
import io.callgate.model.AppId;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseRequest;
import io.callgate.model.ModePolicy;
import io.callgate.model.RelayCredential;
import io.callgate.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// Hands out leases. Each is decided on what the store says in one transaction, and none is stored: its id is
/// signed, so any control renews it.
public final class Leases {
    /// Relays have a new secret within 3 s; until this age leases are signed with the one before.
    private static final Duration SECRET_TRAVEL = Duration.ofSeconds(10);

    private static final String ASK_THE_OPERATOR = "ask the operator of the relays";

    private final Store store;
    private final LeaseIds ids;
    private final LivePlaces places = new LivePlaces();

    public Leases(Store store) {
        this.store = store;
        this.ids = new LeaseIds(
                store.change("control", transaction -> transaction.settings().secret("lease-key")));
    }

    public LeaseAnswer issue(LeaseRequest request, Proof proof) {
        return answer((transaction, numbering) -> {
            TokenVerdict verdict = verify(transaction, request, proof);
            if (verdict instanceof TokenVerdict.Bad bad) {
                return Optional.of(bad.refusal());
            }
            AppId id = ((TokenVerdict.Good) verdict).app();
            App app = transaction.apps().find(id).orElseThrow();
            LeaseTerms terms = LeaseTerms.of(
                    transaction.newId(),
                    id,
                    request,
                    wholeSeconds(transaction),
                    app.settings().leaseLife());
            long sessions = transaction.relays().liveSessions(id);
            Optional<LeaseAnswer> refused = refusalOfNew(app, sessions, request).map(LeaseAnswer.class::cast);
            return refused.isPresent() ? refused : grant(transaction, app, sessions, terms, numbering);
        });
    }

    public LeaseAnswer renew(String leaseId) {
        return answer((transaction, numbering) -> {
            Optional<LeaseTerms> known = ids.verify(leaseId);
            if (known.isEmpty()) {
                return Optional.of(unknownLease());
            }
            LeaseTerms terms = known.get();
            Instant now = wholeSeconds(transaction);
            if (terms.expiresAt().isBefore(now) || terms.renewableUntil().isBefore(now)) {
                return Optional.of(new Refused(
                        ErrorCode.TOKEN_EXPIRED,
                        "the lease can be renewed no more",
                        "ask for a new one with a token of the app"));
            }
            if (transaction.revocations().isEnded(terms.id())) {
                return Optional.of(new Refused(ErrorCode.TOKEN_INVALID, "the lease was ended", "ask for a new one"));
            }
            App app = transaction.apps().find(terms.app()).orElseThrow();
            return grant(
                    transaction,
                    app,
                    transaction.relays().liveSessions(app.id()),
                    terms.renewed(now, app.settings().leaseLife()),
                    numbering);
        });
    }

    /// The newest version of an app's allowlist; empty if only a change of the store could tell.
    private interface Numbering {
        OptionalLong newest(Transaction transaction, App app);
    }

    /// Empty if the numbering was.
    private interface Decision {
        Optional<LeaseAnswer> take(Transaction transaction, Numbering numbering);
    }

    /// Nearly every lease only reads; the first one after a change of the allowlist makes its next version.
    private LeaseAnswer answer(Decision decision) {
        return store.read(transaction -> decision.take(transaction, Allowlists::standing))
                .orElseGet(() -> store.change(
                        "client",
                        transaction -> decision.take(
                                        transaction, (it, app) -> OptionalLong.of(Allowlists.version(it, app)))
                                .orElseThrow()));
    }

    /// @return empty if it is ended now
    public Optional<Refused> end(String leaseId) {
        Optional<LeaseTerms> terms = ids.verify(leaseId);
        if (terms.isEmpty()) {
            return Optional.of(unknownLease());
        }
        store.change("client", transaction -> {
            transaction.revocations().endLease(terms.get().id(), terms.get().renewableUntil());
            return true;
        });
        return Optional.empty();
    }

    /// Which app somebody speaks for who shows a token of it, or a lease.
    public TokenVerdict speaksFor(Optional<String> shown) {
        return store.read(transaction -> {
            Optional<LeaseTerms> lease = shown.flatMap(ids::verify)
                    .filter(terms -> !terms.renewableUntil().isBefore(wholeSeconds(transaction)))
                    .filter(terms -> !transaction.revocations().isEnded(terms.id()));
            if (lease.isPresent()) {
                return new TokenVerdict.Good(lease.get().app(), lease.get().uid());
            }
            return shown.filter(text -> !text.isEmpty())
                    .map(text -> AppTokens.verify(
                            text, app -> secrets(transaction, app, SecretTable.Kind.TOKEN), transaction.now()))
                    .orElseGet(() -> bad(
                            ErrorCode.TOKEN_REQUIRED,
                            "there is no token",
                            "send Authorization: Bearer and a token of the app, or the leaseId of a lease"));
        });
    }

    /// The default for an app that does not exist: nobody learns which apps do.
    public ModePolicy policy(AppId app) {
        return store.read(transaction -> transaction
                .apps()
                .find(app)
                .map(found -> found.settings().policy())
                .orElse(ModePolicy.DEFAULT));
    }

    private TokenVerdict verify(Transaction transaction, LeaseRequest request, Proof proof) {
        return switch (proof) {
            case Proof.Missing missing ->
                bad(ErrorCode.TOKEN_REQUIRED, "there is no token", "send Authorization: Bearer and a token of the app");
            case Proof.Token token -> {
                TokenVerdict verdict = AppTokens.verify(
                        token.jwt().reveal(),
                        app -> secrets(transaction, app, SecretTable.Kind.TOKEN),
                        transaction.now());
                if (verdict instanceof TokenVerdict.Good good) {
                    if (!good.uid().equals(request.uid())) {
                        yield bad(ErrorCode.TOKEN_INVALID, "the token is another uid's", "ask with the uid of its sub");
                    }
                    if (token.app().filter(app -> !app.equals(good.app())).isPresent()) {
                        yield bad(
                                ErrorCode.TOKEN_INVALID,
                                "the token is another app's",
                                "leave appId out, or name its iss");
                    }
                }
                yield verdict;
            }
            case Proof.AppSign shown ->
                secrets(transaction, shown.app(), SecretTable.Kind.APP_SIGN).contains(shown.sign())
                        ? new TokenVerdict.Good(shown.app(), request.uid())
                        : bad(ErrorCode.TOKEN_INVALID, "the app has no such app sign", ASK_THE_OPERATOR);
        };
    }

    /// What may stand against a new lease, and no more against one that lives.
    private static Optional<Refused> refusalOfNew(App app, long sessions, LeaseRequest request) {
        var minimum = app.settings().sdkMinimumVersion();
        if (minimum.isPresent()
                && request.sdk().isPresent()
                && request.sdk().get().version().compareTo(minimum.get()) < 0) {
            return Optional.of(new Refused(
                    ErrorCode.SDK_TOO_OLD,
                    "SDK " + request.sdk().get().version() + " is older than " + minimum.get(),
                    "use SDK " + minimum.get() + " or newer"));
        }
        return sessions >= app.settings().quota().sessionsWithGrace()
                ? Optional.of(new Refused(
                        ErrorCode.QUOTA_EXCEEDED,
                        sessions + " sessions live; " + app.settings().quota().sessions() + " and 10 % are agreed",
                        "try again when some have ended, or " + ASK_THE_OPERATOR))
                : Optional.empty();
    }

    private Optional<LeaseAnswer> grant(
            Transaction transaction, App app, long sessions, LeaseTerms terms, Numbering numbering) {
        OptionalLong newest = numbering.newest(transaction, app);
        return newest.isPresent()
                ? Optional.of(grant(transaction, app, sessions, terms, newest.getAsLong()))
                : Optional.empty();
    }

    /// @param sessions that live now, as relays reported
    /// @param newest version of the app's allowlist
    private LeaseAnswer grant(Transaction transaction, App app, long sessions, LeaseTerms terms, long newest) {
        if (!app.isServed()) {
            return new Refused(
                    ErrorCode.NOT_ACTIVATED,
                    "the app is " + app.status().name().toLowerCase(Locale.ROOT),
                    ASK_THE_OPERATOR);
        }
        Optional<Instant> refusedUntil = transaction.revocations().refusedUntil(app.id(), terms.uid());
        if (refusedUntil.isPresent()) {
            return new Refused(
                    ErrorCode.TOKEN_INVALID, "the uid is refused until " + refusedUntil.get(), ASK_THE_OPERATOR);
        }
        if (terms.region().isPresent()
                && !app.settings().regions().allows(terms.region().get())) {
            return regionForbidden(
                    "the app may not use region " + terms.region().get());
        }
        List<String> pools = transaction.pools().of(app).stream().map(Pool::id).toList();
        List<LivePlace> alive = places.of(transaction, pools);
        List<LivePlace> allowed = alive.stream()
                .filter(place -> app.settings().regions().allows(place.address().region()))
                .toList();
        if (allowed.isEmpty() && !alive.isEmpty()) {
            return regionForbidden("no relay stands in a region that the app may use");
        }
        Optional<Allowlist> firewall = terms.firewall().isEmpty()
                ? Optional.empty()
                : transaction
                        .allowlists()
                        .find(app.id(), Math.min(terms.firewall().getAsLong(), newest));
        Ranking ranking = new Ranking(terms, app.settings().carriers(), firewall);
        List<LivePlace> usable = allowed.stream().filter(ranking::isUsable).toList();
        Optional<String> pool = ranking.pool(pools, usable);
        if (pool.isEmpty()) {
            return new Refused(
                    ErrorCode.NO_RELAY,
                    allowed.isEmpty() ? "no relay of the app is alive" : "no relay of the app has these transports",
                    firewall.filter(list -> list.version() < newest).isPresent()
                            ? "let your firewall have version " + newest + " of the allowlist: it has "
                                    + terms.firewall().getAsLong()
                            : "try again in some seconds, or " + ASK_THE_OPERATOR);
        }
        List<LivePlace> ofPool = usable.stream()
                .filter(place -> place.address().pool().equals(pool.get()))
                .toList();
        Optional<Secret> secret = relaySecret(transaction, app.id(), pool.get());
        if (secret.isEmpty()) { // suspended this moment, or the pool has just been made
            return new Refused(ErrorCode.NO_RELAY, "the app has no secret in this pool", "try again in some seconds");
        }
        RelayCredential credential = RelayCredential.mint(secret.get(), app.id(), terms.uid(), terms.expiresAt());
        return new Granted(new Lease(
                ids.sign(terms),
                terms.expiresAt(),
                ranking.candidates(ofPool),
                credential,
                app.settings().policy(),
                newest,
                warnings(app, sessions)));
    }

    /// Above what is agreed and within the grace: told with every lease, so that nobody learns of it by a refusal.
    private static List<ErrorCode> warnings(App app, long sessions) {
        return sessions > app.settings().quota().sessions() ? List.of(ErrorCode.QUOTA_OVERAGE) : List.of();
    }

    /// What a credential that starts now is signed with: the newest that relays are sure to have.
    public static Optional<Secret> relaySecret(Transaction transaction, AppId app, String pool) {
        List<AppSecret> live = transaction.secrets().ofPool(app, pool);
        Instant arrived = transaction.now().minus(SECRET_TRAVEL);
        return live.stream()
                .filter(secret -> secret.createdAt().isBefore(arrived))
                .findFirst()
                .or(() -> live.isEmpty() ? Optional.empty() : Optional.of(live.getLast()))
                .map(AppSecret::secret);
    }

    private static List<Secret> secrets(Transaction transaction, AppId app, SecretTable.Kind kind) {
        return transaction.secrets().ofApp(app, kind).stream()
                .map(AppSecret::secret)
                .toList();
    }

    private static Instant wholeSeconds(Transaction transaction) {
        return transaction.now().truncatedTo(ChronoUnit.SECONDS); // as credentials keep it
    }

    private static TokenVerdict bad(ErrorCode code, String detail, String mend) {
        return new TokenVerdict.Bad(new Refused(code, detail, mend));
    }

    private static Refused unknownLease() {
        return new Refused(ErrorCode.TOKEN_INVALID, "no control here has signed this lease", "ask for a new one");
    }

    private static Refused regionForbidden(String detail) {
        return new Refused(ErrorCode.REGION_FORBIDDEN, detail, "ask without a region, or " + ASK_THE_OPERATOR);
    }
}
