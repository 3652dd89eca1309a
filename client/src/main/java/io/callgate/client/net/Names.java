package io.callgate.client.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Names to addresses, as this machine resolves them. May block; [Dialer] does not wait for it longer than its
/// attempt lasts.
@FunctionalInterface
public interface Names {
    /// What the operating system is set to.
    Names SYSTEM = name -> List.of(InetAddress.getAllByName(name));

    /// @return at least one address
    List<InetAddress> resolve(String name) throws UnknownHostException;
}
