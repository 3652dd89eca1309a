package io.callgate.control.allowlist;

import io.callgate.model.AllowlistKey;
import io.callgate.model.Secret;
import io.callgate.model.SignedAllowlist;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// The Ed25519 key pairs that an installation signs its allowlists with: each is kept as one secret, both halves
/// in base64.
final class SigningKey {
    private static final String ALGORITHM = "Ed25519";

    private SigningKey() {}

    static Secret make() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            Base64.Encoder text = Base64.getEncoder();
            return Secret.of(text.encodeToString(pair.getPrivate().getEncoded()) + " "
                    + text.encodeToString(pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw noEd25519(e);
        }
    }

    static SignedAllowlist.Signer read(Secret kept) {
        String[] halves = kept.reveal().split(" ", 2);
        try {
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            return new SignedAllowlist.Signer(
                    keys.generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(halves[0]))),
                    AllowlistKey.of(keys.generatePublic(
                            new X509EncodedKeySpec(Base64.getDecoder().decode(halves[1])))));
        } catch (GeneralSecurityException e) {
            throw noEd25519(e);
        }
    }

    private static IllegalStateException noEd25519(GeneralSecurityException e) {
        return new IllegalStateException("every Java platform since 15 has Ed25519", e);
    }
}
