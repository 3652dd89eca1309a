package io.callgate.control;

import io.callgate.control.rest.HttpPlace;
import io.callgate.control.store.StoreOptions;
import io.callgate.model.TlsIdentity;
import java.util.Optional;
import java.util.stream.Stream;

/// How control runs.
///
/// @param api where its API listens, and the link of the relays
/// @param console where people open it; empty: nowhere
/// @param tls spoken by both; empty: plain HTTP, on loopback addresses only
public record ControlOptions(
        StoreOptions store, HttpPlace api, Optional<HttpPlace> console, Optional<TlsIdentity> tls) {
    public ControlOptions {
        Stream.concat(Stream.of(api), console.stream())
                .filter(place -> tls.isEmpty() && !place.isLoopback())
                .findFirst()
                .ifPresent(place -> {
                    throw new IllegalArgumentException(
                            "plain HTTP on " + place.address().getAddress().getHostAddress()
                                    + " would show tokens and secrets to the network; give control a certificate");
                });
    }

    /// Without TLS, on loopback only: whoever else is to reach it is told so on purpose. The console gets any
    /// port.
    ///
    /// @param port of the API; 0 is any
    public static ControlOptions onLoopback(StoreOptions store, int port) {
        return new ControlOptions(
                store, HttpPlace.onLoopback(port), Optional.of(HttpPlace.onLoopback(0)), Optional.empty());
    }
}
