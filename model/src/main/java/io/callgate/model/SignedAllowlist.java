package io.callgate.model;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An [Allowlist] that its operator answers for: a JSON object with member `signature`, which is over the
/// canonical form of all the others.
///
/// While an operator moves from one key to another there are two (decision 0100): member `keys` names both, and
/// `otherSignature`, by the second, is over all but the two signatures. So who trusts either key believes the
/// list, and learns the other.
public final class SignedAllowlist {
    private static final String SIGNATURE = "signature";
    private static final String OTHER_SIGNATURE = "otherSignature";
    private static final String KEYS = "keys";
    private static final String ALGORITHM = "Ed25519";

    private final ObjectNode document;
    private final Allowlist allowlist;
    private final List<AllowlistKey> keys;

    /// Both halves of a key pair.
    public record Signer(PrivateKey secret, AllowlistKey key) {}

    private SignedAllowlist(ObjectNode document) {
        this.document = document;
        this.allowlist = AllowlistJson.read(document);
        List<AllowlistKey> named = new ArrayList<>();
        document.path(KEYS).forEach(key -> named.add(AllowlistKey.parse(key.asString(""))));
        this.keys = List.copyOf(named);
    }

    /// @param other the one that the operator moves to, or comes from
    public static SignedAllowlist sign(Allowlist allowlist, Signer signer, Optional<Signer> other) {
        ObjectNode document = AllowlistJson.write(allowlist);
        other.ifPresent(second -> {
            ArrayNode keys = document.putArray(KEYS);
            keys.add(signer.key().toString()).add(second.key().toString());
            sign(document, OTHER_SIGNATURE, second);
        });
        sign(document, SIGNATURE, signer);
        return new SignedAllowlist(document);
    }

    private static void sign(ObjectNode document, String member, Signer by) {
        try {
            Signature signer = Signature.getInstance(ALGORITHM);
            signer.initSign(by.secret());
            signer.update(CanonicalJson.bytes(document));
            document.putObject(member)
                    .put("algorithm", ALGORITHM)
                    .put("key", by.key().toString())
                    .put("value", Base64.getEncoder().encodeToString(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this platform signs nothing with Ed25519", e);
        }
    }

    /// Reads one and believes it only if it was signed with this very key: the one that it names itself proves
    /// nothing.
    ///
    /// @throws IllegalArgumentException with what is wrong, for people
    public static SignedAllowlist verify(String text, AllowlistKey trusted) {
        ObjectNode document = AllowlistJson.parse(text);
        ObjectNode signed = document.deepCopy();
        signed.remove(SIGNATURE);
        ObjectNode signedByOther = signed.deepCopy();
        signedByOther.remove(OTHER_SIGNATURE);
        if (!(document.path(SIGNATURE) instanceof ObjectNode signature) || !isEd25519(signature)) {
            throw new IllegalArgumentException("the allowlist has no Ed25519 signature");
        }
        boolean isGood = isBy(trusted, signature, signed)
                || (document.path(OTHER_SIGNATURE) instanceof ObjectNode other
                        && isEd25519(other)
                        && isBy(trusted, other, signedByOther));
        if (!isGood) {
            throw new IllegalArgumentException(
                    document.findValuesAsString("key").contains(trusted.toString())
                            ? "the allowlist was changed after it was signed"
                            : "the allowlist was not signed with the key that you trust");
        }
        return new SignedAllowlist(document);
    }

    private static boolean isEd25519(ObjectNode signature) {
        return ALGORITHM.equals(signature.path("algorithm").asString(""));
    }

    private static boolean isBy(AllowlistKey trusted, ObjectNode signature, ObjectNode signed) {
        try {
            byte[] value = Base64.getDecoder().decode(signature.path("value").asString(""));
            return trusted.hasSigned(CanonicalJson.bytes(signed), value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the allowlist's signature is not base64", e);
        }
    }

    public Allowlist allowlist() {
        return allowlist;
    }

    /// The other key that the operator signs with, to be trusted beside the one that this list was verified with;
    /// empty while there is one alone.
    public Optional<AllowlistKey> otherThan(AllowlistKey trusted) {
        return keys.stream().filter(key -> !key.equals(trusted)).findFirst();
    }

    /// A copy.
    public ObjectNode json() {
        return document.deepCopy();
    }

    /// The document in one of the forms; only the JSON holds the signature.
    public String render(AllowlistFormat format) {
        return format == AllowlistFormat.JSON ? AllowlistJson.render(document) : format.render(allowlist);
    }
}
