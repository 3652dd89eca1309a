package io.callgate.control.store;

import io.callgate.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A key that control gives out once and knows again by its hash: `cgo_ID_SECRET`, with 256 random bits.
///
/// SHA-256 is enough: what cannot be guessed needs no slow hash (decision 0022).
public record BearerToken(Kind kind, UUID id, Secret secret) {
    /// Whose it is; the letter tells a person what they found.
    public enum Kind {
        OPERATOR("cgo"),
        RELAY("cgr"),
        JOIN("cgj");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /// Of a secret as text.
    public static final int TEXT_LENGTH = 43;

    private static final Pattern FORM = Pattern.compile("(cg[orj])_([0-9a-f]{32})_([A-Za-z0-9_-]{43})");
    private static final SecureRandom RANDOM = new SecureRandom();

    static BearerToken mint(Kind kind, UUID id) {
        return new BearerToken(kind, id, randomText());
    }

    /// 256 random bits as [#TEXT_LENGTH] characters out of `A-Z a-z 0-9 - _`.
    public static Secret randomText() {
        byte[] random = new byte[32];
        RANDOM.nextBytes(random);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
    }

    /// Empty if it is no token of this kind.
    public static Optional<BearerToken> parse(Kind kind, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || !matcher.group(1).equals(kind.prefix)) {
            return Optional.empty();
        }
        String hex = matcher.group(2);
        UUID id = new UUID(Long.parseUnsignedLong(hex.substring(0, 16), 16), Long.parseUnsignedLong(hex, 16, 32, 16));
        return Optional.of(new BearerToken(kind, id, Secret.of(matcher.group(3))));
    }

    /// The whole token, to be shown once.
    public String reveal() {
        String hex = id.toString().replace("-", "").toLowerCase(Locale.ROOT);
        return kind.prefix + "_" + hex + "_" + secret.reveal();
    }

    String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(reveal().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// In constant time.
    boolean hasHash(String hash) {
        return MessageDigest.isEqual(
                hash().getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
    }
}
