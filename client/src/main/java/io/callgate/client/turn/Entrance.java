package io.callgate.client.turn;

import io.callgate.client.net.Attempt;
import io.callgate.client.net.Dialer;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.model.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/// One way into a relay.
///
/// @param trust for [Transport#TLS] and [Transport#HTTPS]; the others do not ask it
public record Entrance(HostPort relay, Transport transport, Trust trust) {
    public Entrance {
        if (transport == Transport.QUIC) {
            throw new IllegalArgumentException("TURN over QUIC: there is no such thing here");
        }
    }

    /// @param login for the relay as HTTP proxy, which [Transport#HTTPS] goes through
    MessagePipe open(Dialer dialer, Login login, Attempt attempt) {
        try {
            return switch (transport) {
                case UDP -> MessagePipe.over(dialer.datagrams(relay, attempt));
                case TCP -> MessagePipe.over(dialer.dial(relay, attempt));
                case TLS -> MessagePipe.over(dialer.dialTls(relay, trust, List.of("stun.turn"), attempt));
                case HTTPS ->
                    MessagePipe.over(dialer.through(new Hop.HttpConnect(relay, Optional.of(login), Optional.of(trust)))
                            .dial(relay, attempt));
                case QUIC -> throw new IllegalStateException("refused by the constructor");
            };
        } catch (IOException e) {
            throw new UncheckedIOException("a socket that was open a moment ago is not", e);
        }
    }

    /// `TLS 203.0.113.7:443`.
    @Override
    public String toString() {
        return transport + " " + relay;
    }
}
