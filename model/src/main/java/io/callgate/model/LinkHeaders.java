package io.callgate.model;

/// How a relay says for whom it passes a request on. The request keeps the client's own `Authorization`, so these
/// stand beside it; the one is to be believed only with the other.
public final class LinkHeaders {
    /// The relay's own key.
    public static final String RELAY_KEY = "Callgate-Relay-Key";

    /// The client's address, without a port.
    public static final String CLIENT = "Callgate-Client";

    private LinkHeaders() {}
}
