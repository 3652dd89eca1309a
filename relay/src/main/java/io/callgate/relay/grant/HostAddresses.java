package io.callgate.relay.grant;

import io.callgate.model.IpAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The addresses of the host names that destination rules name. One for the relay; filled from outside, read on every
/// loop.
public final class HostAddresses {
    private final ConcurrentMap<String, Addresses> byHost = new ConcurrentHashMap<>();

    /// The addresses of one name; the same object for the life of the relay. None until the first look-up is done.
    Addresses of(String lowerCaseHost) {
        return byHost.computeIfAbsent(lowerCaseHost, host -> new Addresses());
    }

    /// Every name that a rule has asked for since the last [#keepOnly].
    public Set<String> hosts() {
        return Set.copyOf(byHost.keySet());
    }

    /// Replaces what is known of a name. Canonical addresses are compared, so hidden IPv4 is unwrapped here.
    public void resolved(String lowerCaseHost, List<IpAddress> addresses) {
        Addresses entry = byHost.get(lowerCaseHost);
        if (entry != null) {
            entry.become(addresses.stream().map(IpAddress::canonical).toList());
        }
    }

    /// Forgets all other names.
    public void keepOnly(Set<String> lowerCaseHosts) {
        byHost.keySet().retainAll(lowerCaseHosts);
    }

    static final class Addresses {
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

        private void become(List<IpAddress> addresses) {
            long[] next = new long[addresses.size() * 2];
            for (int i = 0; i < addresses.size(); i++) {
                next[2 * i] = addresses.get(i).high();
                next[2 * i + 1] = addresses.get(i).low();
            }
            pairs = next;
        }
    }
}
