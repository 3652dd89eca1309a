package io.callgate.model;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A username and password that a relay accepts without having seen them: the TURN REST form.
public final class RelayCredential {
    /// A relay refuses a credential that expires later than this from now: 48 h and an hour of clock error.
    public static final Duration LONGEST_LIFE = Duration.ofHours(49);

    private static final String HMAC = "HmacSHA1";

    /// Never given a key, only cloned: to ask for the provider costs more than a password does.
    private static final Mac MODEL = ofProvider();

    private final RelayUsername username;
    private final String password;

    private RelayCredential(RelayUsername username, String password) {
        this.username = username;
        this.password = password;
    }

    /// @param expiresAt kept to the second
    public static RelayCredential mint(Secret secret, AppId app, Subject subject, Instant expiresAt) {
        RelayUsername username = new RelayUsername(Instant.ofEpochSecond(expiresAt.getEpochSecond()), app, subject);
        return new RelayCredential(username, password(secret, username.toString()));
    }

    /// One that was minted elsewhere; only a relay can tell whether it is good.
    ///
    /// @throws IllegalArgumentException unless the name is `expiry:appId:subject`
    public static RelayCredential received(String username, String password) {
        RelayUsername parsed = RelayUsername.parse(username)
                .orElseThrow(() ->
                        new IllegalArgumentException("user name \"" + username + "\": want expiry:appId:subject"));
        return new RelayCredential(parsed, password);
    }

    /// base64(HMAC-SHA1(secret, username)), as coturn's `use-auth-secret` and the TURN REST draft have it.
    public static String password(Secret secret, String username) {
        Mac mac = unkeyed();
        try {
            mac.init(new SecretKeySpec(secret.bytes(), HMAC));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("every key is good for " + HMAC, e);
        }
        return Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
    }

    private static Mac unkeyed() {
        try {
            return (Mac) MODEL.clone();
        } catch (CloneNotSupportedException e) {
            return ofProvider(); // one may lack it: hardware, Android
        }
    }

    private static Mac ofProvider() {
        try {
            return Mac.getInstance(HMAC);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + HMAC, e);
        }
    }

    public String username() {
        return username.toString();
    }

    public String password() {
        return password;
    }

    /// Both, as the last part of a lease's id: base64url(`username:password`). By it a relay takes the id for a
    /// credential (decision 0146).
    public String inLease() {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(pair);
    }

    /// What [#inLease] wrote into the id of a lease; only a relay's check can tell whether it is good.
    ///
    /// @return `username:password`
    /// @throws IllegalArgumentException if it is not base64url
    public static String pairIn(String leaseId) {
        byte[] pair = Base64.getUrlDecoder().decode(leaseId.substring(leaseId.lastIndexOf('.') + 1));
        return new String(pair, StandardCharsets.UTF_8);
    }

    public Instant expiresAt() {
        return username.expiresAt();
    }

    @Override
    public String toString() {
        return "RelayCredential[" + username + ", hidden]";
    }
}
