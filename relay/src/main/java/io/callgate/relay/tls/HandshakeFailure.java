package io.callgate.relay.tls;

import io.callgate.relay.grant.DropReason;
import java.util.List;
import java.util.Locale;

/// Why a handshake did not come about. The providers tell it in words only.
final class HandshakeFailure {
    /// Alerts by which a client says that it does not want our certificate (RFC 8446 §6.2): JDK writes
    /// `certificate_unknown`, BoringSSL `SSLV3_ALERT_CERTIFICATE_UNKNOWN`.
    private static final List<String> CERTIFICATE_ALERTS = List.of(
            "unknown_ca",
            "bad_certificate",
            "certificate_unknown",
            "certificate_expired",
            "certificate_revoked",
            "unsupported_certificate");

    /// Old clients, mostly.
    private static final List<String> NOTHING_IN_COMMON = List.of(
            "unsupported_protocol", // BoringSSL
            "no_shared_cipher",
            "no_shared_group",
            "unsupported_version",
            "wrong_version_number",
            "client requested protocol", // JDK
            "the client supported protocol versions",
            "no cipher suites in common",
            "protocol_version");

    private HandshakeFailure() {}

    static DropReason reasonOf(Throwable cause) {
        StringBuilder words = new StringBuilder();
        for (Throwable each = cause; each != null; each = each.getCause()) {
            words.append(each.getMessage()).append(' ');
        }
        String text = words.toString().toLowerCase(Locale.ROOT);
        if (text.contains("alert") && containsAny(text, CERTIFICATE_ALERTS)) {
            return DropReason.CERTIFICATE_NOT_TRUSTED;
        }
        return containsAny(text, NOTHING_IN_COMMON)
                ? DropReason.TLS_NOTHING_IN_COMMON
                : DropReason.TLS_HANDSHAKE_FAILED;
    }

    private static boolean containsAny(String text, List<String> phrases) {
        return phrases.stream().anyMatch(text::contains);
    }
}
