package io.callgate.control.store;

/// A relay that takes clients now, at one of its addresses.
public record LivePlace(String relay, PoolAddress address, int loadPercent) {}
