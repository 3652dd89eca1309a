package io.callgate.control.lease;

import io.callgate.model.AppId;
import io.callgate.model.Geofence;
import io.callgate.model.LeaseRequest;
import io.callgate.model.Region;
import io.callgate.model.Subject;
import io.callgate.model.Transport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/// What is written into a lease's id, so that any control can renew it.
///
/// @param renewableUntil then the app's token is asked for again
/// @param regions the only ones that will do
/// @param transports wanted; empty is all
/// @param firewall the version of the allowlist that the client's firewall has opened, if it said so
record LeaseTerms(
        UUID id,
        AppId app,
        Subject uid,
        Instant expiresAt,
        Instant renewableUntil,
        Optional<Region> region,
        Geofence regions,
        Optional<String> carrier,
        Set<Transport> transports,
        OptionalLong firewall) {
    private static final Duration LONGEST = Duration.ofHours(24);

    static LeaseTerms of(UUID id, AppId app, LeaseRequest request, Instant now, Duration life) {
        return new LeaseTerms(
                id,
                app,
                request.uid(),
                now.plus(life),
                now.plus(life.compareTo(LONGEST) > 0 ? life : LONGEST),
                request.region(),
                request.regions(),
                request.carrier(),
                request.transports(),
                request.allowlistVersion());
    }

    LeaseTerms renewed(Instant now, Duration life) {
        return new LeaseTerms(
                id, app, uid, now.plus(life), renewableUntil, region, regions, carrier, transports, firewall);
    }
}
