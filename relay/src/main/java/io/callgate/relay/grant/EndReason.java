package io.callgate.relay.grant;

import java.util.Locale;

/// Why an allocation or a tunnel ended.
public enum EndReason {
    /// The client is done, or its connection closed.
    CLIENT_LEFT,
    /// Not refreshed in time, idle, or at its greatest age.
    EXPIRED,
    /// It was granted, and then no relay port was free or the destination did not answer.
    NOT_SERVED,
    /// The operator removed the app or revoked the credential.
    REVOKED,
    /// Its destination is allowed no more.
    FORBIDDEN,
    /// The listener by which it came in is gone.
    LISTENER_CLOSED,
    RELAY_CLOSED;

    /// For session records: lower case with underscores.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
