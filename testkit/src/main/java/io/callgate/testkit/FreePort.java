package io.callgate.testkit;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports for servers that a test starts and that must know theirs beforehand.
///
/// They lie below the range from which the kernel takes ports for outgoing connections (32,768 and up by
/// default), so that no connection of another test takes one between the moment it was found free and the
/// moment the server opens it; and in a block that no other test process has, so that none of those does.
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int BLOCKS = 20;
    private static final int BLOCK = 500;

    /// The first port of this process's block, open as long as it lives: so the others know.
    private static final ServerSocket CLAIM = claim();

    private static final AtomicInteger NEXT = new AtomicInteger();

    private FreePort() {}

    /// A port nobody has open, neither for TCP nor for UDP, at no address of either family. This process is
    /// given it again only after the whole block.
    ///
    /// @throws IllegalStateException if all of them are taken
    public static int take() {
        int first = CLAIM.getLocalPort() + 1;
        for (int tries = 1; tries < BLOCK; tries++) {
            int port = first + Math.floorMod(NEXT.getAndIncrement(), BLOCK - 1);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port from " + first + " to " + (first + BLOCK - 2) + " is free");
    }

    private static ServerSocket claim() {
        int start = ThreadLocalRandom.current().nextInt(BLOCKS);
        for (int tries = 0; tries < BLOCKS; tries++) {
            try {
                return new ServerSocket(FIRST + (start + tries) % BLOCKS * BLOCK);
            } catch (IOException e) {
                // Another process's.
            }
        }
        throw new IllegalStateException("all " + BLOCKS + " blocks of ports are claimed by other test processes");
    }

    private static boolean isFree(int port) {
        try (ServerSocket tcp = new ServerSocket(port); // no address: all of both families
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress((InetAddress) null, port))) {
            return tcp.isBound() && udp.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
