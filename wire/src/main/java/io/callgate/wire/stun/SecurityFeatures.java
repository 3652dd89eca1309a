package io.callgate.wire.stun;

import java.util.Base64;
import java.util.Optional;

/// What a server says about itself in its nonce's first 13 characters (RFC 8489 §9.2, "nonce cookie"). An attacker
/// who strips PASSWORD-ALGORITHMS from an answer cannot strip this, since the nonce comes back under integrity.
///
/// @param passwordAlgorithms bit 0: PASSWORD-ALGORITHMS was sent along
/// @param usernameAnonymity bit 1: USERHASH is understood
public record SecurityFeatures(boolean passwordAlgorithms, boolean usernameAnonymity) {
    public static final SecurityFeatures NONE = new SecurityFeatures(false, false);

    /// Length of [#nonceCookie]; the rest of the nonce is the server's own.
    public static final int COOKIE_CHARACTERS = 13;

    private static final String PREFIX = "obMatJos2";

    /// 24 flags, bit 0 is the leftmost (RFC 8489 §18.1).
    private static final int PASSWORD_ALGORITHMS = 0x80;

    private static final int USERNAME_ANONYMITY = 0x40;

    public String nonceCookie() {
        int flags = (passwordAlgorithms ? PASSWORD_ALGORITHMS : 0) | (usernameAnonymity ? USERNAME_ANONYMITY : 0);
        return PREFIX + Base64.getEncoder().encodeToString(new byte[] {(byte) flags, 0, 0});
    }

    /// Empty if the nonce has no cookie: a server of RFC 5389.
    public static Optional<SecurityFeatures> parse(String nonce) {
        if (nonce.length() < COOKIE_CHARACTERS || !nonce.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            byte[] flags = Base64.getDecoder().decode(nonce.substring(PREFIX.length(), COOKIE_CHARACTERS));
            return flags.length == 3
                    ? Optional.of(new SecurityFeatures(
                            (flags[0] & PASSWORD_ALGORITHMS) != 0, (flags[0] & USERNAME_ANONYMITY) != 0))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
