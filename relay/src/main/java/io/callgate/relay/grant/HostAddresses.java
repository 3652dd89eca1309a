package io.callgate.relay.grant;

import io.callgate.model.IpAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The addresses of the host names that destination rules name. One for the relay; filled from outside, read on
/// every loop.
public final class HostAddresses {
    /// The life of a channel (RFC 8656 §12): what was bound when the address was answered lives on at least as
    /// long.
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final ConcurrentMap<String, Addresses> byHost = new ConcurrentHashMap<>();

    /// The addresses of one name; the same object for the life of the relay. None until the first look-up is done.
    Addresses of(String lowerCaseHost) {
        return byHost.computeIfAbsent(lowerCaseHost, host -> new Addresses());
    }

    /// Takes over an answer of the DNS. Canonical addresses are compared, so hidden IPv4 is unwrapped here. An
    /// address that is not in it any more stays for [#GRACE]: many names answer with a changing part of their
    /// addresses, and a call may live at one of the others.
    ///
    /// @param timeToLive of the answer; the next one comes when it is over
    public void resolved(String lowerCaseHost, List<IpAddress> addresses, Duration timeToLive) {
        Addresses entry = byHost.get(lowerCaseHost);
        if (entry != null) {
            entry.become(addresses.stream().map(IpAddress::canonical).toList(), timeToLive);
        }
    }

    /// Forgets all other names.
    public void keepOnly(Set<String> lowerCaseHosts) {
        byHost.keySet().retainAll(lowerCaseHosts);
    }

    static final class Addresses {
        private final Map<IpAddress, Duration> stays = new LinkedHashMap<>();
        private volatile long[] pairs = {};

        boolean contains(long high, long low) {
            long[] known = pairs;
            for (int i = 0; i < known.length; i += 2) {
                if (known[i] == high && known[i + 1] == low) {
                    return true;
                }
            }
            return false;
        }

        private synchronized void become(List<IpAddress> addresses, Duration timeToLive) {
            stays.replaceAll((address, left) -> left.minus(timeToLive));
            stays.values().removeIf(left -> left.isNegative() || left.isZero());
            addresses.forEach(address -> stays.put(address, GRACE.plus(timeToLive)));
            long[] next = new long[stays.size() * 2];
            int at = 0;
            for (IpAddress address : stays.keySet()) {
                next[at++] = address.high();
                next[at++] = address.low();
            }
            pairs = next;
        }
    }
}
