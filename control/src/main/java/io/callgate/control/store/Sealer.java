package io.callgate.control.store;

import io.callgate.model.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Encrypts secrets before they are stored: AES-256-GCM, bound to the place that they are stored in.
final class Sealer {
    private static final byte FORM = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /// @param key 32 bytes
    Sealer(Secret key) {
        if (key.lengthBytes() != 32) {
            throw new IllegalArgumentException("the seal key has " + key.lengthBytes() + " bytes: want 32");
        }
        this.key = new SecretKeySpec(key.bytes(), "AES");
    }

    /// @param place which row it is for: opened anywhere else, it does not open
    String seal(Secret secret, String place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] hidden = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(secret.bytes());
            byte[] sealed = ByteBuffer.allocate(1 + NONCE_BYTES + hidden.length)
                    .put(FORM)
                    .put(nonce)
                    .put(hidden)
                    .array();
            return Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
    }

    /// @throws StoreException if it was sealed with another key, for another place, or is damaged
    Secret open(String sealed, String place) {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(sealed));
        if (bytes.get() != FORM) {
            throw new StoreException("the secret of " + place + " was sealed by a newer version");
        }
        byte[] nonce = new byte[NONCE_BYTES];
        bytes.get(nonce);
        byte[] hidden = new byte[bytes.remaining()];
        bytes.get(hidden);
        try {
            return Secret.of(cipher(Cipher.DECRYPT_MODE, nonce, place).doFinal(hidden));
        } catch (AEADBadTagException e) {
            throw new StoreException("the secret of " + place + " does not open: another seal key, or damaged", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
