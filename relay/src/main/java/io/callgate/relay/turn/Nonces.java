package io.callgate.relay.turn;

import io.callgate.model.Secret;
import io.callgate.model.TimeSource;
import io.callgate.wire.stun.Hmac;
import io.callgate.wire.stun.SecurityFeatures;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;

/// Nonces without memory: nonce cookie (RFC 8489 §9.2), seconds, and an HMAC over client address and seconds. A
/// nonce is good for the address it was made for, on every relay that has the key. 29 characters: with more, a
/// 401 to a spoofed packet would be over three times its size.
final class Nonces {
    private static final Duration LIFETIME = Duration.ofHours(1); // RFC 8656 §5: at least once an hour
    private static final int PROOF_BYTES = 8;
    private static final int BODY_BYTES = Integer.BYTES + PROOF_BYTES; // 16 characters in base64

    private final byte[] key;
    private final TimeSource time;

    Nonces(Secret key, TimeSource time) {
        this.time = time;
        this.key = key.bytes();
    }

    /// @param features what the nonce cookie announces
    String mint(SecurityFeatures features, long clientHigh, long clientLow) {
        int seconds = (int) time.now().getEpochSecond();
        byte[] body = body(features.nonceCookie(), clientHigh, clientLow, seconds);
        return features.nonceCookie() + Base64.getUrlEncoder().withoutPadding().encodeToString(body);
    }

    /// Whether this nonce was made for this client within the last hour. Constant time where it was.
    boolean isFresh(String nonce, long clientHigh, long clientLow) {
        if (nonce.length() != SecurityFeatures.COOKIE_CHARACTERS + BODY_BYTES * 4 / 3) {
            return false;
        }
        byte[] body;
        try {
            body = Base64.getUrlDecoder().decode(nonce.substring(SecurityFeatures.COOKIE_CHARACTERS));
        } catch (IllegalArgumentException e) {
            return false;
        }
        int seconds = ByteBuffer.wrap(body).getInt(0);
        String cookie = nonce.substring(0, SecurityFeatures.COOKIE_CHARACTERS);
        int age = (int) time.now().getEpochSecond() - seconds;
        return MessageDigest.isEqual(body, body(cookie, clientHigh, clientLow, seconds))
                && age >= 0
                && age < LIFETIME.toSeconds();
    }

    private byte[] body(String cookie, long clientHigh, long clientLow, int seconds) {
        Mac mac = Hmac.SHA256.with(key);
        mac.update(cookie.getBytes(StandardCharsets.ISO_8859_1));
        mac.update(ByteBuffer.allocate(Integer.BYTES + 2 * Long.BYTES)
                .putLong(clientHigh)
                .putLong(clientLow)
                .putInt(seconds)
                .flip());
        return ByteBuffer.allocate(BODY_BYTES)
                .putInt(seconds)
                .put(mac.doFinal(), 0, PROOF_BYTES)
                .array();
    }
}
