package io.callgate.control.store;

import io.callgate.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/// A password that control makes, for one sign-in: 124 random bits in letters and digits that nobody mistakes for
/// another. What cannot be guessed needs no slow hash (decision 0022).
public record FirstPassword(Secret secret) {
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final String FORM = "sha256:";
    private static final int LENGTH = 25;
    private static final int GROUP = 5;
    private static final SecureRandom RANDOM = new SecureRandom();

    public static FirstPassword mint() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            text.append(i > 0 && i % GROUP == 0 ? "-" : "").append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return new FirstPassword(Secret.of(text.toString()));
    }

    /// As [ConsoleUser#password] keeps it.
    public String stored() {
        return FORM + hash(secret.reveal());
    }

    /// Whether a stored password is one that control made.
    public static boolean isOne(String stored) {
        return stored.startsWith(FORM);
    }

    /// In constant time.
    public static boolean matches(String stored, String typed) {
        return MessageDigest.isEqual(
                stored.getBytes(StandardCharsets.US_ASCII), (FORM + hash(typed)).getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(String password) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
