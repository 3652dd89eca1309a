package io.callgate.control.allowlist;

import io.callgate.control.store.Transaction;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.SignedAllowlist;
import java.util.Optional;

/// The keys of an installation: the one that every list is signed with, made when it is first asked for, and while
/// its operator moves to another, that one too (decision 0100).
///
/// @param signer who trusts none but the first sees no difference
public record SigningKeys(SignedAllowlist.Signer signer, Optional<SignedAllowlist.Signer> other) {
    private static final String SIGNER = "allowlist-key";
    private static final String OTHER = "allowlist-key-other";

    public static SigningKeys of(Transaction transaction) {
        return new SigningKeys(
                SigningKey.read(transaction.settings().secret(SIGNER, SigningKey::make)),
                transaction.settings().find(OTHER).map(SigningKey::read));
    }

    public AllowlistKey key() {
        return signer.key();
    }

    /// Makes a second one; there is none yet.
    public static SigningKeys add(Transaction transaction) {
        transaction.settings().secret(OTHER, SigningKey::make);
        return of(transaction);
    }

    /// Lets the two change places; there are two.
    public static SigningKeys promote(Transaction transaction) {
        transaction.settings().exchange(SIGNER, OTHER);
        return of(transaction);
    }

    /// Forgets the second one.
    public static SigningKeys remove(Transaction transaction) {
        transaction.settings().forget(OTHER);
        return of(transaction);
    }

    SignedAllowlist sign(Allowlist allowlist) {
        return SignedAllowlist.sign(allowlist, signer, other);
    }
}
