package io.callgate.model;

import java.util.Optional;

/// One way to one relay.
///
/// @param relay the relay's name, for people
/// @param priority the higher, the better; no two of a lease are equal
/// @param serverName what the relay's certificate is for; empty where there is no TLS
/// @param spki base64 of the SHA-256 of the certificate's public key: any other key is an interception
public record Candidate(
        String relay,
        Region region,
        Endpoint endpoint,
        Transport transport,
        int priority,
        Optional<String> serverName,
        Optional<String> spki) {}
