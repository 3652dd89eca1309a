package io.callgate.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Control's answer to "how do I get through?".
///
/// @param leaseId signed: any control renews it, and none has stored it
/// @param candidates the best first
/// @param credential good at every candidate, for every protocol
/// @param allowlistVersion of what the client's firewall must open for these candidates
/// @param warnings what the app's operator should hear of, though the lease was given: [ErrorCode#QUOTA_OVERAGE]
public record Lease(
        String leaseId,
        Instant expiresAt,
        List<Candidate> candidates,
        RelayCredential credential,
        ModePolicy policy,
        long allowlistVersion,
        List<ErrorCode> warnings) {
    public Lease {
        warnings = List.copyOf(warnings);
        candidates = List.copyOf(candidates);
        if (candidates.isEmpty()) {
            throw new IllegalArgumentException("a lease without a candidate leads nowhere");
        }
    }

    /// Without a warning.
    public Lease(
            String leaseId,
            Instant expiresAt,
            List<Candidate> candidates,
            RelayCredential credential,
            ModePolicy policy,
            long allowlistVersion) {
        this(leaseId, expiresAt, candidates, credential, policy, allowlistVersion, List.of());
    }

    public Lease with(List<Candidate> others) {
        return new Lease(leaseId, expiresAt, others, credential, policy, allowlistVersion, warnings);
    }

    /// The candidates as a browser takes them: TURN over UDP, TCP and TLS; empty if only others are wanted.
    public List<IceServer> iceServers() {
        List<String> urls = candidates.stream()
                .flatMap(candidate -> turnUrl(candidate).stream())
                .collect(Collectors.toList());
        return urls.isEmpty() ? List.of() : List.of(new IceServer(urls, credential));
    }

    /// The best relay port that takes TCP; empty if none does.
    public Optional<Signalling> signalling() {
        return candidates.stream()
                .filter(candidate -> candidate.transport() == Transport.TCP)
                .findFirst()
                .map(candidate -> new Signalling(candidate.endpoint(), candidate.endpoint()));
    }

    private static Optional<String> turnUrl(Candidate candidate) {
        String endpoint = candidate.endpoint().toString();
        return switch (candidate.transport()) {
            case UDP -> Optional.of("turn:" + endpoint + "?transport=udp");
            case TCP -> Optional.of("turn:" + endpoint + "?transport=tcp");
            case TLS -> Optional.of("turns:" + certifiedEndpoint(candidate) + "?transport=tcp");
            case HTTPS, QUIC -> Optional.empty();
        };
    }

    /// A browser checks the certificate against what stands here: the name, where there is one.
    private static String certifiedEndpoint(Candidate candidate) {
        return candidate
                .serverName()
                .map(name -> name + ":" + candidate.endpoint().port())
                .orElseGet(() -> candidate.endpoint().toString());
    }
}
