package io.callgate.wire.stun;

/// Attribute type numbers (IANA registry "STUN Attributes"), each with the section that defines its value.
///
/// Below 0x8000 the receiver must understand the attribute or answer 420 (RFC 8489 §14).
public final class AttributeType {
    public static final int MAPPED_ADDRESS = 0x0001; // RFC 8489 §14.1
    public static final int CHANGE_REQUEST = 0x0003; // RFC 5780 §7.2
    public static final int USERNAME = 0x0006; // RFC 8489 §14.3
    public static final int MESSAGE_INTEGRITY = 0x0008; // RFC 8489 §14.5
    public static final int ERROR_CODE = 0x0009; // RFC 8489 §14.8
    public static final int UNKNOWN_ATTRIBUTES = 0x000A; // RFC 8489 §14.13
    public static final int CHANNEL_NUMBER = 0x000C; // RFC 8656 §18.1
    public static final int LIFETIME = 0x000D; // RFC 8656 §18.2
    public static final int XOR_PEER_ADDRESS = 0x0012; // RFC 8656 §18.3
    public static final int DATA = 0x0013; // RFC 8656 §18.4
    public static final int REALM = 0x0014; // RFC 8489 §14.9
    public static final int NONCE = 0x0015; // RFC 8489 §14.10
    public static final int XOR_RELAYED_ADDRESS = 0x0016; // RFC 8656 §18.5
    public static final int REQUESTED_ADDRESS_FAMILY = 0x0017; // RFC 8656 §18.6
    public static final int EVEN_PORT = 0x0018; // RFC 8656 §18.7
    public static final int REQUESTED_TRANSPORT = 0x0019; // RFC 8656 §18.8
    public static final int DONT_FRAGMENT = 0x001A; // RFC 8656 §18.9
    public static final int ACCESS_TOKEN = 0x001B; // RFC 7635 §6.2
    public static final int MESSAGE_INTEGRITY_SHA256 = 0x001C; // RFC 8489 §14.6
    public static final int PASSWORD_ALGORITHM = 0x001D; // RFC 8489 §14.12
    public static final int USERHASH = 0x001E; // RFC 8489 §14.4
    public static final int XOR_MAPPED_ADDRESS = 0x0020; // RFC 8489 §14.2
    public static final int RESERVATION_TOKEN = 0x0022; // RFC 8656 §18.10
    public static final int PRIORITY = 0x0024; // RFC 8445 §7.1.1
    public static final int USE_CANDIDATE = 0x0025; // RFC 8445 §7.1.2
    public static final int PADDING = 0x0026; // RFC 5780 §7.6
    public static final int RESPONSE_PORT = 0x0027; // RFC 5780 §7.5
    public static final int CONNECTION_ID = 0x002A; // RFC 6062 §6.2.1
    public static final int ADDITIONAL_ADDRESS_FAMILY = 0x8000; // RFC 8656 §18.11
    public static final int ADDRESS_ERROR_CODE = 0x8001; // RFC 8656 §18.12
    public static final int PASSWORD_ALGORITHMS = 0x8002; // RFC 8489 §14.11
    public static final int ALTERNATE_DOMAIN = 0x8003; // RFC 8489 §14.16
    public static final int ICMP = 0x8004; // RFC 8656 §18.13
    public static final int SOFTWARE = 0x8022; // RFC 8489 §14.14
    public static final int ALTERNATE_SERVER = 0x8023; // RFC 8489 §14.15
    public static final int TRANSACTION_TRANSMIT_COUNTER = 0x8025; // RFC 7982 §3
    public static final int CACHE_TIMEOUT = 0x8027; // RFC 5780 §9.1, the number only
    public static final int FINGERPRINT = 0x8028; // RFC 8489 §14.7
    public static final int ICE_CONTROLLED = 0x8029; // RFC 8445 §7.1.3
    public static final int ICE_CONTROLLING = 0x802A; // RFC 8445 §7.1.3
    public static final int RESPONSE_ORIGIN = 0x802B; // RFC 5780 §7.3
    public static final int OTHER_ADDRESS = 0x802C; // RFC 5780 §7.4
    public static final int THIRD_PARTY_AUTHORIZATION = 0x802E; // RFC 7635 §6.1
    public static final int MOBILITY_TICKET = 0x8030; // RFC 8016
    public static final int DRAINING = 0xC0D7; // our own, decision 0040; of the range first come, first served

    /// Numbers from drafts of RFC 8656 that coturn 4.6 and its test client still use. Read, never written.
    static final int DRAFT_ADDITIONAL_ADDRESS_FAMILY = 0x8032;

    static final int DRAFT_ADDRESS_ERROR_CODE = 0x8033;

    private AttributeType() {}

    public static boolean isComprehensionRequired(int type) {
        return type < 0x8000;
    }
}
