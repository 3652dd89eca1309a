package io.callgate.wire.stun;

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

    /// RFC 4648 §4. Not the JDK's decoder: in a young JVM it is slow, and a connect waits for it (decision
    /// 0090).
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// 24 flags, bit 0 is the leftmost (RFC 8489 §18.1). The cookie's first character after the prefix has six of
    /// them, and among those are all that are assigned.
    private static final int PASSWORD_ALGORITHMS = 0x20;

    private static final int USERNAME_ANONYMITY = 0x10;
    private static final String OTHER_FLAGS = "AAA";

    public String nonceCookie() {
        int flags = (passwordAlgorithms ? PASSWORD_ALGORITHMS : 0) | (usernameAnonymity ? USERNAME_ANONYMITY : 0);
        return PREFIX + BASE64.charAt(flags) + OTHER_FLAGS;
    }

    /// Empty if the nonce has no cookie: a server of RFC 5389.
    public static Optional<SecurityFeatures> parse(String nonce) {
        if (nonce.length() < COOKIE_CHARACTERS || !nonce.startsWith(PREFIX)) {
            return Optional.empty();
        }
        for (int i = PREFIX.length(); i < COOKIE_CHARACTERS; i++) {
            if (BASE64.indexOf(nonce.charAt(i)) < 0) {
                return Optional.empty();
            }
        }
        int flags = BASE64.indexOf(nonce.charAt(PREFIX.length()));
        return Optional.of(new SecurityFeatures((flags & PASSWORD_ALGORITHMS) != 0, (flags & USERNAME_ANONYMITY) != 0));
    }
}
