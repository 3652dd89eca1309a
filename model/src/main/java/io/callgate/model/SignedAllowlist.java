package io.callgate.model;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import tools.jackson.databind.node.ObjectNode;

/// An [Allowlist] that its operator answers for: a JSON object with member `signature`, which is over the
/// canonical form of all the others.
public final class SignedAllowlist {
    private static final String SIGNATURE = "signature";
    private static final String ALGORITHM = "Ed25519";

    private final ObjectNode document;
    private final Allowlist allowlist;

    private SignedAllowlist(ObjectNode document) {
        this.document = document;
        this.allowlist = AllowlistJson.read(document);
    }

    public static SignedAllowlist sign(Allowlist allowlist, PrivateKey secret, AllowlistKey key) {
        ObjectNode document = AllowlistJson.write(allowlist);
        try {
            Signature signer = Signature.getInstance(ALGORITHM);
            signer.initSign(secret);
            signer.update(CanonicalJson.bytes(document));
            document.putObject(SIGNATURE)
                    .put("algorithm", ALGORITHM)
                    .put("key", key.toString())
                    .put("value", Base64.getEncoder().encodeToString(signer.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this platform signs nothing with Ed25519", e);
        }
        return new SignedAllowlist(document);
    }

    /// Reads one and believes it only if it was signed with this very key: the one that it names itself proves
    /// nothing.
    ///
    /// @throws IllegalArgumentException with what is wrong, for people
    public static SignedAllowlist verify(String text, AllowlistKey trusted) {
        ObjectNode document = AllowlistJson.parse(text);
        if (!(document.path(SIGNATURE) instanceof ObjectNode signature)
                || !ALGORITHM.equals(signature.path("algorithm").asString(""))) {
            throw new IllegalArgumentException("the allowlist has no Ed25519 signature");
        }
        ObjectNode signed = document.deepCopy();
        signed.remove(SIGNATURE);
        byte[] value;
        try {
            value = Base64.getDecoder().decode(signature.path("value").asString(""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the allowlist's signature is not base64", e);
        }
        if (!trusted.hasSigned(CanonicalJson.bytes(signed), value)) {
            String named = signature.path("key").asString("");
            throw new IllegalArgumentException(
                    named.equals(trusted.toString())
                            ? "the allowlist was changed after it was signed"
                            : "the allowlist was not signed with the key that you trust");
        }
        return new SignedAllowlist(document);
    }

    public Allowlist allowlist() {
        return allowlist;
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
