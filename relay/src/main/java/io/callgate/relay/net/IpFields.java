package io.callgate.relay.net;

/// What of a datagram's IP header is carried through the relay, as one number: the TOS byte (IPv6: traffic class),
/// which is DSCP and ECN, and whether it must not be fragmented (RFC 8656 §14; decision 0071). Only [IoKind#LINUX]
/// knows and does either.
public final class IpFields {
    /// Best effort, no ECN, and whoever needs to may fragment it.
    public static final int NONE = 0;

    private static final int TOS = 0xFF;
    private static final int WHOLE = 0x100;

    private IpFields() {}

    /// @param tos 0..255
    static int ofTos(int tos) {
        return tos & TOS;
    }

    static int tos(int fields) {
        return fields & TOS;
    }

    /// The same, but to be sent whole or not at all (`DONT-FRAGMENT`).
    public static int whole(int fields) {
        return fields | WHOLE;
    }

    static boolean isWhole(int fields) {
        return (fields & WHOLE) != 0;
    }
}
