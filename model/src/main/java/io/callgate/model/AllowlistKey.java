package io.callgate.model;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// The public key that an operator's allowlists are signed with: `ed25519/` and 32 bytes in base64.
public final class AllowlistKey {
    private static final String PREFIX = "ed25519/";
    private static final int BYTES = 32;

    /// RFC 8410 §4: what stands before the 32 bytes in a SubjectPublicKeyInfo.
    private static final byte[] DER = {0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final String text;
    private final PublicKey key;

    private AllowlistKey(String text, PublicKey key) {
        this.text = text;
        this.key = key;
    }

    /// @throws IllegalArgumentException with what is wanted
    public static AllowlistKey parse(String text) {
        try {
            if (text.startsWith(PREFIX)) {
                byte[] raw = Base64.getDecoder().decode(text.substring(PREFIX.length()));
                if (raw.length == BYTES) {
                    byte[] whole = new byte[DER.length + BYTES];
                    System.arraycopy(DER, 0, whole, 0, DER.length);
                    System.arraycopy(raw, 0, whole, DER.length, BYTES);
                    return new AllowlistKey(
                            PREFIX + Base64.getEncoder().encodeToString(raw),
                            KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(whole)));
                }
            }
        } catch (IllegalArgumentException e) {
            // Said below, with the value.
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "allowlist key \"" + text + "\" is none, or this platform has no Ed25519: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "allowlist key \"" + text + "\": want ed25519/ and 44 characters, as callgate allowlist key prints it");
    }

    /// @throws IllegalArgumentException unless it is an Ed25519 key
    public static AllowlistKey of(PublicKey key) {
        byte[] whole = key.getEncoded();
        if (whole.length != DER.length + BYTES) {
            throw new IllegalArgumentException("a key of " + whole.length + " bytes is no Ed25519 key");
        }
        byte[] raw = new byte[BYTES];
        System.arraycopy(whole, DER.length, raw, 0, BYTES);
        return parse(PREFIX + Base64.getEncoder().encodeToString(raw));
    }

    boolean hasSigned(byte[] content, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(content);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // of a length or form that no signature has
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AllowlistKey that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
