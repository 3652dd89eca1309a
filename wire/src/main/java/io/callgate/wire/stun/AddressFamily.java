package io.callgate.wire.stun;

/// Address family numbers (RFC 8489 §14.1). Plain numbers: a request for an unknown family is answered with 440.
public final class AddressFamily {
    public static final int IPV4 = 0x01;
    public static final int IPV6 = 0x02;

    private AddressFamily() {}
}
