package io.callgate.client;

import io.callgate.client.failure.PathException;
import io.callgate.client.lease.LeaseClient;
import io.callgate.client.lease.LeaseClient.Claim;
import io.callgate.client.mode.NetworkKind;
import io.callgate.client.network.NetworkMonitor;
import io.callgate.model.Allowlist;
import io.callgate.model.AllowlistKey;
import io.callgate.model.Candidate;
import io.callgate.model.ErrorCode;
import io.callgate.model.Lease;
import io.callgate.model.LeaseRequest;
import io.callgate.model.ModePolicy;
import io.callgate.model.RelayUsername;
import io.callgate.model.Transport;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Asks control in the name of one user. Blocks; safe for any thread.
///
/// @param request but for the network, which is that of the moment
record LeaseAsker(LeaseClient control, Claim claim, LeaseRequest request, Optional<NetworkMonitor> network) {
    private static final Set<Transport> SIGNALLING = Set.of(Transport.TCP, Transport.TLS, Transport.HTTPS);

    /// What to ask for where only these may carry media: by UDP alone it still needs a door for signalling.
    static Set<Transport> withSignalling(Set<Transport> media) {
        if (media.isEmpty() || SIGNALLING.stream().anyMatch(media::contains)) {
            return media;
        }
        Set<Transport> both = EnumSet.copyOf(SIGNALLING);
        both.addAll(media);
        return both;
    }

    Lease lease() {
        return within(control.lease(
                request.on(network.map(monitor -> wireName(monitor.current().kind()))), claim));
    }

    /// What is left of it in the regions that will do: control sees to that, and an older one may not have.
    Lease within(Lease lease) {
        return inside(lease)
                .orElseThrow(() -> new PathException(
                        ErrorCode.REGION_FORBIDDEN,
                        "no relay of the lease is within " + request.regions(),
                        "ask for other regions, or for any"));
    }

    /// The same of a lease of the last start; empty if nothing is left.
    Optional<Lease> inside(Lease lease) {
        List<Candidate> inside = lease.candidates().stream()
                .filter(candidate -> request.regions().allows(candidate.region()))
                .collect(Collectors.toList());
        if (inside.size() == lease.candidates().size()) {
            return Optional.of(lease);
        }
        return inside.isEmpty() ? Optional.empty() : Optional.of(lease.with(inside));
    }

    /// Whether it was given to this user, and of this app where that is known: others may have left theirs.
    boolean isOwn(Lease lease) {
        return RelayUsername.parse(lease.credential().username())
                .filter(name -> name.subject().equals(request.uid()))
                .filter(name -> claim.app().map(name.app()::equals).orElse(true))
                .isPresent();
    }

    private static LeaseRequest.Network wireName(NetworkKind kind) {
        return switch (kind) {
            case ETHERNET -> LeaseRequest.Network.WIRED;
            case WIFI -> LeaseRequest.Network.WIFI;
            case CELLULAR -> LeaseRequest.Network.CELLULAR;
            case UNKNOWN, OFFLINE -> LeaseRequest.Network.UNKNOWN;
        };
    }

    Lease renew(Lease old) {
        return within(control.renew(old));
    }

    Allowlist allowlist(Lease lease, AllowlistKey trusted) {
        return control.allowlist(lease, trusted);
    }

    /// Empty for an app that has not said which it is.
    Optional<ModePolicy> policy() {
        return claim.app().map(control::policy);
    }
}
