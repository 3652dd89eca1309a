package io.callgate.control.lease;

import io.callgate.control.allowlist.Allowlists;
import io.callgate.control.store.AllowlistTable.Standing;
import io.callgate.control.store.App;
import io.callgate.control.store.AppSecret;
import io.callgate.control.store.Pool;
import io.callgate.control.store.SecretTable.Kind;
import io.callgate.control.store.Transaction;
import io.callgate.control.store.UidRevocation;
import io.callgate.model.Secret;
import io.callgate.model.Subject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// All that leases of one app are decided by, but for the relays and how much they carry.
///
/// @param pools where they lead, the preferred first
/// @param announced pools that they do not lead to before
/// @param relaySecrets by pool, the newest first
/// @param refusedUntil uids that were thrown out
/// @param standing of its allowlist
record AppRules(
        App app,
        List<Secret> tokenSecrets,
        List<Secret> appSigns,
        List<String> pools,
        Map<String, Instant> announced,
        Map<String, List<AppSecret>> relaySecrets,
        Map<Subject, Instant> refusedUntil,
        Optional<Standing> standing) {
    static AppRules read(Transaction transaction, App app) {
        List<String> pools = transaction.pools().of(app).stream().map(Pool::id).toList();
        Map<String, List<AppSecret>> relaySecrets = new HashMap<>();
        pools.forEach(pool -> relaySecrets.put(pool, transaction.secrets().ofPool(app.id(), pool)));
        Map<Subject, Instant> refusedUntil = new HashMap<>();
        for (UidRevocation revocation : transaction.revocations().all(app.id())) {
            refusedUntil.put(revocation.uid(), revocation.expiresAt());
        }
        return new AppRules(
                app,
                secrets(transaction, app, Kind.TOKEN),
                secrets(transaction, app, Kind.APP_SIGN),
                pools,
                transaction.pools().announcedTo(app),
                relaySecrets,
                refusedUntil,
                transaction.allowlists().standing(app.id()));
    }

    /// Those that leases lead to by then.
    List<String> pools(Instant now) {
        return pools.stream()
                .filter(pool -> !now.isBefore(announced.getOrDefault(pool, now)))
                .toList();
    }

    Optional<Instant> refusedUntil(Subject uid, Instant now) {
        return Optional.ofNullable(refusedUntil.get(uid)).filter(now::isBefore);
    }

    /// What a credential that starts now is signed with.
    Optional<Secret> relaySecret(String pool, Instant now) {
        return Leases.arrived(relaySecrets.getOrDefault(pool, List.of()), now);
    }

    /// The newest version of its allowlist; empty if one has to be made first.
    ///
    /// @param book the number of all allowlists
    OptionalLong newestAllowlist(long book, Instant now) {
        return Allowlists.newest(standing, book, app, now);
    }

    private static List<Secret> secrets(Transaction transaction, App app, Kind kind) {
        return transaction.secrets().ofApp(app.id(), kind).stream()
                .map(AppSecret::secret)
                .toList();
    }
}
