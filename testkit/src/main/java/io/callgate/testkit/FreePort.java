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
/// moment the server opens it.
public final class FreePort {
    private static final int FIRST = 10_000;
    private static final int COUNT = 10_000;

    /// Starts anywhere, because other test processes walk through the same range.
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePort() {}

    /// A port nobody has open, neither for TCP nor for UDP, at no address of either family. This process is
    /// given it once only.
    ///
    /// @throws IllegalStateException if all of them are taken
    public static int take() {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port from " + FIRST + " to " + (FIRST + COUNT - 1) + " is free");
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
