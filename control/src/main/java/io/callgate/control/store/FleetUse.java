package io.callgate.control.store;

import io.callgate.model.AppId;
import io.callgate.model.Region;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What some apps use of all living relays, by their last reports.
///
/// @param relays that live, by pool
/// @param shares by app
/// @param ingresses by app
public record FleetUse(
        Map<String, Integer> relays, Map<AppId, List<Share>> shares, Map<AppId, List<IngressShare>> ingresses) {
    /// Of an app at the relays of one pool and region.
    ///
    /// @param relays that told of the app
    public record Share(
            AppId app,
            String pool,
            Region region,
            int relays,
            long sessions,
            long wantedSessions,
            long kbitPerSecond,
            long wantedKbitPerSecond) {}

    /// Of an app's sessions in one region those that began by one ingress, as far as relays tell.
    public record IngressShare(AppId app, Region region, String ingress, long sessions) {}

    static FleetUse of(Map<String, Integer> relays, List<Share> shares, List<IngressShare> ingresses) {
        return new FleetUse(
                relays,
                shares.stream().collect(Collectors.groupingBy(Share::app)),
                ingresses.stream().collect(Collectors.groupingBy(IngressShare::app)));
    }

    /// What an app needs of all of them together; empty if none told of it.
    ///
    /// @param pool of the relay that asks
    public Optional<FleetNeed> need(String pool, AppId app) {
        List<Share> ofApp = shares.getOrDefault(app, List.of());
        return ofApp.isEmpty()
                ? Optional.empty()
                : Optional.of(new FleetNeed(
                        app,
                        relays.getOrDefault(pool, 0)
                                + ofApp.stream()
                                        .filter(share -> !share.pool().equals(pool))
                                        .mapToInt(Share::relays)
                                        .sum(),
                        ofApp.stream().mapToLong(Share::sessions).sum(),
                        ofApp.stream().mapToLong(Share::wantedSessions).sum(),
                        ofApp.stream().mapToLong(Share::kbitPerSecond).sum(),
                        ofApp.stream().mapToLong(Share::wantedKbitPerSecond).sum()));
    }

    /// At the relays of one pool.
    public long sessions(String pool, AppId app) {
        return shares.getOrDefault(app, List.of()).stream()
                .filter(share -> share.pool().equals(pool))
                .mapToLong(Share::sessions)
                .sum();
    }

    /// @param region empty: in all
    public long sessions(AppId app, Optional<Region> region) {
        return shares.getOrDefault(app, List.of()).stream()
                .filter(share -> region.isEmpty() || region.get().equals(share.region()))
                .mapToLong(Share::sessions)
                .sum();
    }

    /// @param region empty: in all
    public long sessions(AppId app, Optional<Region> region, String ingress) {
        return ingresses.getOrDefault(app, List.of()).stream()
                .filter(share -> share.ingress().equals(ingress)
                        && (region.isEmpty() || region.get().equals(share.region())))
                .mapToLong(IngressShare::sessions)
                .sum();
    }
}
