package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.ModePolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Has a lease when one is needed, and renews it in time; keeps the last one for the next start. Loop only,
/// but for what is said of policies.
final class LeaseKeeper {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration RETRY_EVERY = Duration.ofSeconds(5);
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final Duration SHORTEST_USE = Duration.ofSeconds(5);
    private static final Duration LONGEST_USE = Duration.ofHours(1);

    private final Common common;
    private final Settings settings;
    private final Consumer<ModePolicy> onPolicy;
    private @Nullable Candidates candidates;
    private boolean storeRead;
    private Instant renewAt = Instant.MAX;
    private boolean renewing;
    private boolean asking;
    private volatile @Nullable ModePolicy policy;

    /// @param onPolicy told of each that comes with a lease
    LeaseKeeper(Common common, Consumer<ModePolicy> onPolicy) {
        this.common = common;
        this.settings = common.settings();
        this.onPolicy = onPolicy;
    }

    Optional<Candidates> candidates() {
        return Optional.ofNullable(candidates);
    }

    /// What is known of it at the moment. Never blocks; from any thread.
    Optional<ModePolicy> knownPolicy() {
        return Optional.ofNullable(policy);
    }

    /// What the app's clients do where it says nothing itself: as is known, else as the last lease had it, else
    /// as control has it. Empty if that cannot be got. Blocks; from any thread but the loop.
    Optional<ModePolicy> policy() {
        if (policy == null) {
            Optional<ModePolicy> stored = stored().map(kept -> kept.lease().policy());
            (stored.isPresent() ? stored : askedPolicy()).ifPresent(this::knowUnlessKnown);
        }
        return knownPolicy();
    }

    /// A lease may have come while this was asked for: its word is the newer one.
    private synchronized void knowUnlessKnown(ModePolicy asked) {
        if (policy == null || policy.equals(asked)) {
            know(asked);
        } else {
            common.trace().add("this policy comes too late: " + asked);
        }
    }

    private synchronized void know(ModePolicy now) {
        if (!now.equals(policy)) {
            common.trace().add("policy: " + now);
        }
        policy = now;
    }

    private Optional<ModePolicy> askedPolicy() {
        try {
            return asker().policy();
        } catch (PathException e) {
            common.trace().add("no policy: " + e.failure());
            return Optional.empty();
        }
    }

    private LeaseAsker asker() {
        return settings.asker()
                .orElseThrow(() -> new PathException(
                        ErrorCode.INVALID_ARGUMENT,
                        "this proxy knows no entry to ask for a lease",
                        "give the builder an entry, a uid, and a token or an app sign"));
    }

    /// Empty where it is somebody else's, too. Whoever reads it asks the entry in it first from then on.
    private Optional<KeptLease> stored() {
        try {
            Optional<KeptLease> kept = settings.store().load().map(KeptLease::parse);
            if (kept.isPresent() && !asker().isOwn(kept.get().lease())) {
                common.trace().add("the stored lease is another user's or another app's, and not used");
                return Optional.empty();
            }
            kept.flatMap(KeptLease::entry).ifPresent(asker().control()::prefer);
            return kept;
        } catch (RuntimeException e) {
            common.trace()
                    .add("the stored lease cannot be read: " + e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    /// The lease that is there, if it is good; else a new one. Where control says that it cannot at the moment, it
    /// is asked again for [LeaseClient#PATIENCE].
    void obtain(Consumer<Candidates> then, Consumer<Failure> otherwise) {
        if (candidates != null && isGood(candidates.lease())) {
            then.accept(candidates);
            return;
        }
        boolean readsStore = !storeRead;
        storeRead = true;
        long endNanos = common.nanos() + LeaseClient.PATIENCE.toNanos();
        ask(readsStore, lease -> then.accept(take(lease)), otherwise, endNanos);
    }

    private void ask(boolean readsStore, Consumer<Lease> then, Consumer<Failure> otherwise, long endNanos) {
        long mine = common.round().number();
        common.threads().aside(() -> {
            try {
                Lease lease = leaseOrStored(readsStore);
                common.threads().onLoop(() -> then.accept(lease));
            } catch (PathException e) {
                boolean isWorthATry = e.code() == ErrorCode.CONTROL_UNAVAILABLE && common.nanos() < endNanos;
                common.threads().later(isWorthATry ? ASK_AGAIN.toMillis() : 0, () -> {
                    if (isWorthATry && !common.round().isOver(mine)) {
                        common.trace().add("no lease yet: " + e.failure());
                        ask(readsStore, then, otherwise, endNanos);
                    } else {
                        otherwise.accept(e.failure());
                    }
                });
            } catch (RuntimeException e) {
                Failure failure =
                        new Failure(ErrorCode.RELAY_REFUSED, "asking for a lease failed: " + e, "report this defect");
                common.threads().onLoop(() -> otherwise.accept(failure));
            }
        });
    }

    private boolean isGood(Lease lease) {
        return lease.expiresAt().minus(MARGIN).isAfter(common.now());
    }

    /// Control's word first; the lease of the last start only where control cannot be reached, never where it
    /// refuses. One that is of no use changes nothing: control may yet be reached.
    private Lease leaseOrStored(boolean readsStore) {
        Optional<Lease> last = readsStore ? stored().map(KeptLease::lease) : Optional.empty();
        try {
            return asker().lease();
        } catch (PathException e) {
            boolean isRefusal = e.code().number() / 1000 == 42;
            Optional<Lease> usable =
                    isRefusal ? Optional.empty() : last.filter(this::isGood).flatMap(asker()::inside);
            if (usable.isPresent()) {
                common.trace().add("the lease of the last start, for " + e.failure());
                return usable.get();
            }
            throw e;
        }
    }

    /// Beside whatever goes on: control may know relays that live. Nothing comes of it where control does not
    /// answer.
    void askAnew(Consumer<Candidates> then) {
        if (asking) {
            return;
        }
        asking = true;
        common.threads().aside(() -> {
            Optional<Lease> lease = Optional.empty();
            try {
                lease = Optional.of(asker().lease());
            } catch (RuntimeException e) {
                common.trace().add("no other lease meanwhile: " + e.getMessage());
            }
            Optional<Lease> answer = lease;
            common.threads().onLoop(() -> {
                asking = false;
                answer.ifPresent(other -> then.accept(take(other)));
            });
        });
    }

    /// Asks for the list in the name of the lease at hand; told on the thread of the events.
    void allowlist(AllowlistKey trusted, CompletableFuture<Allowlist> asked) {
        Candidates now = candidates;
        if (now == null) {
            common.threads()
                    .answer(() -> asked.completeExceptionally(new PathException(
                            ErrorCode.NOT_INITIALIZED, "there is no lease to ask with", "wait for the first plan")));
            return;
        }
        common.threads().aside(() -> {
            Runnable answer;
            try {
                Allowlist list = asker().allowlist(now.lease(), trusted);
                answer = () -> asked.complete(list);
            } catch (RuntimeException e) {
                answer = () -> asked.completeExceptionally(e);
            }
            common.threads().answer(answer);
        });
    }

    private Candidates take(Lease lease) {
        Candidates before = candidates;
        Candidates now = new Candidates(lease, settings.trust(), settings.transports());
        candidates = now;
        Instant takenAt = common.now();
        double part = 0.7 + 0.1 * ThreadLocalRandom.current().nextDouble(); // not all clients of a minute at once
        renewAt = takenAt.plusMillis((long) (part * usableMillis(lease, takenAt)));
        common.trace()
                .add("lease until " + lease.expiresAt() + " with "
                        + lease.candidates().size() + " candidates");
        KeptLease kept = new KeptLease(lease, asker().control().lastGood());
        common.threads().aside(() -> settings.store().save(kept.text()));
        know(lease.policy());
        onPolicy.accept(lease.policy());
        boolean warned = before != null && before.lease().warnings().contains(ErrorCode.QUOTA_OVERAGE);
        if (!warned && lease.warnings().contains(ErrorCode.QUOTA_OVERAGE)) {
            common.trace().add("the operator says: " + ErrorCode.QUOTA_OVERAGE.meaning());
            common.teller().tell(ProxyEvents::onQuotaWarning);
        }
        OptionalLong open = before == null
                ? asker().request().allowlistVersion()
                : OptionalLong.of(before.lease().allowlistVersion());
        if (open.isPresent() && open.getAsLong() != lease.allowlistVersion()) {
            common.teller().tell(events -> events.onAllowlistChanged(lease.allowlistVersion()));
        }
        return now;
    }

    /// This machine's clock may be wrong: by one that is ahead the lease ended long ago, by one that is
    /// behind it never does.
    private long usableMillis(Lease lease, Instant takenAt) {
        Duration left = Duration.between(takenAt, lease.expiresAt());
        if (left.compareTo(SHORTEST_USE) < 0) {
            common.trace()
                    .add("this lease ends at " + lease.expiresAt() + ", and this machine's clock says " + takenAt
                            + ": set the clock");
        }
        return Math.max(SHORTEST_USE.toMillis(), Math.min(left.toMillis(), LONGEST_USE.toMillis()));
    }

    /// @param then once another lease is at hand
    void renewIfDue(Runnable then) {
        if (renewing || candidates == null || common.now().isBefore(renewAt)) {
            return;
        }
        renewing = true;
        Lease old = candidates.lease();
        common.threads().aside(() -> {
            Optional<Lease> lease = Optional.empty();
            try {
                lease = Optional.of(renewed(old));
            } catch (RuntimeException e) {
                common.trace().add("the lease was not renewed: " + e.getMessage());
            }
            Optional<Lease> answer = lease;
            common.threads().onLoop(() -> {
                renewing = false;
                if (answer.isPresent()) { // Android 10 has no ifPresentOrElse
                    take(answer.get());
                    then.run();
                } else {
                    notRenewed(old);
                }
            });
        });
    }

    private Lease renewed(Lease old) {
        try {
            return asker().renew(old);
        } catch (PathException e) {
            if (e.code() == ErrorCode.TOKEN_EXPIRED || e.code() == ErrorCode.TOKEN_INVALID) {
                return asker().lease(); // a day is over
            }
            throw e;
        }
    }

    private void notRenewed(Lease old) {
        renewAt = common.now().plus(RETRY_EVERY);
        common.teller().tell(events -> events.onLeaseExpiring(old.expiresAt()));
    }
}
