package io.callgate.relay.grant;

import io.callgate.model.Endpoint;
import io.callgate.model.IpAddress;
import io.callgate.model.Protocol;
import java.util.Collection;

/// The addresses of the machine this relay runs on, and where it listens itself. Immutable; a change of listeners
/// makes a new one.
public final class OwnHost {
    private static final long LOOPBACK_V4 = IpAddress.lowOfV4(0x7F00_0000) >>> 24;

    private final long[] highs;
    private final long[] lows;
    private final Endpoint[] udpListeners;
    private final Endpoint[] tcpListeners;
    private final Endpoint[] services;

    /// @param addresses all local addresses, and the public ones by which clients know them
    /// @param udpListeners every UDP address and port, bound or public, by which this relay is reached
    /// @param tcpListeners the same for TCP
    /// @param services what else this process listens on (metrics, console), perhaps on a wildcard; never dialled
    public OwnHost(
            Collection<IpAddress> addresses,
            Collection<Endpoint> udpListeners,
            Collection<Endpoint> tcpListeners,
            Collection<Endpoint> services) {
        this.highs = addresses.stream().mapToLong(IpAddress::high).toArray();
        this.lows = addresses.stream().mapToLong(IpAddress::low).toArray();
        this.udpListeners = udpListeners.toArray(Endpoint[]::new);
        this.tcpListeners = tcpListeners.toArray(Endpoint[]::new);
        this.services = services.toArray(Endpoint[]::new);
    }

    boolean hasAddress(long high, long low) {
        for (int i = 0; i < highs.length; i++) {
            if (highs[i] == high && lows[i] == low) {
                return true;
            }
        }
        return isLoopback(high, low);
    }

    boolean listensOn(long high, long low, int port, Protocol protocol) {
        return contains(protocol == Protocol.UDP ? udpListeners : tcpListeners, high, low, port);
    }

    boolean serves(long high, long low, int port) {
        return contains(services, high, low, port);
    }

    private static boolean contains(Endpoint[] endpoints, long high, long low, int port) {
        for (Endpoint endpoint : endpoints) {
            // What listens on a wildcard is reached by any address of the host, all of 127/8 among them.
            boolean isThere = endpoint.address().isWildcard()
                    || (endpoint.address().high() == high && endpoint.address().low() == low);
            if (isThere && endpoint.port() == port) {
                return true;
            }
        }
        return false;
    }

    static boolean isLoopback(long high, long low) {
        return high == 0 && (low == 1 || low >>> 24 == LOOPBACK_V4);
    }
}
