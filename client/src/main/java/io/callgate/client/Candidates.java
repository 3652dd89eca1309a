package io.callgate.client;

import io.callgate.client.mode.EffectivePath;
import io.callgate.client.mode.Rung;
import io.callgate.client.net.Hop;
import io.callgate.client.net.HostPort;
import io.callgate.client.net.Login;
import io.callgate.client.net.Trust;
import io.callgate.client.turn.Entrance;
import io.callgate.model.Candidate;
import io.callgate.model.IceServer;
import io.callgate.model.Lease;
import io.callgate.model.Transport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One lease, as what can be done with it. Immutable.
final class Candidates {
    private final Lease lease;
    private final Trust trust;
    private final Map<Rung, Candidate> byRung = new LinkedHashMap<>();

    /// @param trust of relays whose candidates carry no pin
    /// @param transports that may carry media; empty for all. The others are for signalling alone
    Candidates(Lease lease, Trust trust, Set<Transport> transports) {
        this.lease = lease;
        this.trust = trust;
        for (Candidate candidate : lease.candidates()) {
            boolean isWanted = transports.isEmpty() || transports.contains(candidate.transport());
            if (isWanted && candidate.transport() != Transport.QUIC) {
                byRung.put(
                        new Rung(
                                EffectivePath.by(candidate.transport()),
                                candidate.relay() + " " + candidate.endpoint()),
                        candidate);
            }
        }
    }

    Lease lease() {
        return lease;
    }

    List<Rung> rungs() {
        return new ArrayList<>(byRung.keySet());
    }

    Login login() {
        return new Login(lease.credential().username(), lease.credential().password());
    }

    /// @return empty if a newer lease has it no more
    Optional<Candidate> find(Rung rung) {
        return Optional.ofNullable(byRung.get(rung));
    }

    Entrance entrance(Candidate candidate) {
        return new Entrance(at(candidate), candidate.transport(), trust(candidate));
    }

    /// For a browser: what the mode allows, the one in use first.
    List<IceServer> iceServers(List<Rung> ladder, Rung inUse) {
        List<Candidate> ordered = new ArrayList<>();
        find(inUse).ifPresent(ordered::add);
        for (Rung rung : ladder) {
            find(rung).filter(candidate -> !ordered.contains(candidate)).ifPresent(ordered::add);
        }
        return ordered.isEmpty()
                ? new ArrayList<>()
                : new Lease(
                                lease.leaseId(),
                                lease.expiresAt(),
                                ordered,
                                lease.credential(),
                                lease.policy(),
                                lease.allowlistVersion())
                        .iceServers();
    }

    /// TCP through the same relay: CONNECT in TLS if it offers that, else SOCKS5; names are resolved there.
    /// By the port in use where that takes TCP, as a firewall has let it through; else by another, as many
    /// relays take UDP on ports of its own.
    Hop signalling(Candidate inUse) {
        Candidate encrypted = door(inUse, Set.of(Transport.TLS, Transport.HTTPS));
        if (encrypted != null) {
            return new Hop.HttpConnect(at(encrypted), Optional.of(login()), Optional.of(trust(encrypted)));
        }
        Candidate plain = door(inUse, Set.of(Transport.TCP));
        return new Hop.Socks5(at(plain != null ? plain : inUse), Optional.of(login()));
    }

    private @Nullable Candidate door(Candidate inUse, Set<Transport> transports) {
        Candidate other = null;
        for (Candidate candidate : lease.candidates()) {
            if (candidate.relay().equals(inUse.relay()) && transports.contains(candidate.transport())) {
                if (candidate.endpoint().equals(inUse.endpoint())) {
                    return candidate;
                }
                other = other == null ? candidate : other;
            }
        }
        return other;
    }

    private static HostPort at(Candidate candidate) {
        return new HostPort(
                candidate.endpoint().address().toString(), candidate.endpoint().port());
    }

    private Trust trust(Candidate candidate) {
        Trust known = candidate.spki().map(Trust::pin).orElse(trust);
        return candidate.serverName().map(known::forServerName).orElse(known);
    }
}
