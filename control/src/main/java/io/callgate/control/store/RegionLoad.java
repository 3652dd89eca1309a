package io.callgate.control.store;

import io.callgate.model.Region;

/// The relays of a region and what they carry now.
///
/// @param alive of the relays, those that have reported lately
/// @param draining of the living, those that take no new clients
/// @param loadPercent of the living, the mean
public record RegionLoad(
        Region region, int relays, int alive, int draining, int loadPercent, long sessions, long kbitPerSecond) {}
