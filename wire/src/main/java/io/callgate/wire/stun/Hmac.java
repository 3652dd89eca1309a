package io.callgate.wire.stun;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// HMAC (RFC 2104) as this platform has it. Its provider is asked once: that costs more than the HMAC of a short
/// message. Safe for any thread.
public final class Hmac {
    public static final Hmac SHA1 = new Hmac("HmacSHA1");
    public static final Hmac SHA256 = new Hmac("HmacSHA256");

    private final Mac model; // never given a key, only cloned

    private Hmac(String algorithm) {
        model = ofProvider(algorithm);
    }

    /// @param key of any length; what an empty one signs is signed by everybody
    /// @return for the caller alone
    public Mac with(byte[] key) {
        Mac mac = unkeyed();
        try {
            // HMAC pads its key with zeros, so one zero byte is the empty key that SecretKeySpec refuses.
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, mac.getAlgorithm()));
            return mac;
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("every key is good for " + mac.getAlgorithm(), e);
        }
    }

    private Mac unkeyed() {
        try {
            return (Mac) model.clone();
        } catch (CloneNotSupportedException e) {
            return ofProvider(model.getAlgorithm()); // a provider may lack it: hardware, Android
        }
    }

    private static Mac ofProvider(String algorithm) {
        try {
            return Mac.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
