package io.callgate.relay.turn;

import io.callgate.model.StaticUser;
import io.callgate.relay.grant.Authenticator;
import io.callgate.relay.grant.DropReason;
import io.callgate.relay.grant.Identity;
import io.callgate.wire.stun.Attribute;
import io.callgate.wire.stun.Attribute.PasswordAlgorithm;
import io.callgate.wire.stun.Attribute.PasswordAlgorithms;
import io.callgate.wire.stun.Integrity;
import io.callgate.wire.stun.Message;
import io.callgate.wire.stun.MessageEncoder;
import io.callgate.wire.stun.SecurityFeatures;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The long-term credential mechanism of RFC 8489 §9.2.4: who sent this request? Keeps nothing of a client.
final class RequestProof {
    private static final PasswordAlgorithms OFFERED =
            new PasswordAlgorithms(List.of(PasswordAlgorithm.SHA256, PasswordAlgorithm.MD5));

    private final Authenticator authenticator;
    private final Nonces nonces;

    RequestProof(Authenticator authenticator, Nonces nonces) {
        this.authenticator = authenticator;
        this.nonces = nonces;
    }

    /// What came of the check.
    sealed interface Outcome {
        /// @param realm that the keys were made for
        /// @param keys of the proved user, to be kept by an allocation
        /// @param seal how answers are protected
        record Proved(String userName, Identity identity, String realm, Keys keys, Seal seal) implements Outcome {}

        record Failed(Answer.Refused answer) implements Outcome {}
    }

    /// How answers to a request are protected: by the key and the integrity attribute that the request used.
    record Seal(Keys keys, PasswordAlgorithm algorithm, boolean sha256) {
        void put(MessageEncoder answer) {
            if (sha256) {
                answer.integritySha256(keys.of(algorithm));
            } else {
                answer.integrity(keys.of(algorithm));
            }
        }
    }

    /// Checks one request.
    ///
    /// @param owner the allocation on the request's five-tuple, if any: its keys hold although its credential has
    ///     expired or been rotated since
    Outcome check(
            Message request,
            ByteBuffer memory,
            int offset,
            int length,
            ClientPath client,
            String realm,
            @Nullable Allocation owner) {
        boolean hasSha256 = request.find(Attribute.MessageIntegritySha256.class).isPresent();
        if (!hasSha256 && request.find(Attribute.MessageIntegrity.class).isEmpty()) {
            return new Outcome.Failed(challenge(401, DropReason.NO_CREDENTIAL, client, realm));
        }
        Optional<String> userName = request.find(Attribute.Username.class).map(Attribute.Username::value);
        Optional<Attribute.UserHash> userHash = request.find(Attribute.UserHash.class);
        Optional<String> nonce = request.find(Attribute.Nonce.class).map(Attribute.Nonce::value);
        if ((userName.isEmpty() && userHash.isEmpty())
                || nonce.isEmpty()
                || request.find(Attribute.Realm.class).isEmpty()) {
            return new Outcome.Failed(Answer.Refused.badRequest("integrity without USERNAME, REALM and NONCE"));
        }
        if (!nonces.isFresh(nonce.get(), client.high(), client.low())) {
            return new Outcome.Failed(challenge(438, DropReason.STALE_NONCE, client, realm));
        }
        Optional<PasswordAlgorithm> algorithm = agreedAlgorithm(request, nonce.get());
        if (algorithm.isEmpty()) {
            return new Outcome.Failed(
                    Answer.Refused.badRequest("PASSWORD-ALGORITHM and PASSWORD-ALGORITHMS do not match the offer"));
        }
        Signed signed = new Signed(memory, offset, length, algorithm.get(), hasSha256);
        if (owner != null && isNamed(owner.userName(), userName, userHash, realm)) {
            return signed.by(owner.keys())
                    ? new Outcome.Proved(
                            owner.userName(),
                            owner.grant().identity(),
                            owner.realm(),
                            owner.keys(),
                            signed.seal(owner.keys()))
                    : new Outcome.Failed(challenge(401, DropReason.WRONG_PASSWORD, client, realm));
        }
        Named named = named(userName, userHash, realm);
        for (Supplier<String> password : named.claim().passwords()) {
            Keys keys = new Keys(named.userName(), realm, password.get());
            if (signed.by(keys) && named.claim() instanceof Authenticator.Claim.Credible credible) {
                return new Outcome.Proved(named.userName(), credible.identity(), realm, keys, signed.seal(keys));
            }
        }
        DropReason reason = named.claim() instanceof Authenticator.Claim.Refused refused
                ? refused.reason()
                : DropReason.WRONG_PASSWORD;
        return new Outcome.Failed(challenge(401, reason, client, realm));
    }

    /// 401 or 438. Small on purpose: for a request without credential it stays under three times the request,
    /// counted as IP packets, so that we are no amplifier (decision 0004).
    private Answer.Refused challenge(int code, DropReason reason, ClientPath client, String realm) {
        SecurityFeatures features = new SecurityFeatures(true, authenticator.hasStaticUsers());
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(new Attribute.Realm(realm));
        attributes.add(new Attribute.Nonce(nonces.mint(features, client.high(), client.low())));
        attributes.add(OFFERED);
        return new Answer.Refused(code, code == 401 ? "Unauthorized" : "Stale Nonce", reason, attributes);
    }

    /// RFC 8489 §9.2.4: a client that knows PASSWORD-ALGORITHMS repeats our list unchanged and names its choice;
    /// any difference is an attempt to bid down. A client of RFC 5389 sends neither and means MD5.
    private static Optional<PasswordAlgorithm> agreedAlgorithm(Message request, String nonce) {
        Optional<PasswordAlgorithms> repeated = request.find(PasswordAlgorithms.class);
        Optional<PasswordAlgorithm> chosen = request.find(PasswordAlgorithm.class);
        boolean offered = SecurityFeatures.parse(nonce)
                .map(SecurityFeatures::passwordAlgorithms)
                .orElse(false);
        if (repeated.isEmpty() && chosen.isEmpty()) {
            return Optional.of(PasswordAlgorithm.MD5);
        }
        return offered && repeated.equals(Optional.of(OFFERED))
                ? chosen.filter(OFFERED.algorithms()::contains)
                : Optional.empty();
    }

    private static boolean isNamed(
            String name, Optional<String> userName, Optional<Attribute.UserHash> userHash, String realm) {
        return userName.isPresent()
                ? userName.get().equals(name)
                : MessageDigest.isEqual(userHash.orElseThrow().value().toArray(), Integrity.userHash(name, realm));
    }

    private record Named(String userName, Authenticator.Claim claim) {}

    private Named named(Optional<String> userName, Optional<Attribute.UserHash> userHash, String realm) {
        if (userName.isPresent()) {
            return new Named(userName.get(), authenticator.claim(userName.get()));
        }
        byte[] wanted = userHash.orElseThrow().value().toArray();
        for (StaticUser user : authenticator.staticUsers()) {
            if (MessageDigest.isEqual(wanted, Integrity.userHash(user.name(), realm))) {
                return new Named(user.name(), authenticator.claimOf(user));
            }
        }
        return new Named("", authenticator.claim(""));
    }

    /// The bytes of a request, asking for a key.
    private record Signed(ByteBuffer memory, int offset, int length, PasswordAlgorithm algorithm, boolean sha256) {
        boolean by(Keys keys) {
            byte[] key = keys.of(algorithm);
            return sha256
                    ? Integrity.verifySha256(memory, offset, length, key)
                    : Integrity.verifySha1(memory, offset, length, key);
        }

        Seal seal(Keys keys) {
            return new Seal(keys, algorithm, sha256);
        }
    }
}
