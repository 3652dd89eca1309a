package io.callgate.client.network;

import io.callgate.model.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The interfaces of a machine: the real ones ([SystemInterfaces]), or a test's.
interface Interfaces {
    /// @param addresses without loopback and link-local ones; not empty
    record Interface(String name, String displayName, Set<IpAddress> addresses) {}

    /// Those that are up and have an address, the loopback left out.
    List<Interface> up() throws IOException;

    /// The address from which a packet to the internet would leave; empty without a default route.
    Optional<IpAddress> source();
}
