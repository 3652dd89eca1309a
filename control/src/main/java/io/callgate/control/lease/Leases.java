package io.callgate.control.lease;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.lease.LeaseAnswer.Granted;
import io.callgate.control.lease.LeaseAnswer.Refused;
import io.callgate.control.lease.LeaseBook.Edition;
import io.callgate.control.store.AllowlistTable.Standing;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.Store;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Hands out leases. Each is decided on the newest edition of what the store says, and none is stored: its id is
/// signed, so any control renews it.
public final class Leases {
    /// Relays have a new secret within 3 s; until this age leases are signed with the one before.
    private static final Duration SECRET_TRAVEL = Duration.ofSeconds(10);

    private static final String ASK_THE_OPERATOR = "ask the operator of the relays";

    private final Store store;
    private final LeaseIds ids;
    private final LeaseBook book;
    private final LiveSessions sessions;

    /// Held by the lease that makes the next version of an allowlist.
    private final ReentrantLock numbering = new ReentrantLock();

    /// @param reportsTaken how many reports of relays this control has taken
    public Leases(Store store, LongSupplier reportsTaken) {
        this.store = store;
        this.ids = new LeaseIds(
                store.change("control", transaction -> transaction.settings().secret("lease-key")));
        this.book = new LeaseBook(store);
        this.sessions = new LiveSessions(store, reportsTaken);
    }

    public LeaseAnswer issue(LeaseRequest request, Proof proof) {
        Instant now = store.time().now();
        Edition edition = book.newest();
        TokenVerdict verdict = verify(edition, request, proof, now);
        if (verdict instanceof TokenVerdict.Bad bad) {
            return bad.refusal();
        }
        AppRules rules = edition.rules(((TokenVerdict.Good) verdict).app()).orElseThrow();
        App app = rules.app();
        long live = sessions.of(app.id(), now.toEpochMilli());
        LeaseTerms terms = LeaseTerms.of(
                store.newId(),
                app.id(),
                request,
                wholeSeconds(now),
                app.settings().leaseLife());
        return refusalOfNew(app, live, request)
                .map(LeaseAnswer.class::cast)
                .orElseGet(() -> grant(edition, rules, live, terms, now));
    }

    public LeaseAnswer renew(String leaseId) {
        Optional<LeaseTerms> known = ids.verify(leaseId);
        if (known.isEmpty()) {
            return unknownLease();
        }
        LeaseTerms terms = known.get();
        Instant now = store.time().now();
        if (terms.expiresAt().isBefore(wholeSeconds(now))
                || terms.renewableUntil().isBefore(wholeSeconds(now))) {
            return new Refused(
                    ErrorCode.TOKEN_EXPIRED,
                    "the lease can be renewed no more",
                    "ask for a new one with a token of the app");
        }
        if (store.read(transaction -> transaction.revocations().isEnded(terms.id()))) {
            return new Refused(ErrorCode.TOKEN_INVALID, "the lease was ended", "ask for a new one");
        }
        Edition edition = book.newest();
        AppRules rules = edition.rules(terms.app()).orElseThrow();
        return grant(
                edition,
                rules,
                sessions.of(terms.app(), now.toEpochMilli()),
                terms.renewed(wholeSeconds(now), rules.app().settings().leaseLife()),
                now);
    }

    /// The newest version of an app's allowlist. Nearly every lease only reads it; the first one after a change
    /// makes the next and waits for the disk, and those that come meanwhile are told the version before.
    private long newestAllowlist(Edition edition, AppId app, Instant now) {
        OptionalLong known = knownAllowlist(edition, app, now);
        if (known.isPresent()) {
            return known.getAsLong();
        }
        if (!numbering.tryLock()) {
            Optional<Standing> before = edition.rules(app).orElseThrow().standing();
            if (before.isPresent()) {
                return before.get().version();
            }
            numbering.lock();
        }
        try {
            known = knownAllowlist(edition, app, now);
            if (known.isPresent()) {
                return known.getAsLong();
            }
            long made = store.change(
                    "client",
                    transaction -> Allowlists.version(
                            transaction, transaction.apps().find(app).orElseThrow()));
            edition.forget(app);
            return made;
        } finally {
            numbering.unlock();
        }
    }

    private static OptionalLong knownAllowlist(Edition edition, AppId app, Instant now) {
        return edition.rules(app)
                .orElseThrow()
                .newestAllowlist(edition.versions().allowlist(), now);
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
        Instant now = store.time().now();
        Optional<LeaseTerms> lease = shown.flatMap(ids::verify)
                .filter(terms -> !terms.renewableUntil().isBefore(wholeSeconds(now)))
                .filter(terms ->
                        !store.read(transaction -> transaction.revocations().isEnded(terms.id())));
        if (lease.isPresent()) {
            return new TokenVerdict.Good(lease.get().app(), lease.get().uid());
        }
        Edition edition = book.newest();
        return shown.filter(text -> !text.isEmpty())
                .map(text -> AppTokens.verify(text, app -> tokenSecrets(edition, app), now))
                .orElseGet(() -> bad(
                        ErrorCode.TOKEN_REQUIRED,
                        "there is no token",
                        "send Authorization: Bearer and a token of the app, or the leaseId of a lease"));
    }

    /// The default for an app that does not exist: nobody learns which apps do.
    public ModePolicy policy(AppId app) {
        return store.read(transaction -> transaction
                .apps()
                .find(app)
                .map(found -> found.settings().policy())
                .orElse(ModePolicy.DEFAULT));
    }

    private static TokenVerdict verify(Edition edition, LeaseRequest request, Proof proof, Instant now) {
        return switch (proof) {
            case Proof.Missing missing ->
                bad(ErrorCode.TOKEN_REQUIRED, "there is no token", "send Authorization: Bearer and a token of the app");
            case Proof.Token token -> {
                TokenVerdict verdict = AppTokens.verify(token.jwt().reveal(), app -> tokenSecrets(edition, app), now);
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
                edition.rules(shown.app())
                                .map(AppRules::appSigns)
                                .orElse(List.of())
                                .contains(shown.sign())
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

    /// @param live sessions of the app now, as relays reported
    private LeaseAnswer grant(Edition edition, AppRules rules, long live, LeaseTerms terms, Instant now) {
        App app = rules.app();
        if (!app.isServed()) {
            return new Refused(
                    ErrorCode.NOT_ACTIVATED,
                    "the app is " + app.status().name().toLowerCase(Locale.ROOT),
                    ASK_THE_OPERATOR);
        }
        Optional<Instant> refusedUntil = rules.refusedUntil(terms.uid(), now);
        if (refusedUntil.isPresent()) {
            return new Refused(
                    ErrorCode.TOKEN_INVALID, "the uid is refused until " + refusedUntil.get(), ASK_THE_OPERATOR);
        }
        if (terms.region().isPresent()
                && !app.settings().regions().mayAllowIn(terms.region().get())) {
            return regionForbidden(
                    "the app may not use region " + terms.region().get());
        }
        List<String> pools = rules.pools(now);
        List<Door> alive = edition.doors(pools, now.toEpochMilli());
        List<Door> allowed = alive.stream()
                .filter(door -> app.settings().regions().allows(door.address().region()))
                .filter(door -> terms.regions().allows(door.address().region()))
                .toList();
        if (allowed.isEmpty() && !alive.isEmpty()) {
            return regionForbidden("no relay stands in a region that the app may use and the client wants");
        }
        long newest = newestAllowlist(edition, app.id(), now);
        Optional<Allowlist> firewall = firewall(app.id(), terms.firewall(), newest);
        Ranking ranking = new Ranking(terms, app.settings().carriers(), firewall);
        Optional<String> pool = ranking.pool(pools, allowed);
        if (pool.isEmpty()) {
            return new Refused(
                    ErrorCode.NO_RELAY,
                    allowed.isEmpty() ? "no relay of the app is alive" : "no relay of the app has these transports",
                    firewall.filter(list -> list.version() < newest).isPresent()
                            ? "let your firewall have version " + newest + " of the allowlist: it has "
                                    + terms.firewall().getAsLong()
                            : "try again in some seconds, or " + ASK_THE_OPERATOR);
        }
        Optional<Secret> secret = rules.relaySecret(pool.get(), now);
        if (secret.isEmpty()) { // suspended this moment, or the pool has just been made
            return new Refused(ErrorCode.NO_RELAY, "the app has no secret in this pool", "try again in some seconds");
        }
        RelayCredential credential = RelayCredential.mint(secret.get(), app.id(), terms.uid(), terms.expiresAt());
        return new Granted(new Lease(
                ids.sign(terms, credential),
                terms.expiresAt(),
                ranking.candidates(pool.get(), allowed),
                credential,
                app.settings().policy(),
                newest,
                warnings(app, live)));
    }

    /// Above what is agreed and within the grace: told with every lease, so that nobody learns of it by a refusal.
    private static List<ErrorCode> warnings(App app, long sessions) {
        return sessions > app.settings().quota().sessions() ? List.of(ErrorCode.QUOTA_OVERAGE) : List.of();
    }

    /// What a client's firewall has opened; empty if it did not say.
    private Optional<Allowlist> firewall(AppId app, OptionalLong version, long newest) {
        return version.isEmpty()
                ? Optional.empty()
                : store.read(transaction -> transaction.allowlists().find(app, Math.min(version.getAsLong(), newest)));
    }

    /// What a credential that starts now is signed with: the newest that relays are sure to have.
    ///
    /// @param live the app's secrets in a pool, the newest first
    public static Optional<Secret> arrived(List<AppSecret> live, Instant now) {
        Instant arrived = now.minus(SECRET_TRAVEL);
        return live.stream()
                .filter(secret -> secret.createdAt().isBefore(arrived))
                .findFirst()
                .or(() -> live.isEmpty() ? Optional.empty() : Optional.of(live.getLast()))
                .map(AppSecret::secret);
    }

    private static List<Secret> tokenSecrets(Edition edition, AppId app) {
        return edition.rules(app).map(AppRules::tokenSecrets).orElse(List.of());
    }

    /// As credentials keep it.
    private static Instant wholeSeconds(Instant now) {
        return now.truncatedTo(ChronoUnit.SECONDS);
    }

    private static TokenVerdict bad(ErrorCode code, String detail, String mend) {
        return new TokenVerdict.Bad(new Refused(code, detail, mend));
    }

    private static Refused unknownLease() {
        return new Refused(ErrorCode.TOKEN_INVALID, "no control here has signed this lease", "ask for a new one");
    }

    private static Refused regionForbidden(String detail) {
        return new Refused(
                ErrorCode.REGION_FORBIDDEN, detail, "ask for other regions or for any, or " + ASK_THE_OPERATOR);
    }
}
