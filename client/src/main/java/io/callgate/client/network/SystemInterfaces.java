package io.callgate.client.network;

import io.callgate.model.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The interfaces that `java.net` sees.
final class SystemInterfaces implements Interfaces {
    // Addresses that nobody has (RFC 5737, RFC 3849): every way there is the default route.
    private static final IpAddress SOMEWHERE_V4 = IpAddress.parse("192.0.2.1");
    private static final IpAddress SOMEWHERE_V6 = IpAddress.parse("2001:db8::1");
    private static final int DISCARD_PORT = 9;

    @Override
    public List<Interface> up() throws IOException {
        List<Interface> up = new ArrayList<>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            Set<IpAddress> addresses = addresses(each);
            if (!addresses.isEmpty() && each.isUp() && !each.isLoopback()) {
                String displayName = each.getDisplayName() == null ? each.getName() : each.getDisplayName();
                up.add(new Interface(each.getName(), displayName, addresses));
            }
        }
        return up;
    }

    private static Set<IpAddress> addresses(NetworkInterface of) {
        Set<IpAddress> addresses = new HashSet<>();
        for (InetAddress address : Collections.list(of.getInetAddresses())) {
            if (!address.isLoopbackAddress() && !address.isLinkLocalAddress()) {
                addresses.add(IpAddress.of(address));
            }
        }
        return addresses;
    }

    @Override
    public Optional<IpAddress> source() {
        return sourceTo(SOMEWHERE_V4).or(() -> sourceTo(SOMEWHERE_V6));
    }

    /// The kernel chooses the source when a UDP socket is connected, and sends nothing for it.
    private static Optional<IpAddress> sourceTo(IpAddress somewhere) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(somewhere.toInetAddress(), DISCARD_PORT));
            IpAddress source = IpAddress.of(socket.getLocalAddress());
            return source.isWildcard() ? Optional.empty() : Optional.of(source);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // no route
        }
    }
}
