package io.callgate.cli;

import io.callgate.client.failure.Failure;
import io.callgate.client.turn.DatagramTunnel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/// Hears everything and does nothing.
record NoReceiver() implements DatagramTunnel.Receiver {
    @Override
    public void onDatagram(InetSocketAddress peer, ByteBuffer payload) {}

    @Override
    public void onEnded(Failure failure) {}
}
