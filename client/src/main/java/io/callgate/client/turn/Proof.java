package io.callgate.client.turn;

import io.callgate.client.net.Login;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Attribute.PasswordAlgorithms;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.SecurityFeatures;
import java.nio.ByteBuffer;
import java.util.Optional;

/// How a request proves its login: long-term credentials (RFC 8489 §9.2), made from a 401 or 438 of the relay.
/// SHA-256 if the relay offers it, MD5 and SHA-1 if not.
final class Proof {
    private final Login login;
    private final String realm;
    private final String nonce;
    private final Optional<PasswordAlgorithms> offered;
    private final boolean sha256;
    private final byte[] key;

    private Proof(Login login, String realm, String nonce, Optional<PasswordAlgorithms> offered) {
        this.login = login;
        this.realm = realm;
        this.nonce = nonce;
        this.offered = offered;
        this.sha256 = offered.isPresent() && offersSha256(offered.get());
        this.key = sha256
                ? Integrity.longTermKeySha256(login.name(), realm, login.password())
                : Integrity.longTermKeyMd5(login.name(), realm, login.password());
    }

    /// Without a record's equals, which takes a young JVM as long as the hash (decision 0090).
    private static boolean offersSha256(PasswordAlgorithms list) {
        for (PasswordAlgorithm algorithm : list.algorithms()) {
            if (algorithm.number() == PasswordAlgorithm.SHA256.number()
                    && algorithm.parameters().length() == 0) {
                return true;
            }
        }
        return false;
    }

    /// @return empty if the answer names no realm or nonce, or somebody on the way has taken the better
    ///     algorithms out
    static Optional<Proof> of(Login login, Message challenge) {
        Optional<String> realm = challenge.find(Attribute.Realm.class).map(Attribute.Realm::value);
        Optional<String> nonce = challenge.find(Attribute.Nonce.class).map(Attribute.Nonce::value);
        if (realm.isEmpty() || nonce.isEmpty()) {
            return Optional.empty();
        }
        Optional<PasswordAlgorithms> offered = challenge.find(PasswordAlgorithms.class);
        boolean wasOffered = SecurityFeatures.parse(nonce.get())
                .map(SecurityFeatures::passwordAlgorithms)
                .orElse(false);
        if (wasOffered && offered.isEmpty()) {
            return Optional.empty(); // RFC 8489 §9.2.5: a bid-down attack
        }
        // Without the mark in the nonce nobody vouches for the list (RFC 8489 §9.2.4).
        return Optional.of(new Proof(login, realm.get(), nonce.get(), wasOffered ? offered : Optional.empty()));
    }

    /// Closes a request with everything that proves it.
    void seal(MessageEncoder encoder) {
        encoder.add(new Attribute.Username(login.name()))
                .add(new Attribute.Realm(realm))
                .add(new Attribute.Nonce(nonce));
        offered.ifPresent(list -> encoder.add(list).add(sha256 ? PasswordAlgorithm.SHA256 : PasswordAlgorithm.MD5));
        if (sha256) {
            encoder.integritySha256(key);
        } else {
            encoder.integrity(key);
        }
    }

    /// Whether an answer was made by somebody who knows the password.
    boolean isProven(ByteBuffer answer, int length) {
        return sha256 ? Integrity.verifySha256(answer, 0, length, key) : Integrity.verifySha1(answer, 0, length, key);
    }
}
