package io.callgate.control.allowlist;

import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.Secret;
import io.callgate.model.SignedAllowlist;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/// The Ed25519 key pair that an installation signs its allowlists with; kept as one secret, both halves in base64.
final class SigningKey {
    private static final String ALGORITHM = "Ed25519";

    private final PrivateKey secret;
    private final AllowlistKey key;

    private SigningKey(PrivateKey secret, AllowlistKey key) {
        this.secret = secret;
        this.key = key;
    }

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

    static SigningKey read(Secret kept) {
        String[] halves = kept.reveal().split(" ", 2);
        try {
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            return new SigningKey(
                    keys.generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(halves[0]))),
                    AllowlistKey.of(keys.generatePublic(
                            new X509EncodedKeySpec(Base64.getDecoder().decode(halves[1])))));
        } catch (GeneralSecurityException e) {
            throw noEd25519(e);
        }
    }

    AllowlistKey key() {
        return key;
    }

    SignedAllowlist sign(Allowlist allowlist) {
        return SignedAllowlist.sign(allowlist, secret, key);
    }

    private static IllegalStateException noEd25519(GeneralSecurityException e) {
        return new IllegalStateException("every Java platform since 15 has Ed25519", e);
    }
}
