package io.callgate.model;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What an SDK says of itself when it asks for a [Lease].
///
/// @param region preferred, if the app may use it; empty: any
/// @param regions the only ones that will do, within those that the app may use
/// @param carrier the network operator that the client is with, as the operator of the relays names it
/// @param transports wanted; empty is all
/// @param allowlistVersion what the client's firewall has, if the app was told
public record LeaseRequest(
        Subject uid,
        Optional<Region> region,
        Geofence regions,
        Optional<String> carrier,
        Optional<Network> network,
        Set<Transport> transports,
        Optional<Sdk> sdk,
        OptionalLong allowlistVersion) {
    /// What kind of network the client is on.
    public enum Network {
        WIRED,
        WIFI,
        CELLULAR,
        UNKNOWN
    }

    /// Which SDK asks.
    public record Sdk(String name, SdkVersion version) {}

    public LeaseRequest {
        transports = Set.copyOf(transports);
    }

    /// Any lease of that user's.
    public static LeaseRequest of(Subject uid) {
        return new LeaseRequest(
                uid,
                Optional.empty(),
                Geofence.EVERYWHERE,
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                OptionalLong.empty());
    }

    public LeaseRequest on(Optional<Network> now) {
        return new LeaseRequest(uid, region, regions, carrier, now, transports, sdk, allowlistVersion);
    }
}
