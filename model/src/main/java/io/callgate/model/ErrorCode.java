package io.callgate.model;

import java.util.Optional;

/// Why something was refused or failed: one number for each cause, grouped by who can mend it. 41xxx: the app
/// called wrongly. 42xxx: the operator refuses. 43xxx: the network, or a proxy on the way, does not let through.
///
/// A number keeps its meaning over versions. Those of a refused lease travel in the problem that tells of it
/// (`code`, openapi.yaml); all of them are for logs, and for facades, which translate them into a vendor's.
public enum ErrorCode {
    OK(0, Layer.CALL, "done"),

    INVALID_ARGUMENT(41001, Layer.CALL, "an argument is outside what the method takes"),
    NOT_INITIALIZED(41002, Layer.CALL, "there is no engine yet, or it is closed"),
    CALLED_TOO_LATE(41003, Layer.CALL, "the proxy must be set earlier"),
    MUST_DISABLE_FIRST(41004, Layer.CALL, "from UDP to TCP or back only through NONE"),
    UID_ZERO(41005, Layer.CALL, "a user id of 0 cannot use the proxy"),
    EXCLUSIVE_MODES(41006, Layer.CALL, "a local proxy and the cloud proxy exclude each other"),
    MALFORMED_PARAMETERS(41007, Layer.CALL, "the parameters are not valid JSON"),

    NOT_ACTIVATED(42001, Layer.APP, "the app is not activated, or suspended"),
    TOKEN_REQUIRED(42002, Layer.TOKEN, "there is neither a token nor an app sign"),
    TOKEN_INVALID(42003, Layer.TOKEN, "the token was not made with a secret of this app"),
    TOKEN_EXPIRED(42004, Layer.TOKEN, "the token has expired"),
    QUOTA_EXCEEDED(42005, Layer.QUOTA, "the app uses all that it may use"),
    QUOTA_OVERAGE(42006, Layer.QUOTA, "the app is above its quota and still within the grace: a warning"),
    REGION_FORBIDDEN(42007, Layer.REGION, "no relay is within the regions that are allowed"),
    SDK_TOO_OLD(42008, Layer.APP, "the app wants a newer version of the SDK"),

    /// The app may, but no relay of its pools is alive: worth another try.
    NO_RELAY(42009, Layer.RELAY, "no relay of the app is alive"),
    CREDENTIAL_REFUSED(42010, Layer.TOKEN, "the relay does not take the user name and password"),
    DESTINATION_FORBIDDEN(42011, Layer.APP, "the relay may not reach that destination for this app"),
    ALLOWLIST_UNTRUSTED(42012, Layer.APP, "the allowlist is not the operator's, or was changed"),

    DNS_FAILED(43001, Layer.DNS, "the name does not resolve"),
    TCP_REFUSED(43002, Layer.TCP, "the connection is refused"),
    UDP_BLOCKED(43003, Layer.UDP, "datagrams get no answer"),
    TLS_INTERCEPTED(43004, Layer.TLS, "somebody on the way opens TLS with a certificate of their own"),
    TLS_NAME(43005, Layer.TLS, "the certificate is for another name"),
    PROXY_AUTH_REQUIRED(43006, Layer.PROXY, "the proxy wants a user name and password, or others than these"),
    SOCKS5_VERSION(43007, Layer.PROXY, "what answers is no SOCKS5 proxy"),
    HTTP_TUNNEL_FAILED(43008, Layer.PROXY, "the HTTP proxy opens no tunnel"),
    ALL_CANDIDATES_FAILED(43009, Layer.RELAY, "no way to any relay is open"),
    FIREWALL_SUSPECTED(43010, Layer.UDP, "signalling passes and media does not"),
    NO_ROUTE(43011, Layer.ROUTE, "this machine has no way to that address"),
    TCP_BLOCKED(43012, Layer.TCP, "the connection gets no answer"),
    TCP_RESET(43013, Layer.TCP, "the connection was cut"),
    TLS_UNTRUSTED(43014, Layer.TLS, "the certificate is of an issuer that is not trusted here"),
    TLS_FAILED(43015, Layer.TLS, "the TLS handshake ends without agreement"),
    SOCKS5_FAILED(43016, Layer.PROXY, "the SOCKS5 proxy opens no connection"),
    RELAY_REFUSED(43017, Layer.RELAY, "the relay answers with an error"),
    RELAY_SILENT(43018, Layer.RELAY, "the relay does not answer"),
    NOT_A_RELAY(43019, Layer.RELAY, "what answers speaks no TURN"),
    RELAY_FULL(43020, Layer.RELAY, "the relay has no port left"),

    /// What runs goes on; only new leases have to wait: worth another try.
    CONTROL_UNAVAILABLE(43021, Layer.RELAY, "control does not answer at the moment");

    /// What failed, from the caller outwards. Whoever reads a failure knows from it whom to ask.
    public enum Layer {
        CALL,
        TOKEN,
        APP,
        QUOTA,
        REGION,
        DNS,
        ROUTE,
        UDP,
        TCP,
        TLS,
        PROXY,
        RELAY
    }

    private final int number;
    private final Layer layer;
    private final String meaning;

    ErrorCode(int number, Layer layer, String meaning) {
        this.number = number;
        this.layer = layer;
        this.meaning = meaning;
    }

    /// @return empty for a number of a later version
    public static Optional<ErrorCode> of(int number) {
        for (ErrorCode code : values()) {
            if (code.number == number) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    public int number() {
        return number;
    }

    public Layer layer() {
        return layer;
    }

    /// One clause, lower case, without a final stop.
    public String meaning() {
        return meaning;
    }
}
