package io.callgate.model;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The token that an app's server gives to one of its clients, who asks control for a lease with it: a JWT (RFC
/// 7519), HS256, `iss` the app, `sub` the uid, `exp`.
public final class AppToken {
    /// A shorter secret is no key for HS256 (RFC 7518 §3.2).
    public static final int SHORTEST_SECRET_BYTES = 32;

    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

    private AppToken() {}

    /// @param secret a token secret of the app
    /// @param expiresAt kept to the second
    public static String mint(Secret secret, AppId app, Subject uid, Instant expiresAt) {
        if (secret.lengthBytes() < SHORTEST_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "a token secret of " + secret.lengthBytes() + " bytes: want " + SHORTEST_SECRET_BYTES + " or more");
        }
        // Neither an app id nor a uid holds what JSON would have to escape.
        String claims = "{\"iss\":\"" + app + "\",\"sub\":\"" + uid + "\",\"exp\":" + expiresAt.getEpochSecond() + "}";
        String content = HEADER + "." + encoded(claims);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.bytes(), "HmacSHA256"));
            return content + "." + TEXT.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private static String encoded(String json) {
        return TEXT.encodeToString(json.getBytes(StandardCharsets.US_ASCII));
    }
}
