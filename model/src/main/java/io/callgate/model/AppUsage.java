package io.callgate.model;

/// What one app has used of a relay: sessions, allocations and tunnels live now, the rest since the epoch began.
public record AppUsage(
        AppId app,
        long sessions,
        long allocations,
        long tunnels,
        long packetsToPeer,
        long bytesToPeer,
        long packetsToClient,
        long bytesToClient) {}
