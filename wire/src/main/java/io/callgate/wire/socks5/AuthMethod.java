package io.callgate.wire.socks5;

/// Authentication methods (RFC 1928 §3). Plain numbers: a client may offer any of 255.
public final class AuthMethod {
    public static final int NONE = 0x00;
    public static final int GSSAPI = 0x01;
    public static final int USERNAME_PASSWORD = 0x02;

    /// Only in an answer: none of the offered methods will do.
    public static final int NO_ACCEPTABLE = 0xFF;

    private AuthMethod() {}
}
