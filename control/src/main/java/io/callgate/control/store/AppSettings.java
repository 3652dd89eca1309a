package io.callgate.control.store;

import io.callgate.model.Cidr;
import io.callgate.model.DestinationRule;
import io.callgate.model.Geofence;
import io.callgate.model.ModePolicy;
import io.callgate.model.RelayCredential;
import io.callgate.model.SdkVersion;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What an operator decides about an app.
///
/// @param contact who asked for it
/// @param carriers whose customers its clients are; a lease prefers relays of the client's carrier
/// @param pools where its leases lead once it is active, the preferred first
/// @param clients networks whose SOCKS5 and CONNECT need no credential
/// @param leaseLife how long a lease and its credential are good
public record AppSettings(
        String contact,
        Quota quota,
        Geofence regions,
        List<String> carriers,
        List<String> pools,
        Optional<Entry> entry,
        ModePolicy policy,
        List<DestinationRule> destinations,
        List<Cidr> clients,
        Optional<SdkVersion> sdkMinimumVersion,
        Duration leaseLife) {
    public AppSettings {
        carriers = List.copyOf(carriers);
        pools = List.copyOf(pools);
        destinations = List.copyOf(destinations);
        clients = List.copyOf(clients);
        if (leaseLife.compareTo(RelayCredential.LONGEST_LIFE) >= 0) {
            throw new IllegalArgumentException("leases of " + leaseLife + ": relays refuse longer than 48 h");
        }
    }

    public static AppSettings of(String contact) {
        return new AppSettings(
                contact,
                Quota.DEFAULT,
                Geofence.EVERYWHERE,
                List.of(),
                List.of(),
                Optional.empty(),
                ModePolicy.DEFAULT,
                List.of(),
                List.of(),
                Optional.empty(),
                Duration.ofHours(1));
    }

    public AppSettings withPools(List<String> changed) {
        return new AppSettings(
                contact,
                quota,
                regions,
                carriers,
                changed,
                entry,
                policy,
                destinations,
                clients,
                sdkMinimumVersion,
                leaseLife);
    }

    public AppSettings withDestinations(List<DestinationRule> changed) {
        return new AppSettings(
                contact,
                quota,
                regions,
                carriers,
                pools,
                entry,
                policy,
                changed,
                clients,
                sdkMinimumVersion,
                leaseLife);
    }
}
