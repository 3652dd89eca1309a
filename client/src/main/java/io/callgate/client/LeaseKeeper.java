package io.callgate.client;

import io.callgate.client.failure.Failure;
import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseJson;
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
/// but for [#policy].
final class LeaseKeeper {
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration RETRY_EVERY = Duration.ofSeconds(5);
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final Duration SHORTEST_USE = Duration.ofSeconds(5);
    private static final Duration LONGEST_USE = Duration.ofHours(1);

    private final Common common;
    private final Settings settings;
    private @Nullable Candidates candidates;
    private boolean storeRead;
    private Instant renewAt = Instant.MAX;
    private boolean renewing;
    private boolean asking;

    LeaseKeeper(Common common) {
        this.common = common;
        this.settings = common.settings();
    }

    Optional<Candidates> candidates() {
        return Optional.ofNullable(candidates);
    }

    /// What the app's clients do when it says nothing: as the last lease had it, else as control has it.
    /// Blocks; from any thread.
    ModePolicy policy() {
        Optional<Lease> stored = stored();
        if (stored.isPresent()) {
            return stored.get().policy();
        }
        try {
            return asker().policy();
        } catch (PathException e) {
            common.trace().add("no policy: " + e.failure());
            return ModePolicy.DEFAULT;
        }
    }

    private LeaseAsker asker() {
        return settings.asker()
                .orElseThrow(() -> new PathException(
                        ErrorCode.INVALID_ARGUMENT,
                        "this proxy knows no entry to ask for a lease",
                        "give the builder an entry, a uid, and a token or an app sign"));
    }

    private Optional<Lease> stored() {
        try {
            return settings.store().load().map(LeaseJson::parseLease);
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
    /// refuses.
    private Lease leaseOrStored(boolean readsStore) {
        try {
            return asker().lease();
        } catch (PathException e) {
            boolean isRefusal = e.code().number() / 1000 == 42;
            Optional<Lease> last = isRefusal || !readsStore ? Optional.empty() : stored();
            if (last.isPresent() && isGood(last.get())) {
                common.trace().add("the lease of the last start, for " + e.failure());
                return last.get();
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
        Candidates now = new Candidates(lease, settings.trust());
        candidates = now;
        Instant takenAt = common.now();
        double part = 0.7 + 0.1 * ThreadLocalRandom.current().nextDouble(); // not all clients of a minute at once
        renewAt = takenAt.plusMillis((long) (part * usableMillis(lease, takenAt)));
        common.trace()
                .add("lease until " + lease.expiresAt() + " with "
                        + lease.candidates().size() + " candidates");
        common.threads()
                .aside(() -> settings.store().save(LeaseJson.write(lease).toString()));
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

    void renewIfDue(Consumer<Candidates> then) {
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
                    then.accept(take(answer.get()));
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
