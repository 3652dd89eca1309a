package io.callgate.relay.grant;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Packets and payload bytes both ways. Counted by one loop, a store each; read by any thread, which may be a
/// moment behind.
final class Tally {
    private static final VarHandle PACKETS_TO_PEER = handle("packetsToPeer");
    private static final VarHandle BYTES_TO_PEER = handle("bytesToPeer");
    private static final VarHandle PACKETS_TO_CLIENT = handle("packetsToClient");
    private static final VarHandle BYTES_TO_CLIENT = handle("bytesToClient");

    private long packetsToPeer;
    private long bytesToPeer;
    private long packetsToClient;
    private long bytesToClient;

    void toPeer(int payloadBytes) {
        PACKETS_TO_PEER.setOpaque(this, packetsToPeer + 1);
        BYTES_TO_PEER.setOpaque(this, bytesToPeer + payloadBytes);
    }

    void toClient(int payloadBytes) {
        PACKETS_TO_CLIENT.setOpaque(this, packetsToClient + 1);
        BYTES_TO_CLIENT.setOpaque(this, bytesToClient + payloadBytes);
    }

    long packetsToPeer() {
        return (long) PACKETS_TO_PEER.getOpaque(this);
    }

    long bytesToPeer() {
        return (long) BYTES_TO_PEER.getOpaque(this);
    }

    long packetsToClient() {
        return (long) PACKETS_TO_CLIENT.getOpaque(this);
    }

    long bytesToClient() {
        return (long) BYTES_TO_CLIENT.getOpaque(this);
    }

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(Tally.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
