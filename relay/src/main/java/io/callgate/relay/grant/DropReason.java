package io.callgate.relay.grant;

import java.util.Locale;

/// Why a packet was not forwarded or a request not served. Each is a metric label and, where the protocol has room
/// for text, the text of the answer. Nothing is dropped without one of these.
public enum DropReason {
    // What no protocol of ours claims.
    UNREADABLE("datagram too long, or from port 0"),
    UNKNOWN_PROTOCOL("first bytes belong to no protocol served here"),
    SOCKS5_UDP_UNSUPPORTED("SOCKS5 UDP is not served yet"),
    DTLS_UNSUPPORTED("DTLS is not served yet"),
    QUIC_UNSUPPORTED("QUIC is not served yet"),
    TLS_NO_CERTIFICATE("relay has no certificate, so no TLS"),
    TLS_NOTHING_IN_COMMON("client and relay have no TLS version or cipher in common"),
    TLS_HANDSHAKE_FAILED("TLS handshake failed"),
    CERTIFICATE_NOT_TRUSTED("client does not trust the relay's certificate"),
    TLS_BROKEN("TLS record that cannot be read"),
    ALPN_MISMATCH("client announced TURN and sent something else"),
    HANDSHAKE_TIMEOUT("client did not say in time what it wants"),
    STRANGER_RATE("one source sends too many requests without a session"),
    TOO_MANY_UNPROVEN("too many connections wait for their client to prove itself"),
    HTTP2_FLOOD("an HTTP/2 client opens, resets or asks too much"),
    NO_PROXY_HEADER("a listener behind a load balancer got no PROXY header"),
    MALFORMED("not a well-formed message"),
    UNEXPECTED_MESSAGE("no such message is expected here"),
    UNKNOWN_ATTRIBUTE("an attribute that must be understood is not"),

    // Who is there?
    NO_CREDENTIAL("credential required"),
    STALE_NONCE("nonce expired or not of this client"),
    CREDENTIAL_MALFORMED("user name is not expiry:appId:subject and no static user"),
    CREDENTIAL_EXPIRED("credential expired"),
    CREDENTIAL_TOO_FAR_AHEAD("credential expires more than 49 hours ahead"),
    UNKNOWN_APP("app unknown here"),
    WRONG_PASSWORD("wrong password"),
    REVOKED("credential revoked"),
    WRONG_USER("request of another user than the allocation's"),
    GUEST_TUNNEL("a credential of the check page is for TURN alone"),
    FOREIGN_ORIGIN("request does not come from the check page itself"),

    // On its way to control.
    PASSAGE_BUSY("too many requests wait for control"),
    CONTROL_AWAY("control does not answer"),

    // How much?
    DRAINING("relay drains: no new sessions"),
    SESSION_QUOTA("app is at its limit of sessions"),
    ALLOCATION_QUOTA("subject is at its limit of allocations"),
    TUNNEL_QUOTA("subject is at its limit of tunnels"),
    PERMISSION_QUOTA("allocation is at its limit of permissions"),
    CHANNEL_QUOTA("allocation is at its limit of channels"),
    LOOKUP_QUOTA("subject or app has too many names looked up at once"),
    LOOKUPS_BUSY("too many names are being looked up"),
    CHECK_QUOTA("too many runs of the check page"),
    VOLUME_QUOTA("guest has used its volume"),
    NEW_PEER_RATE("new peers come too fast"),
    NO_PORTS("no relay port is free, or the system opens no more sockets"),
    OVER_RATE("app is over its kbit/s"),
    QUEUE_FULL("receiver takes no more"),
    LATE_MEDIA("media waited longer than 200 ms for a slow client"),
    SEND_FAILED("system refused to send"),

    // Where to?
    DESTINATION_NOT_ALLOWED("no rule of the app allows this destination"),
    SPECIAL_RANGE("destination lies in a special range that no rule opens"),
    OWN_ADDRESS("destination is this relay's own host"),
    PROXY_LOOP("destination is a listener of this relay"),
    FOREIGN_ALLOCATION("destination is an allocation of another app"),
    NAME_NOT_RESOLVED("destination name does not resolve"),
    CONNECT_FAILED("destination does not answer"),
    WRONG_FAMILY("address family is not the allocation's"),

    // On a living allocation or towards one.
    NO_ALLOCATION("five-tuple unknown: client restarted, or a scan"),
    NO_PERMISSION("peer has no permission"),
    NO_CHANNEL("channel is not bound");

    private final String text;

    DropReason(String text) {
        this.text = text;
    }

    /// For people: a clause without a full stop.
    public String text() {
        return text;
    }

    /// For metrics and events: lower case with underscores.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
